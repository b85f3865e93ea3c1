"""Keeping what is in a store: back-up and restore, and what is checked on the way."""
