"""How the server writes what scripts write too: times, sizes, texts of people."""

from datetime import UTC, datetime
from typing import Final

from babel.dates import format_datetime
from markupsafe import Markup

from transcripts.markdown import to_html

KIB: Final = 1024
"""Bytes."""


def said(content: str) -> Markup:
    """What somebody wrote, as Discord shows it: nothing in it is HTML."""
    return to_html(content)


def iso(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")


def shown_moment(seconds: int, language: str) -> str:
    """A time, until a script writes it in the reader's zone."""
    return f"{format_datetime(datetime.fromtimestamp(seconds, UTC), 'short', locale=language)} UTC"


def size(count: int) -> str:
    """Bytes, for people."""
    if count < KIB * KIB:
        return f"{max(min(count, 1), round(count / KIB))} kB"
    return f"{count / KIB / KIB:.1f} MB"
