"""The commonest passwords, kept as the first four bytes of their hashes: 20,000 of them take 80 kB.

``python -m accounts.commonest FILE…`` writes the list anew from files with one password on each line. Today's
list comes from Django and zxcvbn. One in 260,000 other passwords is mistaken for one of them."""

import sys
from collections.abc import Iterable
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from pathlib import Path
from typing import Final

WIDTH: Final = 4
"""Bytes of each hash."""
LIST: Final = "commonest.bin"


def is_common(password: str) -> bool:
    """Whether the password is among the first that attackers try. Upper and lower case make no difference."""
    return _hashed(password) in _all()


def written(passwords: Iterable[str], shortest: int) -> bytes:
    """The list made of these passwords. Passwords that are too short anyway are left out."""
    return b"".join(sorted({_hashed(it) for it in passwords if len(it) >= shortest}))


def _hashed(password: str) -> bytes:
    return blake2b(password.casefold().encode(errors="surrogatepass"), digest_size=WIDTH).digest()


@cache
def _all() -> frozenset[bytes]:
    listed = files("accounts").joinpath(LIST).read_bytes()
    return frozenset(listed[at : at + WIDTH] for at in range(0, len(listed), WIDTH))


if __name__ == "__main__":
    lines = (line for name in sys.argv[1:] for line in Path(name).read_text("utf-8").splitlines())
    Path(__file__).with_name(LIST).write_bytes(written(lines, 8))
