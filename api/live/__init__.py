"""Sockets: who listens, what they hear, and from which position of the feed on."""
