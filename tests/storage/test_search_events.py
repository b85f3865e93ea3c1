"""No event with something to read is left out of searches."""

from dataclasses import fields
from typing import get_args

import pytest

from storage.search_events import TELLING, tells
from tests.people import SAM_ANSWERS
from tests.tickets.logs import Logbook
from tickets.events import Change, EventData, FeedbackGiven, MessagePosted, NoteAdded, TicketChanged

TEXTS = {"topic", "description", "content", "message_id"}


def test_every_event_about_a_text_is_minded() -> None:
    about_texts = {
        kind.__name__ for kind in get_args(EventData) if TEXTS & {field.name for field in fields(kind)}
    }

    assert about_texts | {"TicketChanged", "TicketErased"} == TELLING


@pytest.mark.parametrize(
    ("data", "is_news"),
    [
        (MessagePosted("Hello"), True),
        (NoteAdded("Hello"), True),
        (TicketChanged((Change("topic", "a", "b"),)), True),
        (TicketChanged((Change("status", "OPEN", "PENDING"), Change("description", "a", "b"))), True),
        (TicketChanged((Change("status", "OPEN", "PENDING"),)), False),
        (FeedbackGiven(5), False),
    ],
)
def test_searches_find_something_else_after_a_change_of_words_alone(data: EventData, is_news: bool) -> None:
    assert tells(Logbook().add(SAM_ANSWERS, data)) is is_news
