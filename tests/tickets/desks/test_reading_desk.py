"""Who has seen what."""

import pytest

from tests.people import ANN_ASKS, AS_ANN, AS_BEN, AS_SAM, SAM_ANSWERS
from tickets.desks.reading_desk import ReadingDesk
from tickets.desks.ticket_desk import Desk, Said
from tickets.model import Ticket
from tickets.ports.signals import Read
from tickets.ports.store import Store
from tickets.ports.users import Block
from tickets.refusals import MessageNotFound, TicketNotFound, UserIsBlocked


@pytest.fixture
def reading(desk: Desk, store: Store) -> ReadingDesk:
    return ReadingDesk(desk, store)


async def test_a_side_has_seen_a_message_once_and_what_came_before_it(
    reading: ReadingDesk, desk: Desk, ticket: Ticket
) -> None:
    first, second = [await desk.post(AS_SAM, ticket.id, Said(text)) for text in ("One", "Two")]

    seen = [await reading.read(AS_ANN, "1", it.id) for it in (second, second, first)]

    assert seen == [Read(ticket.id, ticket.requester, ANN_ASKS, second.id), None, None]


async def test_whoever_has_answered_has_seen_what_was_asked(
    reading: ReadingDesk, desk: Desk, ticket: Ticket
) -> None:
    asked = await desk.post(AS_ANN, ticket.id, Said("Why?"))
    await desk.post(AS_SAM, ticket.id, Said("Because."))
    again = await desk.post(AS_ANN, ticket.id, Said("Oh"))

    assert await reading.read(AS_SAM, ticket.id, asked.id) is None
    assert await reading.read(AS_SAM, ticket.id, again.id) == Read(
        ticket.id, ticket.requester, SAM_ANSWERS, again.id
    )


async def test_notes_and_others_tickets_are_not_there_to_be_read(
    reading: ReadingDesk, desk: Desk, store: Store, ticket: Ticket
) -> None:
    note = await desk.add_note(AS_SAM, ticket.id, Said("Careful"))
    message = await desk.post(AS_SAM, ticket.id, Said("Hello"))

    for caller in (AS_ANN, AS_SAM):
        with pytest.raises(MessageNotFound):
            await reading.read(caller, ticket.id, note.id)
    with pytest.raises(TicketNotFound):
        await reading.read(AS_BEN, ticket.id, message.id)
    await store.users.block(AS_ANN.key, Block())
    with pytest.raises(UserIsBlocked):
        await reading.read(AS_ANN, ticket.id, message.id)
