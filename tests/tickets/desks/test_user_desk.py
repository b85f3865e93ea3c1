"""Users: what staff sees and writes down, who is blocked, and guests who become customers."""

import asyncio

import pytest

from tests.people import ANN, AS_ANN, AS_EVE, AS_SAM, BEN, EVE, GUEST
from tickets.desks.ticket_desk import Desk, NewTicket, Said
from tickets.desks.user_desk import UserChanges, UserDesk
from tickets.model import AuthorType, Caller, Person, Ticket, UserKey, UserRole
from tickets.ports.accounts import Account
from tickets.ports.store import Store
from tickets.ports.users import Block
from tickets.refusals import (
    AdminOnly,
    CannotMerge,
    StaffOnly,
    TicketNotFound,
    UserIsBlocked,
    UserNotFound,
)

AS_GUEST = Caller(GUEST)
NEW = NewTicket(topic="x", description="y")


@pytest.fixture
def users(desk: Desk, store: Store) -> UserDesk:
    return UserDesk(desk, store)


async def test_staff_sees_users_with_their_tickets(users: UserDesk, ticket: Ticket) -> None:
    user, tickets = await users.user(AS_SAM, ANN.key)
    page = await users.users(AS_SAM, after=None, limit=10)

    assert (user.person, user.ticket_count, tickets) == (ANN, 1, [ticket])
    assert page.items == [user]
    with pytest.raises(UserNotFound):
        await users.user(AS_SAM, BEN.key)
    for attempt in (users.user(AS_ANN, ANN.key), users.users(AS_ANN, after=None, limit=1)):
        with pytest.raises(StaffOnly):
            await attempt


async def test_a_block_and_a_note_are_set_and_taken_away_by_themselves(users: UserDesk, desk: Desk) -> None:
    block = Block(reason="Rude")
    for changes, expected in (
        (UserChanges(note="Calls often"), (None, "Calls often")),
        (UserChanges(sets_block=True, block=block), (block, "Calls often")),
        (UserChanges(note=""), (block, None)),
        (UserChanges(sets_block=True), (None, None)),
    ):
        user, _ = await users.change(AS_SAM, BEN.key, changes)
        assert (user.block, user.note) == expected


async def test_a_block_is_of_the_person_with_an_account_and_in_discord(users: UserDesk, store: Store) -> None:
    account = Account(
        id="a1", email="a@x.test", username="Ann", role=UserRole.CUSTOMER, created_at=0, discord_id="88"
    )
    await store.identity.accounts.add(account)
    member = UserKey(UserKey.MEMBERS, "88")

    for named, other in ((account.key, member), (member, account.key)):
        await users.change(AS_SAM, named, UserChanges(sets_block=True, block=Block()))
        assert await store.users.is_blocked(other)
        await users.change(AS_SAM, other, UserChanges(sets_block=True))
        assert not await store.users.is_blocked(named)


async def test_nobody_but_admins_blocks_staff_by_another_name_of_theirs(
    users: UserDesk, store: Store
) -> None:
    in_discord = Person(UserKey(UserKey.DISCORD, "99"), "Eve", UserRole.ADMIN)
    await store.people.remember(in_discord)
    block = UserChanges(sets_block=True, block=Block())

    with pytest.raises(AdminOnly):
        await users.change(AS_SAM, UserKey(UserKey.MEMBERS, "99"), block)
    await users.change(AS_EVE, UserKey(UserKey.MEMBERS, "99"), block)

    assert await store.users.is_blocked(in_discord.key)


async def test_only_admins_block_staff_and_the_blocked_change_nobody(users: UserDesk, store: Store) -> None:
    await store.people.remember(EVE)
    to_block = UserChanges(sets_block=True, block=Block())

    with pytest.raises(AdminOnly):
        await users.change(AS_SAM, EVE.key, to_block)
    with pytest.raises(StaffOnly):
        await users.change(AS_ANN, BEN.key, to_block)
    await users.change(AS_EVE, EVE.key, to_block)

    with pytest.raises(UserIsBlocked):
        await users.change(AS_EVE, BEN.key, to_block)


async def test_what_was_the_guests_is_the_customers(users: UserDesk, desk: Desk, store: Store) -> None:
    first, second = await desk.open(AS_GUEST, NEW), await desk.open(AS_GUEST, NEW)
    said = await desk.post(AS_GUEST, first.id, Said("Help"))
    await store.people.remember(BEN)

    both = await asyncio.gather(*(users.merge(AS_EVE, BEN.key, GUEST.key) for _ in range(2)))

    assert [user.ticket_count for user, _ in both] == [2, 2]
    assert {it.requester for it in both[0][1]} == {BEN.key}
    message = await store.views.message(said.id, first.id)
    assert message is not None
    assert message.author.key == BEN.key
    for ticket in (first, second):
        last = (await store.log.events(ticket.id))[-1]
        assert (last.seq, last.actor.type, last.actor.key) == (
            3 if ticket is first else 2,
            AuthorType.STAFF,
            EVE.key,
        )
    with pytest.raises(TicketNotFound):
        await desk.ticket(AS_GUEST, first.id)


async def test_a_customer_who_never_came_has_the_guests_name(users: UserDesk, desk: Desk) -> None:
    await desk.open(AS_GUEST, NEW)

    user, _ = await users.merge(AS_EVE, UserKey("shop", "new"), GUEST.key)

    assert (user.person.name, user.person.email) == ("Guest", "guest@example.org")


async def test_only_guests_go_and_only_into_customers(users: UserDesk, desk: Desk, store: Store) -> None:
    await desk.open(AS_GUEST, NEW)
    await store.people.remember(BEN)
    await store.people.remember(EVE)

    for key, guest in ((GUEST.key, GUEST.key), (GUEST.key, BEN.key), (EVE.key, GUEST.key)):
        with pytest.raises(CannotMerge):
            await users.merge(AS_EVE, key, guest)
    with pytest.raises(AdminOnly):
        await users.merge(AS_SAM, BEN.key, GUEST.key)
