"""The rules of time: what is planned happens at its time, or not at all if somebody wrote before."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from bot.program.wording import ToRequesters
from tests.clocks import Hands
from tests.contract.places import Place, leading
from tests.people import AS_ANN, AS_BEN, AS_EVE, AS_SAM
from texts.language import Language
from tickets.desks.keeping_desk import KeepingDesk
from tickets.desks.staff_desk import StaffDesk
from tickets.desks.ticket_desk import Desk, NewTicket, Said
from tickets.desks.time_desk import TimeDesk
from tickets.model import AuthorType, Caller, Person, Status, Ticket, TicketId, UserKey, UserRole
from tickets.policy import DAY, Rules
from tickets.ports.sinks import EVERYTHING, NotNow, SinkName
from tickets.ports.store import Store
from tickets.ports.timers import TimerKind
from tickets.refusals import (
    CloseIsAsked,
    CloseIsNotAsked,
    MoveNotAllowed,
    RequesterOnly,
    StaffOnly,
    TicketIsClosed,
    TicketIsNotSnoozed,
    TicketIsOpen,
    TicketIsSnoozed,
    TicketNotFound,
    TimeIsNoGood,
)
from tickets.timekeeping import GOING_OFF, GoingOff, Patience, SettingTimers

HOUR = DAY // 24
PATIENCE = Patience(before_reminder=3 * DAY, before_closing=5 * DAY)
RULES = Rules()
WORDING = ToRequesters(Language.EN)
REMINDER = (
    "We have not heard from you for 3 days. Do you still need help? "
    "Without an answer this ticket is closed in 2 days."
)
A_BACKEND = Caller(Person(UserKey("shop", "backend"), "Backend", UserRole.ADMIN, is_service=True))


@dataclass
class Watch:
    """A desk, its clock, and what its relays do when time passes."""

    store: Store
    clock: Hands
    patience: Patience = PATIENCE
    is_caught_up: bool = True
    rules: Rules = RULES

    @property
    def desk(self) -> Desk:
        return Desk(self.store, self.clock, self.rules)

    @property
    def times(self) -> TimeDesk:
        return TimeDesk(self.desk, self.clock)

    async def opened(self, *, answered: bool = True, locale: str | None = None) -> TicketId:
        new = NewTicket(topic="No light", description="It is dark.", locale=locale)
        ticket = await self.desk.open(AS_ANN, new)
        if answered:
            await self.answers(ticket.id)
        return ticket.id

    async def answers(self, ticket_id: TicketId) -> None:
        await self.desk.post(AS_SAM, ticket_id, Said("Is it plugged in?"))
        await self.settles()

    async def asks(self, ticket_id: TicketId) -> None:
        await self.desk.post(AS_ANN, ticket_id, Said("Hello?"))
        await self.settles()

    async def passes(self, span: int) -> None:
        self.clock.now += span
        await self.settles()

    async def settles(self) -> None:
        """Do what is due by now."""
        setting = SettingTimers(self.store, self.patience)
        now = self.clock.now
        for ticket_id in await self.store.backlog.tickets_due(SinkName.TIMERS, now, 100):
            while due := await self.store.backlog.next_due(SinkName.TIMERS, ticket_id, now):
                await setting.show(due.item)
                await self.store.backlog.done(SinkName.TIMERS, due.item)
        for kind in GOING_OFF:
            going = GoingOff(kind, self.store, self.clock, self.patience, self._caught_up, WORDING)
            for ticket_id in await self.store.timers.tickets_due(kind, now, 100):
                timer = await self.store.timers.next_due(kind, ticket_id, now)
                if timer is None:  # it has gone off meanwhile, below
                    continue
                try:
                    await going.show(timer.item)
                except NotNow:
                    continue
                await self.store.timers.done(kind, timer.item)
                await self.settles()

    async def _caught_up(self, _: TicketId) -> None:
        if not self.is_caught_up:
            raise NotNow("Discord is away")

    async def ticket(self, ticket_id: TicketId) -> Ticket:
        found = await self.store.views.ticket(ticket_id)
        assert found is not None
        return found

    async def said_by_itself(self, ticket_id: TicketId) -> list[str]:
        messages = await self.store.views.messages(ticket_id)
        return [it.content for it in messages if it.author.type is AuthorType.SYSTEM]


@pytest.fixture
async def watch(place: Place, clock: Hands) -> AsyncIterator[Watch]:
    async with place.open(clock, (*EVERYTHING, PATIENCE.listening)) as store, leading(store) as leader:
        yield Watch(leader, clock)


async def test_a_requester_who_is_silent_is_reminded_once_and_then_the_ticket_is_closed(watch: Watch) -> None:
    ticket = await watch.opened()

    await watch.passes(3 * DAY - 1)
    before = await watch.said_by_itself(ticket)
    await watch.passes(1)
    await watch.passes(2 * DAY - 1)
    reminded, waiting = await watch.said_by_itself(ticket), await watch.ticket(ticket)
    await watch.passes(1)
    closed = await watch.ticket(ticket)

    assert before == []
    assert reminded == [REMINDER]
    assert waiting.status is Status.PENDING
    assert (closed.status, closed.close_reason) == (Status.RESOLVED, "There was no answer for 5 days.")
    assert closed.closed_by is not None
    assert closed.closed_by.type is AuthorType.SYSTEM
    assert [it.id for it in await watch.store.log.events(ticket)][-1] == "t:silence:2"


@pytest.mark.parametrize(
    ("away", "says"),
    [(3, ["closed in 2 days"]), (4, ["closed in 1 day"]), (6, [])],
    ids=["hardly", "for a day more", "until after the closing"],
)
async def test_what_came_due_while_nothing_ran_happens_once_at_return(
    place: Place, clock: Hands, away: int, says: list[str]
) -> None:
    """A reminder promises no time that is over, though it comes late."""
    sinks = (*EVERYTHING, PATIENCE.listening)
    async with place.open(clock, sinks) as store, leading(store) as leader:
        before = Watch(leader, clock)
        silent, aside, planned = [await before.opened() for _ in range(3)]
        await before.times.snooze(AS_SAM, aside, clock.now + DAY)
        await before.times.plan_closing(AS_SAM, planned, clock.now + DAY, "All is well")
    clock.now += away * DAY

    async with place.open(clock, sinks) as store, leading(store, "next") as leader:
        after = Watch(leader, clock)
        for _ in range(2):
            await after.settles()
        reminded = await after.said_by_itself(silent)
        is_closed = (await after.ticket(silent)).is_closed
        kinds = [[type(it.data).__name__ for it in await store.log.events(id_)] for id_ in (aside, planned)]

    assert [re.findall(r"closed in \w+ \w+", it) for it in reminded] == [[it] for it in says]
    assert is_closed is (away > 5)
    assert [it.count("SnoozeEnded") + it.count("TicketClosed") for it in kinds] == [1, 1]


async def test_a_word_of_the_requesters_ends_the_silence(watch: Watch) -> None:
    ticket = await watch.opened()
    await watch.passes(2 * DAY)

    await watch.asks(ticket)
    await watch.passes(30 * DAY)

    assert (await watch.ticket(ticket)).status is Status.OPEN
    assert await watch.said_by_itself(ticket) == []


async def test_a_word_of_staffs_lets_the_silence_begin_anew(watch: Watch) -> None:
    ticket = await watch.opened()
    await watch.passes(4 * DAY)

    await watch.answers(ticket)
    await watch.passes(4 * DAY)
    later = await watch.ticket(ticket)
    await watch.passes(DAY)

    assert later.status is Status.PENDING
    assert (await watch.ticket(ticket)).status is Status.RESOLVED


async def test_a_reminder_is_no_answer_and_begins_nothing_anew(watch: Watch) -> None:
    ticket = await watch.opened()
    await watch.passes(3 * DAY)

    reminded = await watch.ticket(ticket)

    assert (reminded.status, reminded.pending_seq, reminded.answered_seq) == (Status.PENDING, 2, 2)


async def test_what_was_never_answered_is_never_closed_for_silence(watch: Watch) -> None:
    ticket = await watch.opened(answered=False)

    await watch.passes(100 * DAY)

    assert (await watch.ticket(ticket)).status is Status.OPEN


async def test_a_service_breaks_no_silence_and_gives_no_answer(watch: Watch) -> None:
    ticket = await watch.opened(answered=False)
    await watch.desk.post(A_BACKEND, ticket, Said("Your parcel is on its way."))
    await watch.passes(100 * DAY)
    never_answered = await watch.ticket(ticket)
    await watch.answers(ticket)
    await watch.passes(DAY)
    await watch.desk.post(A_BACKEND, ticket, Said("It is there."))
    await watch.passes(4 * DAY)

    assert (never_answered.status, never_answered.first_response_at) == (Status.OPEN, None)
    assert (await watch.ticket(ticket)).status is Status.RESOLVED


async def test_nothing_is_closed_or_said_before_staffs_words_are_caught_up(watch: Watch) -> None:
    ticket = await watch.opened()
    watch.is_caught_up = False
    await watch.passes(10 * DAY)
    away, said = await watch.ticket(ticket), await watch.said_by_itself(ticket)
    await watch.answers(ticket)
    watch.is_caught_up = True
    await watch.settles()
    answered = await watch.ticket(ticket)
    await watch.passes(5 * DAY)

    assert (away.status, said) == (Status.PENDING, [])
    assert answered.status is Status.PENDING
    assert (await watch.ticket(ticket)).status is Status.RESOLVED


async def test_without_patience_set_nobody_is_hurried(place: Place, clock: Hands) -> None:
    nobody = Patience()
    async with place.open(clock, (*EVERYTHING, nobody.listening)) as store, leading(store) as leader:
        watch = Watch(leader, clock, nobody)
        ticket = await watch.opened()

        await watch.passes(300 * DAY)

        assert (await watch.ticket(ticket)).status is Status.PENDING
        assert await watch.said_by_itself(ticket) == []


async def test_a_snoozed_ticket_leaves_the_queue_and_comes_back_at_its_time(watch: Watch) -> None:
    ticket = await watch.opened(answered=False)
    staff = StaffDesk(watch.desk, watch.store)

    before = (await staff.queue(AS_EVE, after=None, limit=5)).items
    snoozed = await watch.times.snooze(AS_SAM, ticket, watch.clock.now + 2 * HOUR)
    await watch.passes(2 * HOUR - 1)
    while_away = (await staff.queue(AS_EVE, after=None, limit=5)).items
    await watch.passes(1)
    back = await watch.ticket(ticket)

    assert snoozed.snoozed_until == watch.clock.now
    assert [len(before), len(while_away)] == [1, 0]
    assert (back.snoozed_until, back.status) == (None, Status.OPEN)
    assert [it.id for it in (await staff.queue(AS_EVE, after=None, limit=5)).items] == [ticket]
    assert back.updated_at < watch.clock.now  # the requester does not notice


async def test_the_requesters_word_ends_a_snooze_and_staffs_does_not(watch: Watch) -> None:
    ticket = await watch.opened()
    until = watch.clock.now + 2 * DAY
    await watch.times.snooze(AS_SAM, ticket, until)

    await watch.answers(ticket)
    stays = await watch.ticket(ticket)
    await watch.asks(ticket)
    ended = await watch.ticket(ticket)
    await watch.passes(2 * DAY)

    assert (stays.snoozed_until, ended.snoozed_until) == (until, None)
    kinds = [type(it.data).__name__ for it in await watch.store.log.events(ticket)]
    assert "SnoozeEnded" not in kinds


async def test_a_snooze_that_was_set_anew_ends_at_the_later_time(watch: Watch) -> None:
    ticket = await watch.opened()
    await watch.times.snooze(AS_SAM, ticket, watch.clock.now + HOUR)
    await watch.passes(HOUR // 2)
    await watch.times.snooze(AS_SAM, ticket, watch.clock.now + 3 * HOUR)

    await watch.passes(HOUR)
    still = await watch.ticket(ticket)
    await watch.passes(2 * HOUR)

    assert still.snoozed_until is not None
    assert (await watch.ticket(ticket)).snoozed_until is None


async def test_silence_stops_while_a_ticket_is_snoozed_and_begins_anew_after_it(watch: Watch) -> None:
    ticket = await watch.opened()
    await watch.times.snooze(AS_SAM, ticket, watch.clock.now + 10 * DAY)

    await watch.passes(9 * DAY)
    aside = await watch.ticket(ticket), await watch.said_by_itself(ticket)
    await watch.passes(DAY)
    after = await watch.ticket(ticket), await watch.said_by_itself(ticket)
    await watch.passes(5 * DAY - 1)
    waiting = await watch.ticket(ticket)
    await watch.passes(1)

    assert (aside[0].status, aside[1]) == (after[0].status, after[1]) == (Status.PENDING, [])
    assert waiting.status is Status.PENDING
    assert (await watch.ticket(ticket)).status is Status.RESOLVED


async def test_a_snooze_is_ended_by_hand_once(watch: Watch) -> None:
    ticket = await watch.opened()
    await watch.times.snooze(AS_SAM, ticket, watch.clock.now + HOUR)

    ended = await watch.times.end_snooze(AS_EVE, ticket)

    assert ended.snoozed_until is None
    with pytest.raises(TicketIsNotSnoozed):
        await watch.times.end_snooze(AS_EVE, ticket)


@pytest.mark.parametrize("span", [0, -1, 366 * DAY + 1])
async def test_only_the_next_year_can_be_planned(watch: Watch, span: int) -> None:
    ticket = await watch.opened()

    with pytest.raises(TimeIsNoGood):
        await watch.times.snooze(AS_SAM, ticket, watch.clock.now + span)
    with pytest.raises(TimeIsNoGood):
        await watch.times.plan_closing(AS_SAM, ticket, watch.clock.now + span)


async def test_a_requester_who_agrees_has_resolved_the_ticket(watch: Watch) -> None:
    ticket = await watch.opened()

    asked = await watch.times.ask_close(AS_SAM, ticket)
    closed = await watch.times.answer_close(AS_ANN, ticket, accept=True)

    assert (asked.close_asked_at, asked.status) == (watch.clock.now, Status.PENDING)
    assert (closed.status, closed.close_asked_at) == (Status.RESOLVED, None)
    assert closed.closed_by is not None
    assert closed.closed_by.type is AuthorType.REQUESTER


async def test_a_requester_who_goes_on_makes_it_staffs_turn(watch: Watch) -> None:
    ticket = await watch.opened()
    await watch.times.ask_close(AS_SAM, ticket)

    declined = await watch.times.answer_close(AS_ANN, ticket, accept=False)
    await watch.passes(30 * DAY)

    assert (declined.status, declined.close_asked_at) == (Status.OPEN, None)
    assert declined.waiting_since is not None
    assert (await watch.ticket(ticket)).status is Status.OPEN


@pytest.mark.parametrize("who", ["requester", "staff"])
async def test_whoever_writes_withdraws_the_question_and_the_planned_closing(watch: Watch, who: str) -> None:
    ticket = await watch.opened()
    await watch.times.ask_close(AS_SAM, ticket)
    await watch.times.plan_closing(AS_SAM, ticket, watch.clock.now + HOUR, "All is well")

    await (watch.asks(ticket) if who == "requester" else watch.answers(ticket))
    await watch.passes(HOUR)

    now = await watch.ticket(ticket)
    assert (now.close_asked_at, now.closes_at, now.is_closed) == (None, None, False)
    with pytest.raises(CloseIsNotAsked):
        await watch.times.answer_close(AS_ANN, ticket, accept=True)


async def test_an_unanswered_question_is_silence(watch: Watch) -> None:
    ticket = await watch.opened()
    await watch.asks(ticket)
    await watch.passes(DAY)
    await watch.times.ask_close(AS_SAM, ticket)
    await watch.settles()

    await watch.passes(5 * DAY)

    closed = await watch.ticket(ticket)
    assert (closed.status, closed.close_asked_at) == (Status.RESOLVED, None)


async def test_a_question_is_refused_where_it_makes_no_sense(watch: Watch) -> None:
    unanswered, snoozed, asked, closed = [await watch.opened(answered=it > 0) for it in range(4)]
    await watch.times.snooze(AS_SAM, snoozed, watch.clock.now + HOUR)
    await watch.times.ask_close(AS_SAM, asked)
    await watch.desk.close(AS_SAM, closed)

    for ticket, refusal in (
        (unanswered, MoveNotAllowed),
        (snoozed, TicketIsSnoozed),
        (asked, CloseIsAsked),
        (closed, TicketIsClosed),
    ):
        with pytest.raises(refusal):
            await watch.times.ask_close(AS_SAM, ticket)
    with pytest.raises(RequesterOnly):
        await watch.times.answer_close(AS_SAM, asked, accept=True)
    with pytest.raises(TicketNotFound):
        await watch.times.answer_close(AS_BEN, asked, accept=True)


async def test_requesters_plan_nothing(watch: Watch) -> None:
    ticket = await watch.opened()
    at = watch.clock.now + HOUR

    for plan in (
        watch.times.snooze(AS_ANN, ticket, at),
        watch.times.end_snooze(AS_ANN, ticket),
        watch.times.ask_close(AS_ANN, ticket),
        watch.times.plan_closing(AS_ANN, ticket, at),
    ):
        with pytest.raises(StaffOnly):
            await plan


@pytest.mark.parametrize(("answered", "outcome"), [(True, Status.RESOLVED), (False, Status.UNRESOLVED)])
async def test_a_planned_closing_happens_at_its_time(watch: Watch, answered: bool, outcome: Status) -> None:
    ticket = await watch.opened(answered=answered)
    await watch.times.plan_closing(AS_SAM, ticket, watch.clock.now + 2 * HOUR, "All is well")

    await watch.passes(2 * HOUR - 1)
    waiting = await watch.ticket(ticket)
    await watch.passes(1)
    closed = await watch.ticket(ticket)

    assert waiting.closes_at == watch.clock.now
    assert (closed.status, closed.close_reason, closed.closes_at) == (outcome, "All is well", None)


async def test_a_planned_closing_that_staff_calls_off_does_not_happen(watch: Watch) -> None:
    ticket = await watch.opened()
    await watch.times.plan_closing(AS_SAM, ticket, watch.clock.now + 2 * HOUR, "All is well")

    keeping = KeepingDesk(watch.desk, watch.clock, close_grace=0)
    with pytest.raises(StaffOnly):
        await keeping.keep_open(AS_ANN, ticket)
    called_off = await keeping.keep_open(AS_SAM, ticket)
    with pytest.raises(TicketIsOpen):
        await keeping.keep_open(AS_SAM, ticket)
    await watch.passes(3 * HOUR)

    assert (called_off.closes_at, called_off.closing_reason) == (None, None)
    assert not (await watch.ticket(ticket)).is_closed


async def test_closing_cancels_every_plan_and_reopening_brings_none_back(watch: Watch) -> None:
    ticket = await watch.opened()
    await watch.times.plan_closing(AS_SAM, ticket, watch.clock.now + 2 * HOUR)
    await watch.times.snooze(AS_SAM, ticket, watch.clock.now + 3 * HOUR)
    await watch.desk.close(AS_SAM, ticket)
    await watch.desk.reopen(AS_ANN, ticket)

    await watch.passes(30 * DAY)

    now = await watch.ticket(ticket)
    assert (now.status, now.closes_at, now.snoozed_until, now.pending_seq) == (Status.OPEN, None, None, None)


async def test_what_the_desk_says_is_in_the_language_of_the_ticket(watch: Watch) -> None:
    ticket = await watch.opened(locale="de-AT")

    await watch.passes(3 * DAY)
    await watch.passes(2 * DAY)

    (reminder,) = await watch.said_by_itself(ticket)
    assert reminder.startswith("Seit 3 Tagen haben wir nichts von Ihnen gehört.")
    assert reminder.endswith("wird dieses Ticket in 2 Tagen geschlossen.")
    assert (await watch.ticket(ticket)).close_reason == "Seit 5 Tagen kam keine Antwort."


async def test_a_timer_that_goes_off_twice_does_its_work_once(watch: Watch) -> None:
    ticket = await watch.opened()
    await watch.passes(2 * DAY)
    watch.clock.now += DAY
    due = await watch.store.timers.next_due(TimerKind.REMINDER, ticket, watch.clock.now)
    assert due is not None
    going = GoingOff(TimerKind.REMINDER, watch.store, watch.clock, PATIENCE, watch._caught_up, WORDING)

    await going.show(due.item)
    await going.show(due.item)

    assert len(await watch.said_by_itself(ticket)) == 1
