"""No event with something to read is left out of searches."""

from dataclasses import fields
from typing import get_args

from storage.search_events import TELLING
from tickets.events import EventData

TEXTS = {"topic", "description", "content", "message_id"}


def test_every_event_about_a_text_is_minded() -> None:
    about_texts = {
        kind.__name__ for kind in get_args(EventData) if TEXTS & {field.name for field in fields(kind)}
    }

    assert about_texts | {"TicketChanged"} == TELLING
