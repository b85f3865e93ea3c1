"""Handles events from Discord, and compares channels with the store to find what no event reported."""
