"""How the server writes what scripts also write: times, sizes, and texts of people."""

from datetime import UTC, datetime
from typing import Final

from babel.dates import format_datetime
from markupsafe import Markup

from transcripts.markdown import to_html

KIB: Final = 1024
"""Bytes."""


def said(content: str) -> Markup:
    """Somebody's text, formatted as in Discord. Nothing in it is taken as HTML."""
    return to_html(content)


def iso(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")


def shown_moment(seconds: int, language: str) -> str:
    """A time in UTC, until a script writes it in the reader's time zone."""
    return f"{format_datetime(datetime.fromtimestamp(seconds, UTC), 'short', locale=language)} UTC"


def size(count: int) -> str:
    """A size in bytes, in words for people."""
    if count < KIB * KIB:
        return f"{max(min(count, 1), round(count / KIB))} kB"
    return f"{count / KIB / KIB:.1f} MB"
