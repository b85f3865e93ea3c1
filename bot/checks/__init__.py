"""What the doctor tries: each check is one function, in a list."""
