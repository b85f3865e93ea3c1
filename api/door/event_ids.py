"""Positions in the feed, as clients write them."""

from typing import Annotated

from pydantic import StringConstraints

EventId = Annotated[str, StringConstraints(strict=True, pattern="^[0-9]{1,15}(-[0-9a-f]{4})?$")]
"""The position of an ``event_id`` as clients send it: as an event had it, or as a bare number."""
