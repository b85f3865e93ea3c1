"""The error of commands that back up, check or move a store."""


class CannotBeDone(Exception):
    """The command changed nothing. The text names the cause and the cure."""
