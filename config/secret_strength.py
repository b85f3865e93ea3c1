"""Finds secrets that are unfit for signing. Whoever guesses one can be any user, even staff."""

from typing import Final

SHORTEST: Final = 32
"""Bytes. A key of HS256 must not be shorter than the hash (RFC 7518, section 3.2)."""
LONGEST_PIECE: Final = 12
"""Characters. A repetition of so many characters is no better than these few."""

PUBLIC: Final = frozenset(
    {
        "fill in what openssl rand -base64 48 gives",
        "a secret of more than thirty-two bytes",
        "a secret of the tests, long enough for HS256",
        "a secret of the benchmarks, long enough for HS256",
        "an unguessable secret of the backend's",
        "a-string-secret-at-least-256-bits-long",
        "a-valid-string-secret-that-is-at-least-512-bits-long-which-is-very-long",
        "your-256-bit-secret",
    }
)
"""Secrets in our documents, tools and tests, and in well-known examples of tokens."""


def weakness(secret: str) -> str | None:
    """What is wrong with the secret; None if it is fit."""
    if len(secret.encode()) < SHORTEST:
        return f"is shorter than {SHORTEST} bytes"
    return guessable(secret)


def guessable(secret: str) -> str | None:
    """What is wrong with it apart from its length."""
    bare = secret.strip()
    if bare in PUBLIC:
        return "stands in public documents"
    if any(bare == (bare[:length] * len(bare))[: len(bare)] for length in range(1, LONGEST_PIECE + 1)):
        return "is a few characters over and over"
    return None
