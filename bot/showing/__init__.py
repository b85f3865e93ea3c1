"""Shows tickets in Discord."""
