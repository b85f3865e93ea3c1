"""Decides which members of staff take part in a ticket: colleagues who see its channel, and subscribers who
are pinged for it."""

from collections.abc import Collection

from tickets import policy
from tickets.desks.deciding import NothingChanges
from tickets.desks.ticket_desk import Desk
from tickets.events import EventData, PartChanged
from tickets.model import Caller, Message, Part, Person, Ticket, UserKey
from tickets.ports.agents import agent_with
from tickets.ports.store import Store
from tickets.sources import Source


class PartDesk:
    """Every method raises a Refusal when the policy says no, and StoreUnavailable when the store is down. An
    agent who works both in Discord and in an app is one person under both keys."""

    def __init__(self, desk: Desk, store: Store) -> None:
        self._desk = desk
        self._store = store

    async def begin(
        self, caller: Caller, address: str, part: Part, who: Person, *, source: Source | None = None
    ) -> Ticket:
        """Let a member of staff take part, unless they do already."""
        keys = await self._keys(who.key)

        def decide(ticket: Ticket, _: Message | None) -> EventData:
            change = PartChanged(part, who.key)
            policy.may_change_part(caller, ticket, change)
            if keys.intersection(ticket.taking(part)):
                raise NothingChanges(ticket)
            return change

        await self._store.people.introduce(who)
        return await self._desk.appending.ticket_after(caller, address, decide, source)

    async def end(
        self,
        caller: Caller,
        address: str,
        part: Part,
        who: Collection[UserKey],
        *,
        source: Source | None = None,
    ) -> Ticket:
        """Whoever has one of these keys takes part no longer. Changes nothing if they did not take part."""
        keys = {key for it in who for key in await self._keys(it)}

        def decide(ticket: Ticket, _: Message | None) -> EventData:
            there = [it for it in ticket.taking(part) if it in keys]
            change = PartChanged(part, there[0] if there else next(iter(who)), ends=True)
            policy.may_change_part(caller, ticket, change)
            if not there:
                raise NothingChanges(ticket)
            return change

        return await self._desk.appending.ticket_after(caller, address, decide, source)

    async def _keys(self, key: UserKey) -> frozenset[UserKey]:
        agent = agent_with(await self._store.agents.all(), key)
        return frozenset((key, *(agent.keys if agent else ())))
