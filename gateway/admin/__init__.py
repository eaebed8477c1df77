"""The admin port: what the gateway tells people and tools about itself."""
