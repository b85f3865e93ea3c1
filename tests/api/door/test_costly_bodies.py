"""Bodies that are made to be costly: telling what is wrong with them takes no time that others would miss."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Final

import pytest
from multidict import MultiDict

from api.door.bodies import MOST_BYTES, checked
from api.door.errors import BadRequest, answer_to
from api.door.queries import must_have_no_query, query_of
from api.resources.events import EventsQuery
from api.resources.tickets import NewTicketBody
from tests.effort import effort_of

MOST: Final = 50
"""Three times the effort that the worst takes, a fraction of what some of them took."""


def full(unit: str, before: str, after: str) -> bytes:
    """As many of these as a body holds, numbered where they have a place for it."""
    count = (MOST_BYTES - len(before) - len(after)) // (len(unit.encode()) + 5)
    return (before + ",".join(unit.replace("N", str(it)) for it in range(count)) + after).encode()


BODIES: Final[Mapping[str, bytes]] = {
    "unknown fields": full('"N":0', "{", "}"),
    "one field again and again": full('"topic":0', "{", "}"),
    "wrong answers": full('"N":0', '{"answers":{', "}}"),
    "wrong answers without names": full('"":0', '{"answers":{', "}}"),
    "answers that are lists": full('"N":[]', '{"answers":{', "}}"),
    "wrong metadata": full('"N":0', '{"metadata":{', "}}"),
    "files that are none": full("{}", '{"attachments":[', "]}"),
    "a long list": full("0", "[", "]"),
    "halves of characters": full(r'"\ud800"', "[", "]"),
    "halves of characters, deep inside": b'{"a":' * 900 + full(r'"\ud800"', "[", "]")[:40_000] + b"}" * 900,
    "as many halves as are told of, deep inside of long names": (
        (b'{"' + b"x" * 55 + b'":') * 900 + b"[" + b",".join([rb'"\ud800"'] * 200) + b"]" + b"}" * 900
    ),
    "as many wrong answers as are looked at": b'{"answers":{' + b",".join([b'"":[]'] * 250) + b"}}",
    "a text that does not end": b'{"topic":"' + rb"\"," * 20_000,
    "nothing but quotes": b'",' * 32_000,
    "backslashes": b'{"topic":"' + rb"\\," * 20_000 + b'"}',
    "deep lists": b"[" * 32_000 + b"]" * 32_000,
    "deep objects": b'{"a":' * 9_000 + b"1" + b"}" * 9_000,
    "a long name": b'{"' + b"k" * 65_000 + b'":0}',
    "a huge number": b'{"topic":' + b"9" * 65_000 + b"}",
}
QUERIES: Final[Mapping[str, MultiDict[str]]] = {
    "many names": MultiDict((f"{it:x}", "") for it in range(1_600)),
    "one name again and again": MultiDict([("type", "x")] * 1_100),
    "many values": MultiDict(type="," * 8_000),
}


def refusal(look: Callable[[], object]) -> Callable[[], None]:
    def refuse() -> None:
        with suppress(BadRequest):
            look()

    return refuse


@pytest.mark.parametrize("kind", BODIES)
def test_faults_of_a_body_are_told_in_no_time_and_in_few_words(kind: str) -> None:
    body = BODIES[kind]

    with pytest.raises(BadRequest) as refused:
        checked(body, NewTicketBody)

    answer = answer_to(refused.value)
    assert answer is not None
    assert isinstance(answer.body, bytes)
    assert len(answer.body) < 32_000
    assert 1 <= len(refused.value.errors) <= 50
    assert effort_of(refusal(lambda: checked(body, NewTicketBody))) < MOST


class _Request:
    def __init__(self, query: MultiDict[str]) -> None:
        self.query = query


@pytest.mark.parametrize("kind", QUERIES)
@pytest.mark.parametrize("takes", [True, False])
def test_faults_of_a_query_are_told_in_no_time(kind: str, takes: bool) -> None:
    request = _Request(QUERIES[kind])

    def look() -> object:
        return query_of(request, EventsQuery) if takes else must_have_no_query(request)  # type: ignore[arg-type, func-returns-value]

    with pytest.raises(BadRequest) as refused:
        look()

    assert 1 <= len(refused.value.errors) <= 50
    assert effort_of(refusal(look)) < MOST


def test_commas_within_texts_are_no_values() -> None:
    body = rb'{"topic": "Commas \",\",", "description": "' + b"," * 3_900 + b'"}'

    assert checked(body, NewTicketBody).description == "," * 3_900
