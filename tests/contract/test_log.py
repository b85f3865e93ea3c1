"""One insert is the commit: the log holds what was acknowledged, once, in order."""

import asyncio
import random
from contextlib import suppress

import pytest

from tests.clocks import NOON, Hands
from tests.contract.acts import append, counting, new_id, open_ticket, opening, post, source
from tests.people import ANN, ANN_ASKS, SAM_ANSWERS
from tickets.decisions import Decision, State
from tickets.events import (
    Change,
    EventData,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    NoteAdded,
    NoteDeleted,
    NoteEdited,
    Origin,
    Place,
    TicketChanged,
    TicketClosed,
    TicketReopened,
)
from tickets.fold import ticket_of
from tickets.fold_messages import messages_of
from tickets.model import Attachment, EventId, FileId, IssueLevel, MessageId, Status, TicketId
from tickets.ports.store import Store, StoreUnavailable
from tickets.refusals import TicketIsClosed, TicketNotFound
from tickets.sources import Source

HOSTILE = 'NUL \0, "quotes", $where, a.b, \U0001f600 \U0010ffff, \u202e, \r\n, \ufeff, \x7f, \ue000'

FILE = Attachment(FileId("f1"), HOSTILE, "image/png", 2048)


async def test_the_first_event_makes_the_ticket(store: Store, clock: Hands) -> None:
    opened = opening(7)

    appended = await append(store, TicketId("t7"), opened)

    assert appended.fresh
    assert appended.event.seq == 1
    assert appended.event.at == clock.now
    assert appended.ticket == ticket_of([appended.event])
    assert await store.views.ticket(TicketId("t7")) == appended.ticket
    assert await store.views.ticket_at("7") == appended.ticket


async def test_the_read_models_hold_what_the_log_makes_after_every_type_of_event(
    store: Store, clock: Hands
) -> None:
    ticket = await open_ticket(store)
    message, second, remark = MessageId("m"), MessageId("m2"), MessageId("n")
    happenings: list[tuple[str, EventData]] = [
        ("m", MessagePosted("Hello", (FILE,))),
        ("m2", MessagePosted("Second", reply_to=message)),
        ("n", NoteAdded("Careful", (FILE,), reply_to=second)),
        ("3", MessageEdited(message, "Hello again", (), (FILE.id,))),
        ("4", NoteEdited(remark, "Very careful")),
        ("5", TicketChanged((Change("issue_level", "NORMAL", "CRITICAL"), Change("topic", "No light", "x")))),
        ("6", TicketChanged((Change("assignee", None, "discord 1001"), Change("status", "OPEN", "PENDING")))),
        ("7", MessageDeleted(second)),
        ("8", NoteDeleted(remark)),
        ("9", TicketClosed(Status.RESOLVED, "Done")),
        ("10", TicketReopened()),
    ]

    for event_id, data in happenings:
        clock.now += 1000
        appended = await append(store, ticket.id, data, SAM_ANSWERS, EventId(event_id))

        log = await store.log.events(ticket.id)
        assert log[-1] == appended.event
        assert appended.ticket == ticket_of(log) == await store.views.ticket(ticket.id)
        made = messages_of(log)
        assert appended.message == (made[appended.event.message_id] if appended.event.message_id else None)
        for each in made.values():
            assert await store.views.message(each.id, ticket.id) == each
    assert [event.data for event in log[1:]] == [data for _, data in happenings]


async def test_an_event_keeps_its_origin_and_every_character(store: Store) -> None:
    ticket = await open_ticket(store)
    origin = Origin(Place.DISCORD, channel_id=2**62 + 1, message_id=2**62 + 2)
    said = Decision(SAM_ANSWERS, MessagePosted(HOSTILE, (FILE,)))

    appended = await store.log.append(ticket.id, Source(EventId("d:1:e:2"), origin), lambda _: said)

    assert (await store.log.events(ticket.id, after=1)) == [appended.event]
    assert appended.event.origin == origin
    message = await store.views.message(MessageId("d:1:e:2"), ticket.id)
    assert message is not None
    assert (message.content, message.attachments) == (HOSTILE, (FILE,))


async def test_events_are_read_in_order_between_two_seqs(store: Store) -> None:
    ticket = await open_ticket(store)
    for _ in range(5):
        await post(store, ticket)

    assert [event.seq for event in await store.log.events(ticket.id)] == [1, 2, 3, 4, 5, 6]
    assert [event.seq for event in await store.log.events(ticket.id, after=2, upto=4)] == [3, 4]
    assert await store.log.events(TicketId("nowhere")) == []


async def test_a_refusal_appends_nothing(store: Store) -> None:
    ticket = await open_ticket(store)

    def refuse(state: State) -> Decision:
        raise TicketIsClosed(ticket.number)

    with pytest.raises(TicketIsClosed):
        await store.log.append(ticket.id, source(), refuse)

    assert [event.seq for event in await store.log.events(ticket.id)] == [1]
    assert await store.views.ticket(ticket.id) == ticket


async def test_a_refusal_disturbs_none_of_those_who_append_at_the_same_time(store: Store) -> None:
    tickets = [await open_ticket(store) for _ in range(5)]

    def refuse(state: State) -> Decision:
        raise TicketIsClosed(1)

    async def once(n: int) -> bool:
        ticket = tickets[n % 5]
        if n % 3:
            return (await store.log.append(ticket.id, source(), counting())).fresh
        with pytest.raises(TicketIsClosed):
            await store.log.append(ticket.id, source(), refuse)
        return False

    appended = await asyncio.gather(*(once(n) for n in range(60)))

    counts = [len(await store.log.events(ticket.id)) - 1 for ticket in tickets]
    assert sum(counts) == sum(appended) == 40


async def test_a_bug_of_one_disturbs_none_of_those_who_append_at_the_same_time(store: Store) -> None:
    """What cannot be written comes out only while writing, in the middle of a group."""
    ticket, other = await open_ticket(store), await open_ticket(store)
    unwritable = "\ud800"

    answers = await asyncio.gather(
        *(post(store, ticket) for _ in range(5)),
        post(store, other, unwritable),
        *(post(store, ticket) for _ in range(5)),
        return_exceptions=True,
    )

    assert [type(answer) is UnicodeEncodeError for answer in answers].count(True) <= 1
    assert isinstance(answers[5], Exception)
    assert [event.seq for event in await store.log.events(ticket.id)] == list(range(1, 12))
    assert len(await store.log.events(other.id)) == 1


async def test_a_decision_is_made_on_the_ticket_and_the_message_it_asks_about(store: Store) -> None:
    ticket = await open_ticket(store)
    posted = await post(store, ticket, "First words")
    seen: list[State] = []

    def decide(state: State) -> Decision:
        seen.append(state)
        return Decision(ANN_ASKS, MessageEdited(MessageId(posted.id), "Other words"))

    appended = await store.log.append(ticket.id, source(), decide, MessageId(posted.id))

    assert seen[-1].ticket is not None
    assert seen[-1].ticket.seq == 2
    assert seen[-1].message is not None
    assert seen[-1].message.content == "First words"
    assert appended.message is not None
    assert appended.message.content == "Other words"


async def test_an_edit_need_not_have_asked_about_its_message(store: Store) -> None:
    ticket = await open_ticket(store)
    posted = await post(store, ticket)
    edited = MessageEdited(MessageId(posted.id), "Other words")

    appended = await append(store, ticket.id, edited, about=None)

    assert appended.message == await store.views.message(MessageId(posted.id), ticket.id)
    assert appended.message is not None
    assert appended.message.content == "Other words"


async def test_what_is_asked_about_a_message_that_is_not_there_is_decided_without_it(store: Store) -> None:
    ticket, other = await open_ticket(store), await open_ticket(store)
    posted = await post(store, other)
    seen: list[State] = []

    def decide(state: State) -> Decision:
        seen.append(state)
        return Decision(ANN_ASKS, MessagePosted("x") if state.ticket else opening(99))

    await store.log.append(ticket.id, source(), decide, MessageId(posted.id))
    await store.log.append(TicketId("new"), source(), decide)

    assert seen[0].message is None
    assert seen[-1] == State(None, None)


@pytest.mark.parametrize("seen_before", [True, False])
async def test_a_ticket_is_appended_to_by_its_number_as_well(
    store: Store, second_store: Store, seen_before: bool
) -> None:
    ticket, other = await open_ticket(store), await open_ticket(store)
    which = store if seen_before else second_store

    answers = await asyncio.gather(
        *(which.log.append(address, source(), counting()) for address in ("1", ticket.id, "01", "2"))
    )

    assert [it.ticket.id for it in answers] == [ticket.id, ticket.id, ticket.id, other.id]
    assert sorted(it.event.seq for it in answers[:3]) == [2, 3, 4]
    assert await which.views.ticket_at("1") == await which.views.ticket(ticket.id)


@pytest.mark.parametrize("address", ["3", "0", "9" * 15, "9" * 16, "9" * 5000, "-1", "١", "", "\0"])
async def test_at_an_address_of_nothing_there_is_nothing_to_decide_on(store: Store, address: str) -> None:
    await open_ticket(store)

    def refuse(state: State) -> Decision:
        assert state == State(None, None)
        raise TicketNotFound(address)

    with pytest.raises(TicketNotFound):
        await store.log.append(address, source(), refuse)


async def test_fifty_writers_to_one_ticket_each_decide_on_the_newest_state(store: Store) -> None:
    ticket = await open_ticket(store)

    await asyncio.gather(*(store.log.append(ticket.id, source(), counting()) for _ in range(50)))

    events = await store.log.events(ticket.id)
    assert [event.seq for event in events] == list(range(1, 52))
    said = [event.data.content for event in events if isinstance(event.data, MessagePosted)]
    assert said == [str(n) for n in range(50)]
    after = await store.views.ticket(ticket.id)
    assert after is not None
    assert (after.seq, after.message_count) == (51, 50)


async def test_two_stores_on_the_same_data_write_to_one_ticket(store: Store, second_store: Store) -> None:
    ticket = await open_ticket(store)

    async def insisting(which: Store) -> None:
        """Who loses races for longer than a call may take asks again, as clients do."""
        same = source()
        async with asyncio.timeout(120):
            while True:
                with suppress(StoreUnavailable):
                    await which.log.append(ticket.id, same, counting())
                    return

    await asyncio.gather(*(insisting(which) for _ in range(20) for which in (store, second_store)))

    events = await second_store.log.events(ticket.id)
    said = [event.data.content for event in events if isinstance(event.data, MessagePosted)]
    assert said == [str(n) for n in range(40)]
    for which in (store, second_store):
        after = await which.views.ticket(ticket.id)
        assert after == ticket_of(events)


async def test_the_same_event_id_is_appended_once(store: Store, clock: Hands) -> None:
    ticket = await open_ticket(store)
    first = await append(store, ticket.id, MessagePosted("Once"), event_id=EventId("d:1"))
    await append(store, ticket.id, MessageEdited(MessageId("d:1"), "Edited"))
    clock.now += 1

    again = await append(store, ticket.id, MessagePosted("Twice"), event_id=EventId("d:1"))

    assert not again.fresh
    assert again.event == first.event
    assert again.ticket.seq == 3
    assert again.message is not None
    assert again.message.content == "Edited"
    assert len(await store.log.events(ticket.id)) == 3


async def test_the_same_event_id_at_the_same_time_is_appended_once(store: Store, second_store: Store) -> None:
    ticket = await open_ticket(store)

    answers = await asyncio.gather(
        *(
            append(which, ticket.id, MessagePosted(str(n)), event_id=EventId("d:1"))
            for n in range(10)
            for which in (store, second_store)
        )
    )

    assert [answer.fresh for answer in answers].count(True) == 1
    assert len({answer.event for answer in answers}) == 1
    assert all(answer.message and answer.message.id == "d:1" for answer in answers)
    assert len(await store.log.events(ticket.id)) == 2


async def test_a_decision_is_made_on_what_another_process_has_done_meanwhile(
    store: Store, second_store: Store
) -> None:
    ticket = await open_ticket(store)
    await append(store, ticket.id, TicketClosed(Status.RESOLVED))
    await append(second_store, ticket.id, TicketReopened())

    def post_while_open(state: State) -> Decision:
        if state.ticket is None or state.ticket.is_closed:
            raise TicketIsClosed(ticket.number)
        return Decision(ANN_ASKS, MessagePosted("Still dark."))

    appended = await store.log.append(ticket.id, source(), post_while_open)

    assert appended.event.seq == 4


async def test_an_event_that_was_accepted_is_not_refused_when_it_comes_again(store: Store) -> None:
    ticket = await open_ticket(store)
    await append(store, ticket.id, MessagePosted("Once"), event_id=EventId("d:1"))
    await append(store, ticket.id, TicketClosed(Status.RESOLVED))

    def refuse(state: State) -> Decision:
        raise TicketIsClosed(ticket.number)

    again = await store.log.append(ticket.id, source(event_id=EventId("d:1")), refuse)

    assert not again.fresh
    assert again.event.seq == 2


@pytest.mark.parametrize("others", [3, 40])
async def test_an_event_that_comes_again_disturbs_none_of_those_who_append_at_the_same_time(
    store: Store, others: int
) -> None:
    ticket = await open_ticket(store)
    await append(store, ticket.id, MessagePosted("Once"), event_id=EventId("d:1"))

    answers = await asyncio.gather(
        *(append(store, ticket.id, MessagePosted(str(n))) for n in range(others)),
        append(store, ticket.id, MessagePosted("Twice"), event_id=EventId("d:1")),
    )

    assert [answer.fresh for answer in answers] == [True] * others + [False]
    events = await store.log.events(ticket.id)
    assert [event.seq for event in events] == list(range(1, others + 3))
    assert await store.views.ticket(ticket.id) == ticket_of(events)
    assert len(await store.views.messages(ticket.id)) == others + 1


async def test_the_same_event_id_in_another_ticket_is_another_event(store: Store) -> None:
    ticket, other = await open_ticket(store), await open_ticket(store)

    for each in (ticket, other):
        assert (await append(store, each.id, MessagePosted("x"), event_id=EventId("same"))).fresh


async def test_a_refused_event_id_may_be_asked_for_again(store: Store) -> None:
    ticket = await open_ticket(store)
    event_id = new_id()

    def refuse(state: State) -> Decision:
        raise TicketIsClosed(ticket.number)

    with pytest.raises(TicketIsClosed):
        await store.log.append(ticket.id, source(event_id=event_id), refuse)

    assert (await append(store, ticket.id, MessagePosted("x"), event_id=event_id)).fresh


async def test_time_never_goes_back_even_if_the_clock_does(store: Store, clock: Hands) -> None:
    ticket = await open_ticket(store)
    clock.now = NOON - 5000

    posted = await post(store, ticket)

    assert posted.at == NOON
    clock.now = NOON + 1
    assert (await post(store, ticket)).at == NOON + 1


async def test_ticket_numbers_are_unique(store: Store, second_store: Store) -> None:
    numbers = await asyncio.gather(
        *(which.log.next_number() for _ in range(25) for which in (store, second_store))
    )

    assert len(set(numbers)) == 50
    assert min(numbers) == 1


async def test_an_append_that_nobody_waits_for_any_more_leaves_the_log_whole(store: Store) -> None:
    ticket = await open_ticket(store)
    chance = random.Random(7)  # noqa: S311  a test's choice

    async def hasty() -> None:
        task = asyncio.ensure_future(store.log.append(ticket.id, source(), counting()))
        for _ in range(chance.randrange(8)):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    await asyncio.gather(*(hasty() for _ in range(30)))
    await post(store, ticket, "After all")

    events = await store.log.events(ticket.id)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert await store.views.ticket(ticket.id) == ticket_of(events)


async def test_the_level_of_a_ticket_is_what_the_log_says(store: Store) -> None:
    ticket = await open_ticket(store, ANN.key, IssueLevel.URGENT)
    change = TicketChanged((Change("issue_level", "URGENT", "NORMAL"),))

    appended = await append(store, ticket.id, change, ANN_ASKS)

    assert appended.ticket.issue_level is IssueLevel.NORMAL
