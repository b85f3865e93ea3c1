"""Why a command that keeps, checks or moves a store does not do it."""


class CannotBeDone(Exception):
    """Nothing was changed. The text says why, and the cure."""
