"""Campaigns of kills, cuts and floods against the real programs, and books that must balance after them."""
