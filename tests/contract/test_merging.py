"""A guest becomes a customer: whatever was the guest's is the customer's, as if it had always been."""

import asyncio

import pytest

from tests.contract.acts import append, fed_until, note, open_ticket, post
from tests.people import BEN, SAM, SAM_ANSWERS
from tests.waiting import until
from tickets.desks.ticket_desk import Desk, Said
from tickets.desks.user_desk import UserDesk
from tickets.events import MessageEdited, TicketClosed
from tickets.fold import ticket_of
from tickets.fold_messages import messages_of
from tickets.model import (
    Actor,
    Attachment,
    AuthorType,
    Caller,
    FileId,
    MessageId,
    Person,
    Status,
    Ticket,
    UserKey,
    UserRole,
)
from tickets.policy import Rules
from tickets.ports.lists import TicketFilter
from tickets.ports.store import Store, StoreUnavailable
from tickets.ports.uploads import Upload
from tickets.refusals import NotFound

GUEST = Person(UserKey("shop", "guest 7"), "Guest", UserRole.TEMP_USER)
GUEST_ASKS = Actor(AuthorType.REQUESTER, GUEST.key)
BEN_ASKS = Actor(AuthorType.REQUESTER, BEN.key)
ADMIN = Caller(Person(UserKey("shop", "root"), "Root", UserRole.ADMIN))


def user_desk(store: Store) -> UserDesk:
    return UserDesk(Desk(store, lambda: 0, Rules()), store)


async def peopled(store: Store) -> None:
    for person in (GUEST, BEN, SAM):
        await store.people.remember(person)


async def history(store: Store) -> tuple[Ticket, MessageId]:
    """A ticket of the guest's with talk, a note and an end; and the guest's message in it."""
    ticket = await open_ticket(store, GUEST.key)
    said = await post(store, ticket, "Help\0me", GUEST_ASKS)
    await post(store, ticket, "Wait", SAM_ANSWERS)
    await note(store, ticket)
    await append(store, ticket.id, TicketClosed(Status.RESOLVED), GUEST_ASKS)
    return ticket, MessageId(said.id)


async def test_tickets_messages_and_their_log_are_the_customers(store: Store) -> None:
    await peopled(store)
    ticket, message_id = await history(store)
    bens = await open_ticket(store, BEN.key)

    user, tickets = await user_desk(store).merge(ADMIN, BEN.key, GUEST.key)

    today = await store.views.ticket(ticket.id)
    message = await store.views.message(message_id, ticket.id)
    events = await store.log.events(ticket.id)
    assert today is not None
    assert message is not None
    assert (today.requester, today.requester_role) == (BEN.key, UserRole.CUSTOMER)
    assert today.closed_by == BEN_ASKS
    assert (message.author, message.content) == (BEN_ASKS, "Help\0me")
    assert [it.author for it in await store.views.messages(ticket.id)] == [BEN_ASKS, SAM_ANSWERS]
    assert {it.actor for it in events if it.actor.type is AuthorType.REQUESTER} == {BEN_ASKS}
    assert ticket_of(events) == today
    assert messages_of(events)[message_id] == message
    assert (user.person, user.ticket_count) == (BEN, 2)
    assert {it.id for it in tickets} == {ticket.id, bens.id}
    assert await store.views.tickets(TicketFilter(requester=GUEST.key)) == []
    guest = await store.users.user(GUEST.key)
    assert guest is not None
    assert guest.ticket_count == 0


async def test_the_feed_is_the_customers(store: Store) -> None:
    await peopled(store)
    ticket, _ = await history(store)
    await fed_until(store, 5)

    await user_desk(store).merge(ADMIN, BEN.key, GUEST.key)

    assert await store.feed.after(0, requester=GUEST.key) == []
    await fed_until(store, 6)
    fed = await store.feed.after(0, requester=BEN.key)
    assert [it.event for it in fed] == await store.log.events(ticket.id)
    assert {it.requester for it in fed} == {BEN.key}
    assert await store.feed.after(0) == fed


async def test_what_is_fed_only_later_is_the_customers_too(store: Store) -> None:
    """The feeder may have read events before the merging that it feeds after."""
    await peopled(store)
    for _ in range(5):
        tickets = [await open_ticket(store, GUEST.key) for _ in range(3)]
        await asyncio.gather(
            *(post(store, it, actor=GUEST_ASKS) for it in tickets),
            user_desk(store).merge(ADMIN, BEN.key, GUEST.key),
        )
    await fed_until(store, 5 * 9)

    async def guest_has_none() -> bool:
        return not await store.feed.after(0, requester=GUEST.key)

    await until(guest_has_none)
    assert len(await store.feed.after(0, requester=BEN.key)) == 5 * 9


async def test_old_messages_are_edited_by_the_customer_alone(store: Store) -> None:
    await peopled(store)
    ticket = await open_ticket(store, GUEST.key)
    said = MessageId((await post(store, ticket, "Help", GUEST_ASKS)).id)
    desk = Desk(store, lambda: 0, Rules())
    await desk.post(Caller(GUEST), ticket.id, Said("It knows the ticket"))

    await user_desk(store).merge(ADMIN, BEN.key, GUEST.key)

    with pytest.raises(NotFound):
        await desk.edit(Caller(GUEST), ticket.id, said, Said("Mine?"))
    with pytest.raises(NotFound):
        await desk.post(Caller(GUEST), ticket.id, Said("Mine?"))
    edited = await desk.edit(Caller(BEN), ticket.id, said, Said("Please help"))
    assert (edited.author, edited.content) == (BEN_ASKS, "Please help")
    assert await store.views.message(said, ticket.id) == edited


async def test_a_merging_and_an_edit_at_the_same_time_are_both_there(store: Store) -> None:
    await peopled(store)
    ticket = await open_ticket(store, GUEST.key)
    said = MessageId((await post(store, ticket, "Help", GUEST_ASKS)).id)

    await asyncio.gather(
        user_desk(store).merge(ADMIN, BEN.key, GUEST.key),
        append(store, ticket.id, MessageEdited(said, "1"), GUEST_ASKS, about=said),
        append(store, ticket.id, MessageEdited(said, "2"), GUEST_ASKS, about=said),
    )

    message = await store.views.message(said, ticket.id)
    assert message is not None
    assert message.author == BEN_ASKS
    assert messages_of(await store.log.events(ticket.id))[said] == message


async def test_merging_that_ended_in_the_middle_is_finished_by_doing_it_again(store: Store) -> None:
    await peopled(store)
    tickets = [await open_ticket(store, GUEST.key) for _ in range(3)]
    desk = user_desk(store)
    whole, count = store.log.append, 0

    async def failing(*args: object, **named: object) -> object:
        nonlocal count
        count += 1
        if count == 3:
            raise StoreUnavailable("gone")
        return await whole(*args, **named)  # type: ignore[arg-type]

    store.log.append = failing  # type: ignore[assignment, method-assign]
    with pytest.raises(StoreUnavailable):
        await desk.merge(ADMIN, BEN.key, GUEST.key)
    store.log.append = whole  # type: ignore[method-assign]
    user, _ = await desk.merge(ADMIN, BEN.key, GUEST.key)
    again, _ = await desk.merge(ADMIN, BEN.key, GUEST.key)

    assert user.ticket_count == again.ticket_count == 3
    for ticket in tickets:
        assert len(await store.log.events(ticket.id)) == 2


async def test_two_who_merge_at_once_hand_each_ticket_over_once(store: Store, second_store: Store) -> None:
    await peopled(store)
    tickets = [await open_ticket(store, GUEST.key) for _ in range(5)]

    await asyncio.gather(
        *(user_desk(it).merge(ADMIN, BEN.key, GUEST.key) for it in (store, second_store, store))
    )

    for ticket in tickets:
        assert len(await second_store.log.events(ticket.id)) == 2


async def test_uploads_go_along(store: Store) -> None:
    await peopled(store)
    file = Attachment(FileId("f1"), "a.txt", "text/plain", 3)
    await store.uploads.add(Upload(file=file, uploader=GUEST.key, at=1))

    await user_desk(store).merge(ADMIN, BEN.key, GUEST.key)

    upload = await store.uploads.get(file.id)
    assert upload is not None
    assert upload.uploader == BEN.key
