"""The least that any Python program doing the same must do; each is a program of its own."""
