"""Hostile and clumsy clients: what they send, and what everybody else notices of it."""
