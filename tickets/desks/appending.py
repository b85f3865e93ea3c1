"""The one way by which an action becomes an event in the log. Every desk uses it."""

from collections.abc import Sequence

from tickets import policy
from tickets.decisions import Decide, Decision, State
from tickets.desks.blocking import Blocks
from tickets.desks.deciding import DecideOnTicket, NothingChanges, on_ticket, under_terms, within_room
from tickets.model import Actor, Caller, MessageId, Ticket, UserKey
from tickets.policy import Rules
from tickets.ports.agents import Agent
from tickets.ports.store import Appended, Store
from tickets.sources import Source, from_api


class Appending:
    """Every method raises a Refusal when the policy says no, and StoreUnavailable when the store is down."""

    def __init__(self, store: Store, rules: Rules) -> None:
        self._store = store
        self._rules = rules
        self._blocks = Blocks(store.users)

    async def append(
        self,
        caller: Caller,
        address: str,
        decide: DecideOnTicket,
        source: Source | None = None,
        about: MessageId | None = None,
        *,
        opens: bool = False,
    ) -> Appended:
        """Append the caller's action. The decision is made on the ticket and its message in their state at
        that moment. ``opens`` says that the caller has one more open ticket afterwards."""
        if not self._store.people.knows(caller.person):  # of others' tickets, nobody is remembered
            policy.may_see(caller, await self._store.views.ticket_at(address), address)
            await self._store.people.remember(caller.person)

        def acting(ticket: Ticket) -> Actor:
            return policy.acting(caller, policy.may_see(caller, ticket, address))

        source = source or from_api()
        decided = await self._blocks.heeded(caller, on_ticket(address, acting, decide))
        if opens:
            appended = await self.opening(caller, address, source, decided)
        else:
            appended = await self._store.log.append(address, source, under_terms(decided, self._rules), about)
        policy.may_see(caller, appended.ticket, address)  # what the log had already may be another's
        return appended

    async def ticket_after(
        self, caller: Caller, address: str, decide: DecideOnTicket, source: Source | None = None
    ) -> Ticket:
        """The ticket after the decision. If the decision changes nothing, the ticket as it is."""
        try:
            return (await self.append(caller, address, decide, source)).ticket
        except NothingChanges as it:
            return it.ticket

    async def opening(
        self, caller: Caller, address: str, source: Source, decide: Decide, gives_to: Agent | None = None
    ) -> Appended:
        """Append an event that gives the caller one more open ticket, unless they have too many, and an agent
        one more to work on. Raises AgentIsBusy if the agent has no room for it."""
        keys: Sequence[UserKey] = ()
        if gives_to is not None and (room := gives_to.room(self._rules.agent_capacity)) is not None:
            keys, decide = gives_to.keys, within_room(decide, gives_to.key, room)
        decide = under_terms(decide, self._rules)
        if not policy.is_counted(caller, self._rules):
            return await self._store.log.append(address, source, decide, gives_to=keys)

        def within_quota(state: State) -> Decision:
            decision = decide(state)
            policy.may_open_one_more(state.open_tickets, self._rules)
            return decision

        return await self._store.log.append(
            address, source, within_quota, opens_for=caller.key, gives_to=keys
        )
