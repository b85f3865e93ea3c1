"""Errors that are done with."""


def let_go(error: BaseException | None) -> None:
    """Drop the traceback of an error that is handled, and those of the errors that led to it. Something that
    a frame of the traceback knows often holds the error itself. Then all of it would stay until the garbage
    collector finds it, and pauses everybody meanwhile."""
    while error is not None:
        error.__traceback__, error = None, error.__cause__ or error.__context__
