"""A Discord on loopback, for trying and for testing: run it with `python -m sandbox`."""
