"""HTTP/1.1 on both sides: the server protocol, the upstream client, the rules for headers."""
