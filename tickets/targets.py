"""How soon requesters are to be helped: targets as they were agreed on, and how a ticket stands to them.

Only working time counts. The clock of the first answer runs from the opening on, that of the resolution while
it is staff's turn. Both stand still while a ticket is put aside or closed, and go on from what was used."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from tickets.hours import Hours
from tickets.millis import Millis
from tickets.working_time import after_working, worked


@dataclass(frozen=True, slots=True)
class Target:
    """The longest times that the first answer and the end of a ticket may take; None for any."""

    first_response: Millis | None = None
    resolution: Millis | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """What counts for one ticket, as it was agreed on: later changes of the desk's targets do not matter."""

    target: Target
    warn_before: Millis = 0
    """So much working time before a target is missed, staff is warned."""
    raises_level: bool = False
    """Whether a missed target makes the ticket more pressing."""
    hours: Hours | None = None
    """When time counts; None for always."""


class TargetName(StrEnum):
    FIRST_RESPONSE = "first_response"
    RESOLUTION = "resolution"


class SlaState(StrEnum):
    """How a ticket stands; declared from the best to the worst but for PAUSED, where no clock runs."""

    OK = "ok"
    AT_RISK = "at_risk"
    BREACHED = "breached"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Countdown:
    """The clock of one target. ``used`` is the working time that had passed at ``running_since``, or has
    passed if it stands still. ``due_at`` stays once it was missed."""

    allowed: Millis
    used: Millis = 0
    running_since: Millis | None = None
    due_at: Millis | None = None
    warn_at: Millis | None = None
    is_warned: bool = False
    is_missed: bool = False
    is_done: bool = False

    def started(self, at: Millis, terms: Terms) -> "Countdown":
        if self.is_missed:
            return replace(self, running_since=at)
        warned_after = max(self.allowed - terms.warn_before, self.allowed // 2)
        return replace(
            self,
            running_since=at,
            due_at=after_working(terms.hours, at, self.allowed - self.used),
            warn_at=None if self.is_warned else after_working(terms.hours, at, warned_after - self.used),
        )

    def stopped(self, at: Millis, terms: Terms) -> "Countdown":
        """Whoever stops it too late has missed the target, though nobody may have noticed yet."""
        used = self.used + worked(terms.hours, self.running_since or at, at)
        stopped = replace(self, used=used, running_since=None, warn_at=None)
        if self.is_missed:
            return stopped
        is_missed = self.due_at is not None and at > self.due_at
        return replace(stopped, is_missed=is_missed, due_at=self.due_at if is_missed else None)


@dataclass(frozen=True, slots=True)
class Sla:
    """How a ticket stands to its targets; a target that it has not is None."""

    terms: Terms
    first_response: Countdown | None = None
    resolution: Countdown | None = None
    is_to_be_raised: bool = False
    """A target was missed, and the level is not raised for it yet."""
    is_over: bool = False
    """Whether the ticket is closed."""

    @property
    def clocks(self) -> dict[TargetName, Countdown]:
        both = {TargetName.FIRST_RESPONSE: self.first_response, TargetName.RESOLUTION: self.resolution}
        return {name: it for name, it in both.items() if it is not None}

    def with_clock(self, name: TargetName, clock: Countdown | None) -> "Sla":
        if name is TargetName.FIRST_RESPONSE:
            return replace(self, first_response=clock)
        return replace(self, resolution=clock)

    @property
    def state(self) -> SlaState:
        """The state of the targets that are still to be reached. Once all are, it says whether any was
        missed."""
        clocks = list(self.clocks.values())
        left = [] if self.is_over else [it for it in clocks if not it.is_done]
        clocks = left or clocks
        if any(it.is_missed for it in clocks):
            return SlaState.BREACHED
        running = [it for it in left if it.running_since is not None]
        if left and not running:
            return SlaState.PAUSED
        return SlaState.AT_RISK if any(it.is_warned for it in running) else SlaState.OK

    @property
    def next_at(self) -> Millis | None:
        """When there will be something to tell or to do, if all goes on as it is; 0 for now."""
        return 0 if self.is_to_be_raised else min((at for at, *_ in self._ahead()), default=None)

    def news(self, now: Millis) -> tuple[TargetName, SlaState, Millis] | None:
        """The first thing that is to be told by now: which target, whether it is at risk or missed, and when
        it is due."""
        told = sorted((at, name, state) for at, name, state in self._ahead() if at <= now)
        if not told:
            return None
        _, name, state = max(told, key=lambda it: it[2] is SlaState.BREACHED)
        return name, state, self.clocks[name].due_at or now

    def _ahead(self) -> Iterator[tuple[Millis, TargetName, SlaState]]:
        for name, clock in self.clocks.items():
            if clock.running_since is None or clock.is_missed:
                continue
            if clock.warn_at is not None and not clock.is_warned:
                yield clock.warn_at, name, SlaState.AT_RISK
            if clock.due_at is not None:
                yield clock.due_at, name, SlaState.BREACHED


def agreed(terms: Terms, *, answered: bool, before: Sla | None = None) -> Sla | None:
    """How a ticket stands to new terms, with its clocks standing. What was used counts, and a first answer
    that was given stays given. None if the terms have no targets."""
    first = None if before is None else before.first_response
    if not answered:
        first = _under(first, terms.target.first_response)
    resolution = _under(None if before is None else before.resolution, terms.target.resolution)
    return None if first is None and resolution is None else Sla(terms, first, resolution)


def _under(clock: Countdown | None, allowed: Millis | None) -> Countdown | None:
    if allowed is None:
        return None
    return Countdown(allowed=allowed, used=0 if clock is None else clock.used)
