"""Tokens as a trusted backend signs them."""

import time
from collections.abc import Mapping

import jwt

DAY = 24 * 60 * 60


def mint(secret: str, claims: Mapping[str, str], seconds: int = DAY) -> str:
    """A token with these claims (id, username, email, role), good for so many seconds."""
    now = int(time.time())
    return jwt.encode({**claims, "iat": now, "exp": now + seconds}, secret, algorithm="HS256")
