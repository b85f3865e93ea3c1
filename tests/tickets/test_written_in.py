"""Ids of messages tell where in Discord they were written, and no place takes another's for its own."""

from hypothesis import given
from hypothesis import strategies as st

from tickets.model import MessageId, TicketId
from tickets.ports.channels import (
    Channel,
    discord_id_of,
    event_id_from_discord,
    event_id_from_thread,
    thread_of,
    typed_in,
)

ids = st.integers(min_value=1, max_value=2**63 - 1)
CHANNEL = Channel(ticket_id=TicketId("t1"), channel_id=1)


def thread(thread_id: int) -> Channel:
    return Channel(ticket_id=TicketId("t1"), channel_id=thread_id, parent_id=7)


@given(place=ids, other=ids, message=ids)
def test_what_a_requester_wrote_is_known_in_their_thread_alone(place: int, other: int, message: int) -> None:
    written = MessageId(event_id_from_thread(place, message))

    assert typed_in(thread(place), written) == message
    assert typed_in(CHANNEL, written) is None
    assert discord_id_of(written) is None
    assert thread_of(written) is None
    assert (typed_in(thread(other), written) == message) is (other == place)


@given(place=ids, message=ids)
def test_what_staff_wrote_is_in_no_requesters_thread(place: int, message: int) -> None:
    in_channel = MessageId(event_id_from_discord(message))
    in_staffs_thread = MessageId(event_id_from_discord(message, f":t{place}"))

    assert typed_in(CHANNEL, in_channel) == message
    assert typed_in(CHANNEL, in_staffs_thread) is None
    assert typed_in(thread(place), in_channel) is None
    assert typed_in(thread(place), in_staffs_thread) is None


def test_what_came_over_the_api_was_written_nowhere_in_discord() -> None:
    for place in (CHANNEL, thread(5)):
        assert typed_in(place, MessageId("0123456789abcdef0123456789abcdef")) is None
