"""The identity provider for people whose app has no backend that signs tokens: passwords, sessions, keys."""
