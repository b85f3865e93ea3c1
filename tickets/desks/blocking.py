"""Decides what blocked people may do. Every desk asks here, so every door gives the same answer."""

from tickets import policy
from tickets.decisions import Decide, Decision, State
from tickets.desks.deciding import NothingChanges
from tickets.model import Caller, UserKey
from tickets.ports.users import Users
from tickets.refusals import UserIsBlocked


class Blocks:
    """Knows who is blocked, and what they may still do."""

    def __init__(self, users: Users) -> None:
        self._users = users

    async def must_not_be_blocked(self, *keys: UserKey) -> None:
        """Raises UserIsBlocked. For actions other than reading that make no event."""
        for key in keys:
            if await self._users.is_blocked(key):
                raise UserIsBlocked

    async def heeded(self, caller: Caller, decide: Decide) -> Decide:
        """The same decision, which also raises UserIsBlocked if a blocked caller may not do it. The
        decision's own refusals come first: a ticket of somebody else does not exist for the caller, blocked
        or not."""
        if not await self._users.is_blocked(caller.key):
            return decide

        def decide_on_blocked(state: State) -> Decision:
            try:
                decision = decide(state)
            except NothingChanges:
                raise UserIsBlocked from None
            if not policy.may_while_blocked(decision.actor.type, decision.data):
                raise UserIsBlocked
            return decision

        return decide_on_blocked
