"""The scriptable upstream: echoes what arrives, or behaves as a script says."""
