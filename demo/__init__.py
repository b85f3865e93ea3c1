"""Guildesk for trying: a Discord on loopback, a customer page, and the main job played by itself."""
