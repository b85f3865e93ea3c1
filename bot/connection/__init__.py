"""The connection to Discord: the client, its limits and its faults, and the guild."""
