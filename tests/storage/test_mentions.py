"""Which answers kept for idempotency keys tell of somebody: ids may be short, or words."""

import json
from typing import Any

import pytest

from storage.erasing import mentions
from tickets.model import TicketId, UserKey

NONE: frozenset[TicketId] = frozenset()


@pytest.mark.parametrize("id_", ["7", "true", "name", "answer", "jürgen", '"'])
def test_an_id_counts_only_where_an_id_stands(id_: str) -> None:
    of_others: list[Any] = [
        {"id": "m1", "author_id": "ben", "content": id_, id_: None},
        {"id": "t9", "metadata": {"id": id_}, "answers": [{"id": id_, "answer": id_}], "name": "name"},
        {"id": id_, "issuer": "forum"},
        {"ids": 7, "author_id": 7, "is": True},
    ]
    theirs: list[Any] = [
        {"id": "m2", "author_id": id_},
        {"id": id_, "issuer": "shop", "note": None},
        [{"ticket": {"assignee": {"id": id_, "name": "Kim"}}}],
    ]

    user = UserKey("shop", id_)
    for is_ascii in (True, False):
        for it in of_others:
            assert not mentions(json.dumps(it, ensure_ascii=is_ascii), user, NONE), it
        for it in theirs:
            assert mentions(json.dumps(it, ensure_ascii=is_ascii), user, NONE), it


def test_a_ticket_counts_wherever_it_is_named() -> None:
    assert mentions('{"url": "https://desk/t/4f2a"}', None, frozenset({TicketId("4f2a")}))
    assert not mentions('{"url": "https://desk/t/4f2a"}', None, frozenset({TicketId("4f2b")}))
