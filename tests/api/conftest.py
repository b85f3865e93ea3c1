"""The API on a real port, over the real embedded store."""
