"""What happened in Discord, followed."""

import pytest

from tests.people import AS_SAM
from tickets.desks.channel_desk import ChannelDesk
from tickets.desks.ticket_desk import Desk, Said
from tickets.events import Origin, Place
from tickets.model import SYSTEM, EventId, IssueLevel, MessageId, Status, Ticket
from tickets.ports.store import Store
from tickets.refusals import MessageNotFound, TicketIsClosed

HELLO = Said("Hello")
FROM_DISCORD = Origin(Place.DISCORD, channel_id=10, message_id=11)


async def test_what_is_gone_in_discord_is_withdrawn_even_from_a_closed_ticket(
    desk: Desk, store: Store, ticket: Ticket
) -> None:
    message = await desk.post(AS_SAM, ticket.id, HELLO, event_id=EventId("d:11"), origin=FROM_DISCORD)
    await desk.close(AS_SAM, ticket.id)

    withdrawn = [
        await ChannelDesk(store).withdraw(
            ticket.id, message.id, event_id=EventId("d:11:x"), origin=FROM_DISCORD
        )
        for _ in range(2)
    ]

    assert [it.deleted for it in withdrawn] == [True, True]
    last = (await store.log.events(ticket.id))[-1]
    assert (last.seq, last.actor) == (4, SYSTEM)


async def test_what_is_withdrawn_must_be_there(store: Store, ticket: Ticket) -> None:
    with pytest.raises(MessageNotFound):
        await ChannelDesk(store).withdraw(
            ticket.id, MessageId("m9"), event_id=EventId("x"), origin=FROM_DISCORD
        )


async def test_a_ticket_follows_its_channel_to_another_level_once(store: Store, ticket: Ticket) -> None:
    for _ in range(2):
        await ChannelDesk(store).reclassify(ticket.id, IssueLevel.CRITICAL, FROM_DISCORD)

    events = await store.log.events(ticket.id)
    assert len(events) == 2
    assert (events[-1].actor, events[-1].origin) == (SYSTEM, FROM_DISCORD)
    after = await store.views.ticket(ticket.id)
    assert after is not None
    assert after.issue_level is IssueLevel.CRITICAL


async def test_a_closed_ticket_follows_its_channel_nowhere(desk: Desk, store: Store, ticket: Ticket) -> None:
    await desk.close(AS_SAM, ticket.id)

    with pytest.raises(TicketIsClosed):
        await ChannelDesk(store).reclassify(ticket.id, IssueLevel.CRITICAL, FROM_DISCORD)


async def test_a_ticket_that_is_abandoned_is_unresolved_and_says_why(store: Store, ticket: Ticket) -> None:
    await ChannelDesk(store).abandon(ticket.id, "Its channel was deleted.", FROM_DISCORD)

    after = await store.views.ticket(ticket.id)
    assert after is not None
    assert (after.status, after.close_reason) == (Status.UNRESOLVED, "Its channel was deleted.")
    assert after.closed_by == SYSTEM
    with pytest.raises(TicketIsClosed):
        await ChannelDesk(store).abandon(ticket.id, "Again.", FROM_DISCORD)
