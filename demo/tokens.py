"""Signs tokens as an app's backend does."""

import re
import time
from collections.abc import Mapping

import jwt

DAY = 24 * 60 * 60


def claims_of(user_id: str, username: str | None, email: str | None, role: str) -> Mapping[str, str]:
    """The claims of somebody whose name and e-mail are made of their id, where they are not given."""
    words = re.findall(r"[a-z0-9]+", user_id, re.IGNORECASE)
    return {
        "id": user_id,
        "username": username or " ".join(word.capitalize() for word in words) or user_id,
        "email": email or f"{'.'.join(words).lower()[:64] or 'user'}@example.test",
        "role": role,
    }


def mint(secret: str, claims: Mapping[str, str], seconds: int = DAY) -> str:
    """A token with these claims (id, username, email, role), good for so many seconds."""
    now = int(time.time())
    return jwt.encode({**claims, "iat": now, "exp": now + seconds}, secret, algorithm="HS256")
