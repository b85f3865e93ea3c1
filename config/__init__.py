"""Settings: environment variables and ``.env``, checked once at the start."""
