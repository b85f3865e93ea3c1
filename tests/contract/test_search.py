"""A search finds what looking through all texts would find, whatever was edited and deleted before."""

import asyncio
import re
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.mongo import words as mongo_words
from storage.sqlite import words as sqlite_words
from tests.clocks import Hands
from tests.contract.acts import append, note, open_ticket, opening, post
from tests.contract.places import MockPlace, MongoPlace, Place, SqlitePlace
from tests.people import ANN, BEN, SAM_ANSWERS
from tests.waiting import until
from tickets.events import Change, MessageDeleted, MessageEdited, NoteDeleted, NoteEdited, TicketChanged
from tickets.model import MessageId, Ticket, TicketId, UserKey
from tickets.ports.lists import TicketFilter, TicketOrder
from tickets.ports.store import SearchIsBehind, Store
from tickets.words import words_of

TEXTS = (
    *("", "lamp", "Lamp!", "dark lamp", "Łódź", "ÉTÉ, été", "STRASSE 7", "straße", "no light", "7 lamps"),
    "我要申请退款",
)
WORDS = ("lamp", "dark", "łodz", "lodz", "ete", "strasse", "7", "light", "lamps", "no", "nowhere", "退款")


@dataclass
class Known:
    """What a ticket's texts are, by the place where they stand; notes apart."""

    ticket: Ticket
    shown: dict[str, str] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)

    def holds(self, which: TicketFilter) -> bool:
        texts = [*self.shown.values(), *(self.notes.values() if which.in_notes else ())]
        words = {word for text in texts for word in words_of(text)}
        meant = which.requester in (None, self.ticket.requester)
        return bool(which.words) and meant and (which.words or set()) <= words


async def opened(store: Store, requester: UserKey, topic: str) -> Known:
    number = await store.log.next_number()
    data = replace(opening(number, requester, topic=topic), description="")
    ticket = (await append(store, TicketId(f"t{number}"), data)).ticket
    return Known(ticket, {"topic": topic})


async def happen(store: Store, known: Known, what: str, which: int, text: str) -> None:
    """One thing; where there is no message for it, nothing."""
    ticket_id = known.ticket.id
    texts = known.notes if "note" in what else known.shown
    said = sorted(it for it in texts if it != "topic")
    message_id = MessageId(said[which % len(said)]) if said else None
    match what:
        case "post":
            known.shown[(await post(store, ticket_id, text)).id] = text
        case "note":
            known.notes[(await note(store, known.ticket, text)).id] = text
        case "topic":
            change = Change("topic", known.shown["topic"], text)
            await append(store, ticket_id, TicketChanged((change,)))
            known.shown["topic"] = text
        case "edit" | "edit note" if message_id:
            edited = NoteEdited(message_id, text) if texts is known.notes else MessageEdited(message_id, text)
            await append(store, ticket_id, edited, SAM_ANSWERS)
            texts[message_id] = text
        case "delete" | "delete note" if message_id:
            deleted = NoteDeleted(message_id) if texts is known.notes else MessageDeleted(message_id)
            await append(store, ticket_id, deleted, SAM_ANSWERS)
            del texts[message_id]
        case "search":
            await store.views.tickets(TicketFilter(words=frozenset({"lamp"}), in_notes=True))


ACTS = st.tuples(
    st.integers(0, 3),
    st.sampled_from(
        ("post", "post", "note", "topic", "edit", "edit note", "delete", "delete note", "search", "search")
    ),
    st.integers(0, 5),
    st.sampled_from(TEXTS),
)
FILTERS = st.builds(
    TicketFilter,
    requester=st.none() | st.sampled_from((ANN.key, BEN.key)),
    words=st.frozensets(st.sampled_from(WORDS), min_size=1, max_size=2) | st.just(frozenset[str]()),
    in_notes=st.booleans(),
)


@settings(max_examples=settings().max_examples // 3)
@given(acts=st.lists(ACTS, max_size=25), searches=st.lists(FILTERS, min_size=1, max_size=5))
async def test_a_search_finds_what_reading_everything_would(
    store: Store, acts: list[tuple[int, str, int, str]], searches: list[TicketFilter]
) -> None:
    before = {it.id for it in await store.views.tickets(TicketFilter())}
    tickets = [await opened(store, (ANN.key, BEN.key)[n % 2], TEXTS[n]) for n in range(4)]

    for ticket, what, which, text in acts:
        await happen(store, tickets[ticket], what, which, text)

    for which_ones in searches:
        for order in (TicketOrder.NEWEST, TicketOrder.LONG_UNCHANGED):
            found = await store.views.tickets(which_ones, order=order)
            numbers = {it.number for it in found if it.id not in before}
            assert numbers == {it.ticket.number for it in tickets if it.holds(which_ones)}


def different(message: int) -> str:
    """800 words that no other message has."""
    return " ".join(f"m{message}w{number}" for number in range(800))


async def test_a_ticket_with_very_many_words_is_found_by_all_of_them(store: Store) -> None:
    """More than one record of any store takes."""
    long, short = [await open_ticket(store, requester) for requester in (ANN.key, BEN.key)]
    posted = [await post(store, long, different(number)) for number in range(5)]
    await note(store, long, "aside")
    await post(store, short, "m0w0 m4w799")

    async def finds(*words: str, in_notes: bool = True, requester: UserKey | None = None) -> set[int]:
        which = TicketFilter(words=frozenset(words), in_notes=in_notes, requester=requester)
        orders = (TicketOrder.NEWEST, TicketOrder.LONG_UNCHANGED)
        found = [await store.views.tickets(which, order=order) for order in orders]
        assert [it.number for it in found[0]] == [it.number for it in found[1]][::-1]
        assert len(found[0]) == len({it.number for it in found[0]})
        return {it.number for it in found[0]}

    assert await finds("m0w0", "m4w799") == {long.number, short.number}
    assert await finds("m0w0", "m2w400", "m4w798", "aside") == {long.number}
    assert await finds("m0w1", "m4w798", in_notes=False, requester=ANN.key) == {long.number}
    assert await finds("aside", in_notes=False) == set()
    await append(store, long.id, MessageEdited(MessageId(posted[4].id), "shorter"), SAM_ANSWERS)
    await append(store, long.id, MessageDeleted(MessageId(posted[0].id)), SAM_ANSWERS)
    assert await finds("m0w0", "m4w799") == {short.number}
    assert await finds("m1w0", "shorter") == {long.number}
    await post(store, long, "m0w0 again")
    assert await finds("m0w0", "shorter") == {long.number}


async def test_pages_of_a_search_are_the_whole(store: Store, clock: Hands) -> None:
    for n in range(12):
        clock.now += n % 3
        ticket = await open_ticket(store, (ANN.key, BEN.key)[n % 4 == 0])
        if n % 3:
            await post(store, ticket, "A needle")
    for order, requester, in_notes in product(TicketOrder, (None, ANN.key), (True, False)):
        which = TicketFilter(requester=requester, words=frozenset({"needle", "lamp"}), in_notes=in_notes)

        whole = await store.views.tickets(which, order=order)
        together: list[Ticket] = []
        after = None
        while page := await store.views.tickets(which, order=order, after=after, limit=2):
            together += page
            after = order.place(page[-1])

        everything = await store.views.tickets(replace(which, words=None), order=order)
        assert whole == together == await in_short_pages(store, which, order)
        assert whole == [it for it in everything if it.message_count]
        assert len(whole) == (8 if requester is None else 6)


async def in_short_pages(store: Store, which: TicketFilter, order: TicketOrder) -> list[Ticket]:
    page = await store.views.page(which, order=order, limit=2, looks=3)
    together = page.items
    while page.next is not None:
        page = await store.views.page(which, order=order, after=page.next, limit=2, looks=3)
        together += page.items
    return together


async def test_a_search_goes_with_other_filters(store: Store, clock: Hands) -> None:
    first = await open_ticket(store)
    clock.now += 10
    second = await open_ticket(store)
    await post(store, second, "Hello", SAM_ANSWERS)
    words = frozenset({"lamp"})

    async def found(which: TicketFilter) -> list[TicketId]:
        return [it.id for it in await store.views.tickets(replace(which, words=words))]

    assert await found(TicketFilter()) == [second.id, first.id]
    assert await found(TicketFilter(created_from=second.created_at)) == [second.id]
    assert await found(TicketFilter(created_until=second.created_at)) == [first.id]
    assert await found(TicketFilter(unattended=True)) == [first.id]
    assert await found(TicketFilter(unattended=False)) == [second.id]
    assert await found(TicketFilter(statuses=frozenset({second.status}), assignees=frozenset())) == []
    assert await found(TicketFilter(statuses=frozenset())) == []


async def test_several_processes_keep_the_words_at_once(store: Store, second_store: Store) -> None:
    tickets = [await open_ticket(store) for _ in range(5)]
    posted = [await post(store, ticket, "Some needle") for ticket in tickets for _ in range(10)]
    which = TicketFilter(words=frozenset({"needle"}))

    pages = await asyncio.gather(*(it.views.tickets(which) for it in (store, second_store) * 3))
    assert [len(page) for page in pages] == [5] * 6

    for event in posted:
        await append(store, event.ticket_id, MessageDeleted(MessageId(event.id)))
    pages = await asyncio.gather(*(it.views.tickets(which) for it in (store, second_store) * 3))
    assert [len(page) for page in pages] == [0] * 6


async def test_what_one_process_wrote_another_finds_also_without_a_leader(place: Place, clock: Hands) -> None:
    async with place.open(clock) as one, place.open(clock) as other:
        ticket = await open_ticket(one)
        await post(one, ticket, "A needle")

        found = await other.views.tickets(TicketFilter(words=frozenset({"needle"})))

    assert [it.id for it in found] == [ticket.id]


async def test_a_long_text_is_found_by_each_of_its_words(store: Store) -> None:
    ticket = await open_ticket(store)
    words = [f"w{n}" for n in range(600)]
    await post(store, ticket, " ".join(words))
    await post(store, ticket, "x" * 3000)

    for word in (words[0], words[-1], words_of("X" * 3000)[0]):
        found = await store.views.tickets(TicketFilter(words=frozenset({word})))
        assert [it.id for it in found] == [ticket.id]


UNSPACED = {
    "退款": "我要申请退款，谢谢",
    "コーヒー": "ｺｰﾋｰが好きです",
    "คืนเงิน": "ขอคืนเงินครับ",
    "手机": "我的iPhone手机坏了",
}
"""A word, and a text that has it without a space on either side."""


@pytest.mark.parametrize("word", UNSPACED)
async def test_words_are_found_in_scripts_that_put_no_spaces_between_them(store: Store, word: str) -> None:
    ticket = await open_ticket(store, ANN.key)
    await open_ticket(store, BEN.key)
    await post(store, ticket, UNSPACED[word])

    found = await store.views.tickets(TicketFilter(words=frozenset(words_of(word)), in_notes=True))
    turned = await store.views.tickets(TicketFilter(words=frozenset(words_of(word[::-1])), in_notes=True))

    assert [it.number for it in found] == [ticket.number]
    assert turned == []


def by_runs(text: str) -> tuple[str, ...]:
    """The words of a text, as older programs had them."""
    return tuple(dict.fromkeys(re.findall(r"[^\W_]+", text)))


async def test_what_an_older_program_indexed_is_found_by_pairs_too(
    place: Place, clock: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as older:
        for module in (sqlite_words, mongo_words):
            older.setattr(module, "words_of", by_runs)
        async with place.open(clock) as store:
            first, second = [await open_ticket(store, requester) for requester in (ANN.key, BEN.key)]
            for number in range(3):
                await post(store, first, f"我要申请退款 {number}")
            await note(store, first, "已经退款了吧")
            await post(store, second, "lamp")
            everything = frozenset({"我要申请退款", "已经退款了吧"})
            assert len(await store.views.tickets(TicketFilter(words=everything, in_notes=True))) == 1
    await place.write_version(place.before("scripts without spaces are found by pairs of characters"))

    async with place.open(clock) as store:

        async def finds(*words: str, in_notes: bool = False) -> list[int]:
            which = TicketFilter(words=frozenset(words), in_notes=in_notes)
            return [it.number for it in await store.views.tickets(which)]

        assert await finds("退款", "2") == [first.number]
        assert await finds("已经", in_notes=True) == [first.number]
        assert await finds("已经") == []
        assert await finds("我要申请退款") == []
        assert await finds("lamp") == [second.number, first.number]


async def test_a_search_that_comes_too_early_is_told_so_and_the_work_goes_on_though_nobody_leads(
    place: Place, clock: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    searched = TicketFilter(words=frozenset({"light"}))
    for module in (sqlite_words, mongo_words):
        monkeypatch.setattr(module, "PATIENCE", -1.0)
    monkeypatch.setattr(mongo_words, "AT_ONCE", 1)
    async with place.open(clock) as store:
        for _ in range(5):
            await open_ticket(store)

        with pytest.raises(SearchIsBehind):
            await store.views.tickets(searched)

        await until(lambda: _is_all_taken_in(place))
        assert len(await store.views.tickets(searched)) == 5


async def _is_all_taken_in(place: Place) -> bool:
    match place:
        case SqlitePlace(folder):
            with closing(sqlite3.connect(folder / "guildesk.sqlite3")) as connection:
                (newest,) = connection.execute("SELECT max(pos) FROM events").fetchone()
                upto = connection.execute("SELECT value FROM meta WHERE key = 'words'").fetchone()
                return bool(upto == (newest,))
        case MockPlace(database):
            return await _is_nothing_due(database)
    assert isinstance(place, MongoPlace)
    async with place.database() as database:
        return await _is_nothing_due(database)


async def _is_nothing_due(database: Any) -> bool:
    return await database.events.find_one({"due.words": {"$exists": True}}) is None
