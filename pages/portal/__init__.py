"""Where requesters ask, and see what was answered."""
