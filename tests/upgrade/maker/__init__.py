"""Made the stores beside it. It runs with the program of revision a5a5475 alone: see the README."""
