"""From a decision to a ticket's next event, and where it says that it comes from."""

import pytest

from tests.clocks import NOON
from tests.people import ANN_ASKS, SAM_ANSWERS
from tests.tickets.logs import Logbook, opened
from tickets.decisions import Decision, next_event
from tickets.events import Event, MessagePosted, Origin, Place
from tickets.model import EventId, TicketId
from tickets.sources import Source, from_api, from_channel, from_command, from_message

SOURCE = Source(EventId("d:11"), Origin(Place.DISCORD, 10, 11))
HELLO = Decision(SAM_ANSWERS, MessagePosted("Hello"))


def test_a_log_begins_with_its_first_event() -> None:
    opening = Decision(ANN_ASKS, opened())

    event = next_event(TicketId("t1"), None, SOURCE, opening, NOON)

    assert event == Event(
        ticket_id=TicketId("t1"),
        seq=1,
        id=EventId("d:11"),
        at=NOON,
        actor=ANN_ASKS,
        origin=SOURCE.origin,
        data=opening.data,
    )


@pytest.mark.parametrize(("passed", "told"), [(-5000, 0), (0, 0), (5000, 5000)])
def test_the_next_one_follows_and_time_never_goes_back(passed: int, told: int) -> None:
    book = Logbook()
    book.note()
    before = book.ticket

    event = next_event(before.id, before, SOURCE, HELLO, before.last_event_at + passed)

    assert (event.seq, event.at) == (3, before.last_event_at + told)
    assert (event.actor, event.data) == (HELLO.actor, HELLO.data)


def test_what_comes_from_discord_has_the_same_id_whoever_sees_it() -> None:
    assert from_message(10, 11) == SOURCE
    assert from_message(10, 11, ":x") == Source(EventId("d:11:x"), SOURCE.origin)
    assert from_command(12) == Source(EventId("c:12"), Origin(Place.DISCORD))


def test_what_has_no_id_yet_gets_one_of_its_own() -> None:
    sources = [from_api(), from_api(), from_channel(10), from_channel(10)]

    assert len({it.event_id for it in sources}) == 4
    assert [it.origin for it in sources[1:3]] == [Origin(Place.API), Origin(Place.DISCORD, 10)]
    assert from_api(EventId("mine")).event_id == "mine"
