"""``guildesk setup``: makes what is missing in a guild, and writes the settings."""
