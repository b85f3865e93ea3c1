"""What happened in Discord, followed."""

import pytest

from tests.people import AS_SAM
from tickets.desks.channel_desk import ChannelDesk
from tickets.desks.ticket_desk import Desk, Said
from tickets.model import SYSTEM, IssueLevel, MessageId, Status, Ticket
from tickets.ports.store import Store
from tickets.refusals import MessageNotFound, TicketIsClosed
from tickets.sources import from_channel, from_message

HELLO = Said("Hello")
FROM_DISCORD = from_message(10, 11)


async def test_what_is_gone_in_discord_is_withdrawn_even_from_a_closed_ticket(
    desk: Desk, store: Store, ticket: Ticket
) -> None:
    message = await desk.post(AS_SAM, ticket.id, HELLO, source=FROM_DISCORD)
    await desk.close(AS_SAM, ticket.id)

    withdrawn = [
        await ChannelDesk(store).withdraw(ticket.id, message.id, from_message(10, 11, ":x")) for _ in range(2)
    ]

    assert [it.deleted for it in withdrawn] == [True, True]
    last = (await store.log.events(ticket.id))[-1]
    assert (last.seq, last.actor) == (4, SYSTEM)


async def test_what_is_withdrawn_must_be_there(store: Store, ticket: Ticket) -> None:
    with pytest.raises(MessageNotFound):
        await ChannelDesk(store).withdraw(ticket.id, MessageId("m9"), FROM_DISCORD)


async def test_a_ticket_follows_its_channel_to_another_level_once(store: Store, ticket: Ticket) -> None:
    for _ in range(2):
        await ChannelDesk(store).reclassify(ticket.id, IssueLevel.CRITICAL, from_channel(10))

    events = await store.log.events(ticket.id)
    assert len(events) == 2
    assert (events[-1].actor, events[-1].origin) == (SYSTEM, from_channel(10).origin)
    after = await store.views.ticket(ticket.id)
    assert after is not None
    assert after.issue_level is IssueLevel.CRITICAL


async def test_a_closed_ticket_follows_its_channel_nowhere(desk: Desk, store: Store, ticket: Ticket) -> None:
    await desk.close(AS_SAM, ticket.id)

    with pytest.raises(TicketIsClosed):
        await ChannelDesk(store).reclassify(ticket.id, IssueLevel.CRITICAL, from_channel(10))


async def test_a_ticket_that_is_abandoned_is_unresolved_and_says_why(store: Store, ticket: Ticket) -> None:
    await ChannelDesk(store).abandon(ticket.id, "Its channel was deleted.", from_channel(10))

    after = await store.views.ticket(ticket.id)
    assert after is not None
    assert (after.status, after.close_reason) == (Status.UNRESOLVED, "Its channel was deleted.")
    assert after.closed_by == SYSTEM
    with pytest.raises(TicketIsClosed):
        await ChannelDesk(store).abandon(ticket.id, "Again.", from_channel(10))
