"""Accepts requests for erasures, and shows how far they are. The leader does the work
(``tickets.forgetting``)."""

import secrets

from tickets import policy
from tickets.desks.blocking import Blocks
from tickets.looking import Looking
from tickets.model import Caller, UserKey
from tickets.ports.erasing import Erasure
from tickets.ports.looks import LookKind
from tickets.ports.store import Clock, Store
from tickets.ports.users import User
from tickets.refusals import ErasureNotFound, UserNotFound

MOST = 100
"""Erasures of a list."""


class ErasingDesk:
    """Every method raises a Refusal when the policy says no, and StoreUnavailable when the store is down."""

    def __init__(self, store: Store, clock: Clock, looking: Looking | None = None) -> None:
        """``looking`` records who exports whom. It is None where callers are not identified."""
        self._looking = looking
        self._store = store
        self._clock = clock
        self._blocks = Blocks(store.users)

    async def erase(self, caller: Caller, user: UserKey) -> Erasure:
        """Request the erasure of everything about a user. Returns the present one if it is already in
        progress."""
        policy.must_be_admin(caller, "erase users")
        await self._blocks.must_not_be_blocked(caller.key)
        return await self.ask(user, caller.key)

    async def ask(self, user: UserKey, by: UserKey | None) -> Erasure:
        """The same for the command line. Raises UserNotFound for somebody of whom nothing is stored."""
        if (under_way := await self._store.erasures.of_user(user)) is not None:
            return under_way
        known = await self._store.users.user(user)
        if user.issuer == UserKey.ERASED or known is None:
            raise UserNotFound(user.id)
        erasure = Erasure(
            id=secrets.token_hex(6),
            user=user,
            asked_at=self._clock(),
            asked_by=None if by == user else by,
            total=known.ticket_count,
            under_way=(),
        )
        await self._store.erasures.keep(erasure)
        return erasure

    async def whole(self, caller: Caller, user: UserKey) -> User:
        """The user whose data is to be exported completely."""
        policy.must_be_admin(caller, "export users")
        known = await self._store.users.user(user)
        if known is None:
            raise UserNotFound(user.id)
        if self._looking is not None:
            await self._looking.at_user(caller, user, LookKind.EXPORT)
        return known

    async def erasure(self, caller: Caller, erasure_id: str) -> Erasure:
        """The erasure with its progress, and in the end the receipt."""
        policy.must_be_admin(caller, "see erasures")
        found = await self._store.erasures.get(erasure_id)
        if found is None:
            raise ErasureNotFound(erasure_id)
        return found

    async def erasures(self, caller: Caller) -> list[Erasure]:
        """The newest 100, newest first."""
        policy.must_be_admin(caller, "see erasures")
        return await self._store.erasures.newest(MOST)
