"""The desk for canned answers: staff keeps them, fills them in for a ticket, and posts them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from tickets import policy
from tickets.canned import LONGEST, MOST, CannedAnswer, facts_of, filled, unknown_in
from tickets.desks.blocking import Blocks
from tickets.desks.deciding import message_in
from tickets.desks.ticket_desk import Desk, Said
from tickets.model import Caller, EventId, Message, Millis, Status, Ticket
from tickets.ports.canned import Kept
from tickets.ports.store import Clock, Store
from tickets.refusals import CannedIsThere, CannedIsTooLong, CannedNotFound, TooManyCanned
from tickets.sources import Source
from tickets.staff_names import StaffNames


class Written(NamedTuple):
    """A name and its words, as they come from a file."""

    name: str
    content: str


@dataclass(frozen=True, slots=True)
class Filled:
    """A canned answer as the requester of a ticket would read it. ``unknown`` is what looks in it like a
    placeholder and is none."""

    ticket: Ticket
    content: str
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Brought:
    """The outcome of importing a file: how many answers were new, changed, or already there."""

    added: int
    changed: int
    same: int


class CannedDesk:
    """For staff. Every method raises a Refusal when the policy says no, and StoreUnavailable when the store
    is down."""

    def __init__(self, desk: Desk, store: Store, clock: Clock, staff_names: StaffNames | None = None) -> None:
        self._desk = desk
        self._store = store
        self._canned = store.canned
        self._clock = clock
        self._names = staff_names or StaffNames()
        self._blocks = Blocks(store.users)

    async def all(self, caller: Caller) -> list[CannedAnswer]:
        """All of them, in the order of their names."""
        policy.must_be_staff(caller, "see canned answers")
        return await self._canned.all()

    async def get(self, caller: Caller, name: str) -> CannedAnswer:
        """The answer with this name. Raises CannedNotFound."""
        policy.must_be_staff(caller, "see canned answers")
        if (answer := await self._canned.get(name)) is None:
            raise CannedNotFound(name)
        return answer

    async def add(self, caller: Caller, name: str, content: str) -> CannedAnswer:
        """Add a new answer. Raises CannedIsThere and TooManyCanned."""
        await self._may_change(caller)
        now = self._clock()
        answer = CannedAnswer(name=name, content=content, created_at=now, updated_at=now)
        _must_be_done(await self._canned.add(answer, MOST), name, name)
        return answer

    async def change(
        self, caller: Caller, name: str, *, new_name: str | None = None, content: str | None = None
    ) -> CannedAnswer:
        """Change its name or text. Raises CannedNotFound and CannedIsThere."""
        await self._may_change(caller)
        to = new_name or name
        _must_be_done(await self._canned.change(name, new_name, content, self._clock()), name, to)
        return await self.get(caller, to)

    async def remove(self, caller: Caller, name: str) -> None:
        """Delete it. What was posted from it stays. Raises CannedNotFound."""
        await self._may_change(caller)
        _must_be_done(await self._canned.remove(name), name, name)

    async def bring(self, caller: Caller, written: Sequence[Written]) -> Brought:
        """Import the answers of a file. An answer replaces the one of the same name; no other answer is
        removed."""
        await self._may_change(caller)
        known = {it.name: it.content for it in await self._canned.all()}
        if len(known | dict(written)) > MOST:
            raise TooManyCanned(MOST)
        new, now = 0, self._clock()
        other = [it for it in written if known.get(it.name) != it.content]
        for it in other:
            answer = CannedAnswer(name=it.name, content=it.content, created_at=now, updated_at=now)
            while (kept := await self._canned.change(it.name, None, it.content, now)) is Kept.MISSING:
                if (kept := await self._canned.add(answer, MOST)) is not Kept.TAKEN:
                    new += 1
                    break
            _must_be_done(kept, it.name, it.name)
        return Brought(new, len(other) - new, len(written) - len(other))

    async def fill(self, caller: Caller, address: str, name: str) -> Filled:
        """The answer as the requester of this ticket would read it from the caller. Raises CannedNotFound and
        CannedIsTooLong."""
        answer = await self.get(caller, name)
        ticket = await self._desk.ticket(caller, address)
        people = await self._store.people.people([ticket.requester])
        requester = people[ticket.requester].name if ticket.requester in people else ticket.requester.id
        shown = self._names.shown({caller.key: caller.person}, [caller.key])
        facts = facts_of(ticket, requester=requester, agent=shown[caller.key].name)
        content = filled(answer.content, facts)
        if len(content) > LONGEST:
            raise CannedIsTooLong(name, LONGEST)
        return Filled(ticket, content, unknown_in(answer.content))

    async def post(self, caller: Caller, address: str, name: str, *, source: Source | None = None) -> Message:
        """Post it on the ticket, and count the use. With the source of an earlier call, nothing is posted
        again."""
        found = await self.fill(caller, address, name)
        appended = await self._desk.say(caller, found.ticket.id, Said(found.content), source=source)
        if appended.fresh:
            await self._canned.count(name)
        return message_in(appended)

    async def close(
        self,
        caller: Caller,
        address: str,
        name: str,
        to: Status | None,
        reason: str | None,
        *,
        heard_until: Millis | None,
        source: Source,
    ) -> Ticket:
        """Post it and close the ticket, like ``Desk.close``. If that is refused, nothing is posted."""
        await self.get(caller, name)
        ticket = await self._desk.ticket(caller, address)
        if heard_until is not None and not ticket.is_closed:
            policy.must_be_heard(ticket, heard_until)
        text = replace(source, event_id=EventId(f"{source.event_id}:t"))
        await self.post(caller, ticket.id, name, source=text)
        return await self._desk.close(caller, ticket.id, to, reason, source=source)

    async def _may_change(self, caller: Caller) -> None:
        policy.must_be_staff(caller, "change canned answers")
        await self._blocks.must_not_be_blocked(caller.key)


def _must_be_done(kept: Kept, name: str, new_name: str) -> None:
    if kept is Kept.MISSING:
        raise CannedNotFound(name)
    if kept is Kept.TAKEN:
        raise CannedIsThere(new_name)
    if kept is Kept.FULL:
        raise TooManyCanned(MOST)
