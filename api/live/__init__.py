"""Sockets: which clients are connected, which events they get, and from which position of the feed on."""
