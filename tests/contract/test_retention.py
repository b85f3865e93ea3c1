"""Retention: what was closed long enough ago goes, once, and everything else stays."""

from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from tests.clocks import NOON, Hands
from tests.contract.acts import append, open_ticket
from tests.contract.test_erasing import PHOTO, all_shown, talk
from tests.people import ANN, ANN_ASKS, SAM, SAM_ANSWERS
from tickets.events import MessagePosted, TicketClosed, TicketErased, TicketReopened
from tickets.fields import ERASED_TOPIC
from tickets.merging import absorb
from tickets.model import Attachment, FileId, Status, Ticket, TicketId
from tickets.policy import DAY
from tickets.ports.looks import LookFilter, LookKind, look_of
from tickets.ports.sinks import Away, NotNow
from tickets.ports.store import Store
from tickets.retention import KeptFor, Retention, StaysFor

FILE = Attachment(FileId("a-file"), "a.png", "image/png", 4)


@dataclass
class Posts:
    """The transcript channels."""

    is_away: bool = False
    removed: list[TicketId] = field(default_factory=list)

    async def remove(self, ticket_id: TicketId) -> None:
        if self.is_away:
            raise Away("Discord is away")
        self.removed.append(ticket_id)


def retention(store: Store, clock: Hands, kept_for: KeptFor, posts: Posts | None = None) -> Retention:
    return Retention(store, clock, kept_for, (posts or Posts()).remove)


async def with_file(store: Store, clock: Hands, *, closed: bool = True) -> Ticket:
    """A ticket of now."""
    ticket = await open_ticket(store)
    await store.files.put(FILE, b"\x89PNG")
    await append(store, ticket.id, MessagePosted("look", (FILE,)), ANN_ASKS)
    if closed:
        await append(store, ticket.id, TicketClosed(Status.RESOLVED), SAM_ANSWERS)
        await all_shown(store, ticket)
    return ticket


async def topic_of(store: Store, ticket: Ticket) -> str:
    now = await store.views.ticket(ticket.id)
    assert now is not None
    return now.topic


async def test_a_ticket_goes_so_long_after_its_closing_and_not_before(store: Store, clock: Hands) -> None:
    closed = await talk(store)
    still_open = await open_ticket(store)
    sweeping = retention(store, clock, KeptFor(tickets=30 * DAY))

    clock.now += 29 * DAY
    await sweeping.sweep()
    assert await topic_of(store, closed) == "zebra"
    clock.now += 2 * DAY
    await sweeping.sweep()

    assert await topic_of(store, closed) == ERASED_TOPIC
    assert await topic_of(store, still_open) == "No light"
    assert "zebra" not in f"{await store.log.events(closed.id)}"
    assert await store.files.get(PHOTO.id) is None


async def test_what_is_opened_again_counts_from_its_last_closing(store: Store, clock: Hands) -> None:
    ticket = await with_file(store, clock)
    sweeping = retention(store, clock, KeptFor(tickets=30 * DAY))
    clock.now += 20 * DAY
    await append(store, ticket.id, TicketReopened(), SAM_ANSWERS)
    await append(store, ticket.id, TicketClosed(Status.RESOLVED), SAM_ANSWERS)

    clock.now += 20 * DAY
    await sweeping.sweep()
    assert await topic_of(store, ticket) == "No light"
    clock.now += 11 * DAY
    await sweeping.sweep()

    assert await topic_of(store, ticket) == ERASED_TOPIC


async def test_it_is_done_once_and_a_shorter_time_counts_for_all(store: Store, clock: Hands) -> None:
    first = await with_file(store, clock)
    clock.now += 40 * DAY
    second = await with_file(store, clock)
    clock.now += 10 * DAY
    for days in (45, 45, 5):
        await retention(store, clock, KeptFor(tickets=days * DAY)).sweep()

    for ticket in (first, second):
        erased = [it for it in await store.log.events(ticket.id) if isinstance(it.data, TicketErased)]
        assert len(erased) == 1
    keys = {it.requester for it in [await store.views.ticket(it.id) for it in (first, second)] if it}
    assert len(keys) == 2  # nobody can tell that they were one person's


async def test_files_go_and_the_words_stay(store: Store, clock: Hands) -> None:
    ticket = await with_file(store, clock)

    clock.now += 8 * DAY
    await retention(store, clock, KeptFor(files=7 * DAY)).sweep()

    (message,) = await store.views.messages(ticket.id)
    assert (message.content, message.attachments) == ("look", (FILE,))
    assert await store.files.get(FILE.id) is None


async def test_posts_wait_for_discord_and_go_once(store: Store, clock: Hands) -> None:
    ticket = await with_file(store, clock)
    await with_file(store, clock, closed=False)
    posts = Posts(is_away=True)
    sweeping = retention(store, clock, KeptFor(transcripts=7 * DAY), posts)
    clock.now += 8 * DAY

    with pytest.raises(Away):
        await sweeping.sweep()
    posts.is_away = False
    await sweeping.sweep()
    await sweeping.sweep()

    assert posts.removed == [ticket.id]
    assert await topic_of(store, ticket) == "No light"


async def test_a_transcript_that_is_filed_late_goes_too(store: Store, clock: Hands) -> None:
    """Discord was away for longer than transcripts are kept, so it is filed after the first sweep."""
    await with_file(store, clock)
    waits = await with_file(store, clock, closed=False)
    await append(store, waits.id, TicketClosed(Status.RESOLVED), SAM_ANSWERS)
    posts, told = Posts(), list[StaysFor]()

    async def tell(stays: StaysFor) -> None:
        told.append(dict(stays))

    sweeping = Retention(store, clock, KeptFor(transcripts=7 * DAY), posts.remove, tell)
    clock.now += 8 * DAY
    await sweeping.sweep()
    await all_shown(store, waits)
    posts.removed.clear()
    await sweeping.sweep()
    await sweeping.sweep()

    assert posts.removed == [waits.id]
    assert [[*it] for it in told] == [[waits.number], [], []]


async def test_without_a_setting_nothing_ever_goes(store: Store, clock: Hands) -> None:
    ticket = await with_file(store, clock)
    await all_shown(store, ticket)

    clock.now += 10_000 * DAY
    await retention(store, clock, KeptFor()).sweep()

    assert await topic_of(store, ticket) == "No light"
    assert await store.files.get(FILE.id) is not None
    assert clock.now > NOON


async def test_one_that_fails_keeps_no_other_and_is_tried_again(store: Store, clock: Hands) -> None:
    first, second = await with_file(store, clock), await with_file(store, clock)
    broken = {first.id}
    removed: list[TicketId] = []

    async def remove(ticket_id: TicketId) -> None:
        if ticket_id in broken:
            raise ValueError("this one is broken")
        removed.append(ticket_id)

    sweeping = Retention(store, clock, KeptFor(transcripts=7 * DAY), remove)
    clock.now += 8 * DAY
    await sweeping.sweep()
    assert removed == [second.id]
    broken.clear()
    await sweeping.sweep()

    assert removed == [second.id, first.id]


async def test_what_discord_refuses_of_one_ticket_keeps_no_other_and_is_told(
    store: Store, clock: Hands
) -> None:
    first, second = await with_file(store, clock), await with_file(store, clock)
    await store.looks.add([look_of(SAM.key, LookKind.USER, ANN.key, clock.now)])
    refused, tries, told = {first.id}, list[TicketId](), list[StaysFor]()

    async def remove(ticket_id: TicketId) -> None:
        tries.append(ticket_id)
        if ticket_id in refused:
            raise NotNow("403 Missing Access")

    async def tell(stays: StaysFor) -> None:
        told.append(dict(stays))

    sweeping = Retention(store, clock, KeptFor(transcripts=7 * DAY, looks=7 * DAY), remove, tell)
    clock.now += 8 * DAY
    await sweeping.sweep()
    await sweeping.sweep()
    refused.clear()
    await sweeping.sweep()
    await sweeping.sweep()

    assert tries == [first.id, second.id, first.id, first.id]
    why = {first.number: "403 Missing Access"}
    assert told == [why, why, {}, {}]
    assert (await store.looks.page(LookFilter(), None, 10)).items == []


async def test_what_was_merged_into_a_ticket_is_kept_as_long_as_that_ticket(
    store: Store, clock: Hands
) -> None:
    other, ticket = await with_file(store, clock, closed=False), await open_ticket(store)
    merged = await append(
        store, other.id, TicketClosed(Status.UNRESOLVED, merged_into=ticket.id), SAM_ANSWERS
    )
    await absorb(store, merged.event)
    sweeping = retention(store, clock, KeptFor(tickets=30 * DAY, files=30 * DAY))

    clock.now += 40 * DAY
    await sweeping.sweep()
    assert await topic_of(store, other) == "No light"
    assert await store.files.get(FILE.id) is not None
    await append(store, ticket.id, TicketClosed(Status.RESOLVED), SAM_ANSWERS)
    clock.now += 31 * DAY
    await sweeping.sweep()

    assert [await topic_of(store, it) for it in (ticket, other)] == [ERASED_TOPIC] * 2
    assert await store.files.get(FILE.id) is None


class Overtaken:
    """Views of a store in which a ticket is opened again as soon as a list has told of it."""

    def __init__(self, store: Store, ticket: Ticket) -> None:
        self._store = store
        self._ticket = ticket

    async def tickets(self, *which: Any, **more: Any) -> list[Ticket]:
        page = list(await self._store.views.tickets(*which, **more))
        if page:
            await append(self._store, self._ticket.id, TicketReopened(), SAM_ANSWERS)
        return page

    async def ticket(self, ticket_id: TicketId) -> Ticket | None:
        return await self._store.views.ticket(ticket_id)


async def test_a_ticket_that_is_opened_again_in_the_middle_of_a_sweep_stays(
    store: Store, clock: Hands
) -> None:
    for kept_for in (KeptFor(tickets=DAY), KeptFor(files=DAY), KeptFor(transcripts=DAY)):
        ticket, posts = await with_file(store, clock), Posts()
        clock.now += 2 * DAY
        overtaken: Any = Overtaken(store, ticket)

        await retention(replace(store, views=overtaken), clock, kept_for, posts).sweep()

        assert await topic_of(store, ticket) == "No light"
        assert await store.files.get(FILE.id) is not None
        assert posts.removed == []


async def test_looks_are_kept_for_their_own_time_and_go_with_their_ticket(store: Store, clock: Hands) -> None:
    ticket = await talk(store)
    old = look_of(SAM.key, LookKind.USER, ANN.key, clock.now - 40 * DAY)
    new = look_of(SAM.key, LookKind.TRANSCRIPT, ANN.key, clock.now, (ticket.id, ticket.number))
    await store.looks.add([old, new])

    await retention(store, clock, KeptFor(looks=30 * DAY)).sweep()
    kept = (await store.looks.page(LookFilter(), None, 10)).items
    clock.now += 31 * DAY
    await retention(store, clock, KeptFor(tickets=30 * DAY)).sweep()

    assert kept == [new]
    assert (await store.looks.page(LookFilter(), None, 10)).items == []
