"""The embedded store: one SQLite file, one thread that writes it, readers that never wait for it."""
