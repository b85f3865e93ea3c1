"""Targets: clocks run, stand still and go on as people expect, and staff is told in time."""

from collections.abc import AsyncIterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tests.clocks import Hands
from tests.contract.places import Place, leading
from tests.contract.test_rules_of_time import A_BACKEND, Watch
from tests.people import AS_ANN, AS_SAM
from tickets.desks.channel_desk import ChannelDesk
from tickets.desks.report_desk import Kept, ReportDesk
from tickets.desks.ticket_desk import NewTicket, Said
from tickets.desks.time_desk import TimeDesk
from tickets.events import Origin, SlaChanged
from tickets.events import Place as Where
from tickets.figures import By
from tickets.hours import Hours, Span
from tickets.model import EventId, IssueLevel, Status, Ticket, TicketId
from tickets.policy import DAY, Rules
from tickets.ports import reports
from tickets.ports.sinks import EVERYTHING
from tickets.sources import Source, from_channel
from tickets.targets import SlaState, Target, TargetName, Terms
from tickets.timekeeping import Patience

HOUR = DAY // 24
MINUTE = HOUR // 60
FIRST, RESOLUTION = TargetName.FIRST_RESPONSE, TargetName.RESOLUTION
AT_RISK, BREACHED = SlaState.AT_RISK, SlaState.BREACHED
TARGETS = {
    IssueLevel.NORMAL: Terms(Target(4 * HOUR, 10 * HOUR), warn_before=HOUR),
    IssueLevel.CRITICAL: Terms(Target(HOUR, 2 * HOUR), warn_before=10 * MINUTE, raises_level=True),
}
PATIENCE = Patience()


def terms(level: IssueLevel, _: str | None) -> Terms | None:
    return TARGETS.get(level)


@pytest.fixture
async def watch(place: Place, clock: Hands) -> AsyncIterator[Watch]:
    async with place.open(clock, (*EVERYTHING, PATIENCE.listening)) as store, leading(store) as leader:
        yield Watch(leader, clock, PATIENCE, rules=Rules(terms=terms))


async def opened(watch: Watch, level: IssueLevel = IssueLevel.NORMAL) -> TicketId:
    new = NewTicket(topic="No light", description="It is dark.", issue_level=level)
    ticket = await watch.desk.open(AS_ANN, new)
    await watch.settles()
    return ticket.id


async def told(watch: Watch, ticket_id: TicketId) -> list[tuple[TargetName, SlaState, int]]:
    """What was told of targets, and when it was due, from the opening on."""
    events = await watch.store.log.events(ticket_id)
    news = [it.data for it in events if isinstance(it.data, SlaChanged)]
    return [(it.target, it.state, it.due_at - events[0].at) for it in news]


def state(ticket: Ticket) -> SlaState | None:
    return ticket.sla.state if ticket.sla else None


def due(ticket: Ticket) -> list[int | None]:
    """When first answer and resolution are due, from the opening on."""
    assert ticket.sla is not None
    clocks = [ticket.sla.clocks.get(it) for it in (FIRST, RESOLUTION)]
    return [it.due_at - ticket.created_at if it and it.due_at else None for it in clocks]


async def test_staff_is_warned_in_time_and_told_when_a_target_is_missed(watch: Watch) -> None:
    ticket = await opened(watch)
    fresh = await watch.ticket(ticket)

    await watch.passes(3 * HOUR - 1)
    before = await told(watch, ticket)
    await watch.passes(1)
    warned = await watch.ticket(ticket)
    await watch.passes(HOUR)
    missed = await watch.ticket(ticket)
    await watch.passes(5 * HOUR)
    await watch.passes(10 * HOUR)

    assert (state(fresh), due(fresh)) == (SlaState.OK, [4 * HOUR, 10 * HOUR])
    assert before == []
    assert (state(warned), state(missed)) == (AT_RISK, BREACHED)
    assert await told(watch, ticket) == [
        (FIRST, AT_RISK, 4 * HOUR),
        (FIRST, BREACHED, 4 * HOUR),
        (RESOLUTION, AT_RISK, 10 * HOUR),
        (RESOLUTION, BREACHED, 10 * HOUR),
    ]
    assert due(await watch.ticket(ticket)) == [4 * HOUR, 10 * HOUR]
    assert (await watch.ticket(ticket)).updated_at == fresh.updated_at  # the requester does not notice


async def test_the_first_answer_ends_its_clock_and_that_of_the_resolution_waits_for_the_requester(
    watch: Watch,
) -> None:
    ticket = await opened(watch)
    await watch.passes(2 * HOUR)

    await watch.answers(ticket)
    answered = await watch.ticket(ticket)
    await watch.passes(30 * DAY)
    waiting = await watch.ticket(ticket)
    await watch.asks(ticket)
    goes_on = await watch.ticket(ticket)
    await watch.passes(8 * HOUR)

    assert (state(answered), state(waiting), state(goes_on)) == (
        SlaState.PAUSED,
        SlaState.PAUSED,
        SlaState.OK,
    )
    assert due(answered) == [None, None]
    assert due(goes_on) == [None, 30 * DAY + 10 * HOUR]
    assert await told(watch, ticket) == [(RESOLUTION, BREACHED, 30 * DAY + 10 * HOUR)]


async def test_whoever_is_no_person_gives_no_first_answer(watch: Watch) -> None:
    ticket = await opened(watch)

    await watch.desk.post(A_BACKEND, ticket, Said("We have got your message."))
    await watch.passes(4 * HOUR)

    assert (FIRST, BREACHED, 4 * HOUR) in await told(watch, ticket)


async def test_put_aside_nothing_runs_and_then_all_goes_on(watch: Watch) -> None:
    ticket = await opened(watch)
    await watch.passes(HOUR)

    await watch.times.snooze(AS_SAM, ticket, watch.clock.now + 5 * DAY)
    await watch.passes(5 * DAY - 1)
    aside, said = await watch.ticket(ticket), await told(watch, ticket)
    await watch.passes(1)
    back = await watch.ticket(ticket)
    await watch.passes(3 * HOUR)

    assert (state(aside), due(aside), said) == (SlaState.PAUSED, [None, None], [])
    assert (state(back), due(back)) == (SlaState.OK, [5 * DAY + 4 * HOUR, 5 * DAY + 10 * HOUR])
    assert await told(watch, ticket) == [(FIRST, BREACHED, 5 * DAY + 4 * HOUR)]


async def test_the_requesters_word_lets_the_clocks_run_on(watch: Watch) -> None:
    ticket = await opened(watch)
    await watch.times.snooze(AS_SAM, ticket, watch.clock.now + 5 * DAY)
    await watch.passes(DAY)

    await watch.asks(ticket)
    await watch.passes(4 * HOUR)

    assert (FIRST, BREACHED, DAY + 4 * HOUR) in await told(watch, ticket)


async def test_after_reopening_the_clock_goes_on_and_the_first_answer_stays(watch: Watch) -> None:
    ticket = await opened(watch)
    await watch.answers(ticket)
    await watch.asks(ticket)
    await watch.passes(8 * HOUR)
    await watch.desk.close(AS_SAM, ticket)
    closed = await watch.ticket(ticket)
    await watch.passes(3 * DAY)

    await watch.desk.reopen(AS_ANN, ticket)
    reopened = await watch.ticket(ticket)
    await watch.passes(2 * HOUR)

    assert (state(closed), state(reopened)) == (SlaState.OK, SlaState.OK)
    assert due(reopened) == [None, 3 * DAY + 10 * HOUR]
    assert await told(watch, ticket) == [(RESOLUTION, BREACHED, 3 * DAY + 10 * HOUR)]


async def test_a_closed_ticket_misses_nothing_and_remembers_what_it_has_missed(watch: Watch) -> None:
    quick, late = await opened(watch), await opened(watch)
    await watch.desk.close(AS_SAM, quick, Status.UNRESOLVED)
    await watch.passes(4 * HOUR)
    await watch.answers(late)
    await watch.desk.close(AS_SAM, late)
    await watch.passes(30 * DAY)

    assert (state(await watch.ticket(quick)), await told(watch, quick)) == (SlaState.OK, [])
    assert state(await watch.ticket(late)) is BREACHED
    assert (RESOLUTION, BREACHED) not in [it[:2] for it in await told(watch, late)]


async def test_another_level_brings_its_targets_and_what_was_used_counts(watch: Watch) -> None:
    ticket = await opened(watch)
    await watch.passes(90 * MINUTE)

    await watch.desk.change(AS_SAM, ticket, {"issue_level": "CRITICAL"})
    await watch.settles()
    critical = await watch.ticket(ticket)
    await watch.desk.change(AS_SAM, ticket, {"issue_level": "URGENT"})
    without = await watch.ticket(ticket)
    await watch.passes(DAY)

    assert state(critical) is BREACHED
    assert await told(watch, ticket) == [(FIRST, BREACHED, 90 * MINUTE)]
    assert without.sla is None


async def test_targets_are_those_of_the_opening(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = await opened(watch)
    monkeypatch.setitem(TARGETS, IssueLevel.NORMAL, Terms(Target(DAY, None)))

    later = await opened(watch)
    await watch.passes(4 * HOUR)

    assert (FIRST, BREACHED, 4 * HOUR) in await told(watch, ticket)
    assert due(await watch.ticket(later)) == [DAY, None]


async def test_a_missed_target_raises_the_level_if_that_is_wanted(
    watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(TARGETS, IssueLevel.NORMAL, Terms(Target(HOUR, 2 * HOUR), raises_level=True))
    ticket = await opened(watch)

    await watch.passes(HOUR)
    once = await watch.ticket(ticket)
    await watch.passes(HOUR)
    twice = await watch.ticket(ticket)
    await watch.passes(DAY)

    assert once.issue_level is IssueLevel.URGENT
    assert twice.issue_level is IssueLevel.CRITICAL
    assert due(twice) == [HOUR, 2 * HOUR]  # the targets are those that were agreed on
    kinds = [type(it.data).__name__ for it in await watch.store.log.events(ticket)]
    assert kinds.count("TicketChanged") == 2
    assert kinds.count("SlaChanged") == 2


async def test_what_is_critical_cannot_be_raised_and_its_next_target_is_watched_all_the_same(
    watch: Watch,
) -> None:
    ticket = await opened(watch, IssueLevel.CRITICAL)

    for _ in range(3):
        await watch.passes(HOUR)

    assert (await watch.ticket(ticket)).issue_level is IssueLevel.CRITICAL
    assert [it[:2] for it in await told(watch, ticket) if it[1] is BREACHED] == [
        (FIRST, BREACHED),
        (RESOLUTION, BREACHED),
    ]


async def test_nobody_is_blamed_before_what_staff_wrote_is_heard_of(watch: Watch) -> None:
    ticket = await opened(watch)
    watch.is_caught_up = False
    await watch.passes(6 * HOUR)
    away = await told(watch, ticket)

    written = ((await watch.ticket(ticket)).created_at + 2 * HOUR - 1_420_070_400_000) << 22
    source = Source(EventId("d:1"), Origin(Where.DISCORD, 10, written))
    await watch.desk.post(AS_SAM, ticket, Said("Is it plugged in?"), source=source)
    watch.is_caught_up = True
    await watch.settles()

    assert away == []
    assert await told(watch, ticket) == []
    assert state(await watch.ticket(ticket)) is SlaState.PAUSED


async def test_an_answer_that_comes_too_late_is_late_though_nobody_has_noticed(watch: Watch) -> None:
    ticket = await opened(watch)
    watch.is_caught_up = False
    await watch.passes(5 * HOUR)

    await watch.answers(ticket)
    await watch.desk.close(AS_SAM, ticket)

    assert state(await watch.ticket(ticket)) is BREACHED


async def test_only_working_time_counts(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    zone = ZoneInfo("Europe/Berlin")
    office = Hours(zone, (Span(frozenset(range(5)), 9 * 60, 17 * 60),))
    monkeypatch.setitem(TARGETS, IssueLevel.NORMAL, Terms(Target(4 * HOUR, None), 0, hours=office))
    watch.clock.now = int(datetime(2027, 1, 15, 16, tzinfo=zone).timestamp()) * 1000  # a Friday
    ticket = await opened(watch)

    monday = int(datetime(2027, 1, 18, 12, tzinfo=zone).timestamp()) * 1000
    await watch.passes(monday - watch.clock.now - 1)
    before = await told(watch, ticket)
    await watch.passes(1)

    assert [it[1] for it in before] == []
    assert [it[1] for it in await told(watch, ticket)] == [BREACHED]
    assert (await watch.ticket(ticket)).sla == (await watch.store.views.ticket(ticket)).sla  # type: ignore[union-attr]


async def test_a_ticket_keeps_its_targets_where_new_ones_get_none(place: Place, clock: Hands) -> None:
    given = [Terms(Target(resolution=10 * HOUR), warn_before=HOUR)]
    rules = Rules(terms=lambda *_: given[-1] if given else None)
    async with place.open(clock, (*EVERYTHING, PATIENCE.listening)) as store, leading(store) as leader:
        watch = Watch(leader, clock, PATIENCE, rules=rules)
        ticket = await opened(watch)
        given.clear()
        await watch.answers(ticket)
        await watch.passes(DAY)
        await watch.asks(ticket)

        await watch.passes(10 * HOUR)

        assert [it[1] for it in await told(watch, ticket)] == [BREACHED]


async def test_without_targets_nothing_is_watched(place: Place, clock: Hands) -> None:
    nothing = Patience()
    async with place.open(clock, (*EVERYTHING, nothing.listening)) as store, leading(store) as leader:
        watch = Watch(leader, clock, nothing)
        ticket = await opened(watch)

        await watch.passes(300 * DAY)

        assert (await watch.ticket(ticket)).sla is None
        assert len(await watch.store.log.events(ticket)) == 1


async def test_the_board_counts_those_at_risk_and_those_that_are_late_by_level(watch: Watch) -> None:
    late, met, closed = [await opened(watch) for _ in range(3)]
    await watch.passes(HOUR)
    risky, aside = [await opened(watch) for _ in range(2)]
    pressing = await opened(watch, IssueLevel.CRITICAL)
    await watch.passes(55 * MINUTE)
    await watch.answers(met)
    await watch.desk.close(AS_SAM, closed, Status.UNRESOLVED)
    seen = [await counts(watch)]
    await watch.passes(HOUR + 10 * MINUTE)
    await TimeDesk(watch.desk, watch.clock).snooze(AS_SAM, aside, watch.clock.now + DAY)
    await watch.passes(HOUR)

    seen.append(await counts(watch))

    assert seen == [
        {"CRITICAL": (1, 0), "URGENT": (0, 0), "NORMAL": (0, 0)},
        {"CRITICAL": (0, 1), "URGENT": (0, 0), "NORMAL": (1, 1)},
    ]
    assert [state(await watch.ticket(it)) for it in (late, risky, pressing)] == [BREACHED, AT_RISK, BREACHED]


async def counts(watch: Watch) -> dict[str, tuple[int, int]]:
    """At risk, and late."""
    return {it.level.value: (it.at_risk, it.breached) for it in await watch.store.waiting.at_work()}


async def test_a_channel_moved_by_hand_brings_the_targets_of_its_level(watch: Watch) -> None:
    ticket = await opened(watch)

    await ChannelDesk(watch.store, watch.rules).reclassify(ticket, IssueLevel.CRITICAL, from_channel(10))

    assert due(await watch.ticket(ticket)) == [HOUR, 2 * HOUR]


@pytest.mark.parametrize("by", By)
async def test_statistics_count_what_was_met_and_missed(watch: Watch, by: By) -> None:
    late, in_time, never, running = [await opened(watch) for _ in range(4)]
    await watch.answers(in_time)
    await watch.passes(4 * HOUR)
    await watch.answers(late)
    for ticket in (late, in_time):
        await watch.desk.close(AS_SAM, ticket)
    await watch.passes(6 * HOUR)
    span = reports.Span((await watch.ticket(late)).created_at, watch.clock.now + 1)

    figures = await ReportDesk(watch.store, watch.clock).own_figures(span, by)

    assert [it.targets for it in figures.values()] == [{FIRST: Kept(1, 3), RESOLUTION: Kept(2, 2)}]
    assert {state(await watch.ticket(it)) for it in (never, running)} == {BREACHED}
    before = reports.Span(0, span.since)
    assert await ReportDesk(watch.store, watch.clock).own_figures(before, by) == {}
