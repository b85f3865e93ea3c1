"""Spans of time as people type them."""

import re
from typing import Final

from cogs.replies import Declined
from texts.text import Text
from tickets.model import Millis

_UNITS: Final = {"m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 7 * 86_400_000}
_SPAN: Final = re.compile(r"(?:\s*\d{1,6}\s*[mhdw])+\s*", re.IGNORECASE)
_PART: Final = re.compile(r"(\d+)\s*([mhdw])", re.IGNORECASE)


def span_of(text: str) -> Millis:
    """``90m``, ``2h``, ``1d 12h``, ``1w`` in milliseconds. Raises Declined for anything else."""
    if not _SPAN.fullmatch(text):
        raise Declined(Text("give-span"))
    return sum(int(count) * _UNITS[unit.lower()] for count, unit in _PART.findall(text))
