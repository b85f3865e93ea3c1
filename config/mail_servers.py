"""Addresses of mail servers in settings."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self
from urllib.parse import unquote, urlsplit

SMTP: Final[Mapping[str, int]] = {"smtp": 587, "smtps": 465}
IMAP: Final[Mapping[str, int]] = {"imap": 143, "imaps": 993}
"""The schemes and their ports. Those that end in ``s`` are encrypted from the start."""


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """The address of a server, and our login there."""

    host: str
    port: int
    is_encrypted: bool
    username: str | None = None
    password: str | None = None
    folder: str | None = None

    @classmethod
    def of(cls, url: str, schemes: Mapping[str, int]) -> Self:
        """The address in this text. Raises ValueError with a reason that quotes nothing."""
        first = next(iter(schemes))
        wanted = f"must be the address of a mail server, as {first}://mail.example.com:{schemes[first]}"
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError:
            raise ValueError(wanted) from None
        folder = unquote(parts.path.strip("/")) or None
        if parts.scheme not in schemes or not host or parts.query or (folder and schemes is SMTP):
            raise ValueError(wanted)
        if (parts.username is None) != (parts.password is None):
            raise ValueError("must have a name and a password, or neither")
        return cls(
            host,
            port or schemes[parts.scheme],
            parts.scheme.endswith("s"),
            None if parts.username is None else unquote(parts.username),
            None if parts.password is None else unquote(parts.password),
            folder,
        )
