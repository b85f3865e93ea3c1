"""Plays Discord on this machine, for trying and testing. Run it with `python -m sandbox`."""
