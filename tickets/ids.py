"""New ids, random enough that no two are ever the same and none can be guessed."""

from secrets import token_hex


def new_id() -> str:
    """32 hexadecimal digits."""
    return token_hex(16)
