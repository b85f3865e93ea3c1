"""Sends a ticket elsewhere: to another support role, one role up, or to whoever takes the next one."""

from tickets import policy
from tickets.desks.agent_desk import AgentDesk
from tickets.desks.deciding import changes_to
from tickets.desks.staff_desk import StaffDesk
from tickets.desks.ticket_desk import Desk, Said
from tickets.events import EventData
from tickets.model import Caller, EventId, Message, Status, SupportRole, Ticket, UserKey
from tickets.ports.agents import agent_with
from tickets.ports.lists import Cursor, Page, TicketFilter
from tickets.ports.store import Store
from tickets.refusals import (
    NobodyAbove,
    NothingWaits,
    Refusal,
    TicketIsClaimed,
    TicketIsClosed,
    TicketIsMerged,
)
from tickets.sources import Source, from_api

LOOKED_AT = 50
"""Tickets of the queue that are read at a time."""


class _HasAnother(Exception):
    """Somebody else has the ticket by now."""


class RoutingDesk:
    """Every method raises a Refusal when the policy says no, and StoreUnavailable when the store is down."""

    def __init__(self, desk: Desk, staff: StaffDesk, agents: AgentDesk, store: Store) -> None:
        self._desk = desk
        self._staff = staff
        self._agents = agents
        self._store = store

    async def transfer(
        self, caller: Caller, address: str, to: SupportRole, *, source: Source | None = None
    ) -> Ticket:
        """Ask for another support role. An assignee who does not see its tickets loses this one."""
        while True:
            ticket = await self._desk.ticket(caller, address)
            try:
                return await self._transferred(caller, address, to, ticket.assignee, source)
            except _HasAnother:
                continue

    async def _transferred(
        self, caller: Caller, address: str, to: SupportRole, key: UserKey | None, source: Source | None
    ) -> Ticket:
        """``key`` is the assignee's; raises _HasAnother if it was given to somebody else meanwhile."""
        people = {} if key is None else await self._store.people.people([key])
        agents = await self._store.agents.all()

        def decide(ticket: Ticket, _: Message | None) -> EventData:
            if ticket.assignee not in (None, key):
                raise _HasAnother
            values: dict[str, str | None] = {"support_role": to}
            assignee = people.get(ticket.assignee) if ticket.assignee else None
            if assignee is not None and to not in policy.support_roles_seen_by(assignee):
                agent = agent_with(agents, assignee.key)
                if agent is None or not agent.is_added_to(ticket):
                    values["assignee"] = None
            policy.may_change(caller, ticket, frozenset(values))
            return changes_to(ticket, values)

        return await self._desk.appending.ticket_after(caller, address, decide, source)

    async def escalate(
        self, caller: Caller, address: str, note: str | None = None, *, source: Source | None = None
    ) -> Ticket:
        """Give the ticket to the next higher support role. Nobody has it then, and a note says why. Raises
        NobodyAbove."""
        source = source or from_api()

        def decide(ticket: Ticket, _: Message | None) -> EventData:
            policy.may_change(caller, ticket, frozenset({"support_role", "assignee"}))
            above = ticket.support_role.and_above[1:]
            if not above:
                raise NobodyAbove(ticket.number)
            return changes_to(ticket, {"support_role": above[0], "assignee": None})

        ticket = (await self._desk.appending.append(caller, address, decide, source)).ticket
        if note:
            noting = Source(EventId(f"{source.event_id}:note"), source.origin)
            await self._desk.add_note(caller, ticket.id, Said(note), source=noting)
        return ticket

    async def take_next(self, caller: Caller, *, source: Source | None = None) -> Ticket:
        """Claim the first unassigned ticket of the queue. Raises NothingWaits. If somebody else is faster,
        the next ticket is tried; after the last one, this raises TicketIsClaimed, which names them."""
        after = None
        nothing: Refusal = NothingWaits()
        while True:
            page = await self._staff.queue(caller, after=after, limit=LOOKED_AT)
            for ticket in page.items:
                if ticket.assignee is not None:
                    continue
                try:
                    return await self._agents.claim(caller, ticket.id, source=source)
                except (TicketIsClosed, TicketIsMerged):
                    continue
                except TicketIsClaimed as claimed:
                    nothing = claimed
            if page.next is None:
                raise nothing
            after = page.next

    async def own(self, caller: Caller, *, after: Cursor | None, limit: int) -> Page[Ticket]:
        """The open tickets that are assigned to the caller, newest first."""
        policy.must_be_staff(caller, "have tickets")
        agent = agent_with(await self._store.agents.all(), caller.key)
        which = TicketFilter(
            assignees=frozenset(agent.keys if agent else (caller.key,)),
            statuses=frozenset(it for it in Status if not it.is_closed),
        )
        return await self._desk.tickets(caller, which, after=after, limit=limit)
