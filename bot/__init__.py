"""Guildesk, put together: the Discord client, the sinks that show tickets there, and the program."""
