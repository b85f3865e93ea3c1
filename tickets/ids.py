"""New ids, random enough that no two are ever the same and none can be guessed."""

import secrets


def new_id() -> str:
    """32 hexadecimal digits."""
    return secrets.token_hex(16)
