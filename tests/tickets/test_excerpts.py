"""What a message says in short, where it is quoted."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.people import ANN_ASKS
from tests.tickets.logs import FILE
from tickets.excerpts import ROOM, excerpt
from tickets.model import Message, MessageId, TicketId

MESSAGE = Message(
    id=MessageId("m"),
    ticket_id=TicketId("t"),
    seq=1,
    author=ANN_ASKS,
    content="",
    created_at=0,
    updated_at=0,
)


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        (replace(MESSAGE, content=" Hello\n\nyou "), "Hello you"),
        (replace(MESSAGE, content="x" * 80), "x" * 80),
        (replace(MESSAGE, content="x" * 81), "x" * 79 + "…"),
        (replace(MESSAGE, attachments=(FILE,)), "photo.png"),
        (replace(MESSAGE, attachments=(FILE, FILE, FILE)), "photo.png and 2 more"),
        (replace(MESSAGE, deleted=True), "a message that is deleted"),
    ],
)
def test_an_excerpt_is_the_first_words_on_one_line(message: Message, shown: str) -> None:
    assert excerpt(message) == shown


@given(st.text(max_size=3_000))
def test_an_excerpt_is_never_empty_never_long_and_one_line(content: str) -> None:
    shown = excerpt(replace(MESSAGE, content=content))

    assert 0 < len(shown) <= ROOM
    assert len(shown.splitlines()) == 1
