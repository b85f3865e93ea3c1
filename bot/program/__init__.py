"""The program: built from the settings, led, logged, and stopped in order."""
