"""The unit of time, for modules that tickets are made of."""

Millis = int
"""Milliseconds; as a moment, since the Unix epoch, UTC."""
