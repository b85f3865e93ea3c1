"""Lets tickets of others name nobody any more who is forgotten: a pseudonym stands in their place.

So figures by agent still add up, and nobody waits for somebody who is gone. Done again it does no harm, so
whoever is killed goes on where they were."""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import replace

from tickets.decisions import Decision, State
from tickets.desks.deciding import NothingChanges
from tickets.events import Change, EventData, PartChanged, TicketChanged
from tickets.model import SYSTEM, Part, Ticket, TicketId, UserKey
from tickets.ports.erasing import NAMED, Erasure, Pseudonym
from tickets.ports.store import Store
from tickets.sources import from_nobody

Keep = Callable[[Erasure], Awaitable[None]]


async def identities(store: Store, user: UserKey) -> tuple[UserKey, ...]:
    """The user, and whoever is known to be the same: the member of the guild whom their account or their
    agent names, and the account that this member has."""
    found = {user: None}
    discord_ids = [user.id] if user.issuer in (UserKey.DISCORD, UserKey.MEMBERS) else []
    if user.issuer == UserKey.ACCOUNTS:
        account = await store.identity.accounts.get(user.id)
        discord_ids += [account.discord_id] if account is not None and account.discord_id else []
    for agent in await store.agents.all():
        same = {*agent.keys, *([] if agent.discord_id is None else _in_discord(agent.discord_id))}
        if same & {*found, *(key for it in discord_ids for key in _in_discord(it))}:
            found |= dict.fromkeys(agent.keys)
            discord_ids += [agent.discord_id] if agent.discord_id is not None else []
    for discord_id in dict.fromkeys(discord_ids):
        found |= dict.fromkeys(_in_discord(discord_id))
        account = await store.identity.accounts.with_discord_id(discord_id)
        found |= {} if account is None else {account.key: None}
    return tuple(found)


def _in_discord(discord_id: str) -> tuple[UserKey, ...]:
    return tuple(UserKey(issuer, discord_id) for issuer in (UserKey.MEMBERS, UserKey.DISCORD))


class Renaming:
    """In the whole log, and in what follows from it."""

    def __init__(self, store: Store, keep: Keep) -> None:
        """``keep`` is called after each piece, with how far it is."""
        self._store = store
        self._keep = keep

    async def rename(self, erasure: Erasure, own: Collection[TicketId]) -> Erasure:
        """The erasure, once no ticket names these people any more. ``own`` are the tickets that were
        theirs."""
        known = await self._store.people.people(erasure.people)
        names = frozenset(it.name for it in known.values())
        pseudonym = Pseudonym(erasure.pseudonym, frozenset(erasure.people), names)
        erasures, seen = self._store.erasures, set(own)
        if erasure.named_in:
            erasure = replace(_naming(erasure, len(erasure.named_in)), named_in=())
        while (piece := await erasures.look_through(pseudonym, erasure.looked_upto)).count:
            for ticket_id in sorted(piece.tickets):
                await self._let_go(ticket_id, pseudonym.key)
            others = piece.tickets - seen
            seen |= others
            looked_at = erasure.looked_at + piece.count
            erasure = _naming(replace(erasure, looked_upto=piece.upto, looked_at=looked_at), len(others))
            await self._keep(erasure)
        await erasures.put_pseudonym(pseudonym)
        return erasure

    async def _let_go(self, ticket_id: TicketId, pseudonym: UserKey) -> None:
        """An open ticket waits for nobody who is gone, and tells nobody who is gone."""
        while True:
            try:
                await self._store.log.append(ticket_id, from_nobody(), lambda state: _end(state, pseudonym))
            except NothingChanges:
                return


def _naming(erasure: Erasure, more: int) -> Erasure:
    """With so many more tickets of others that named them. It may have one twice that was begun by a program
    that was killed."""
    if not more:
        return erasure
    return replace(erasure, removed={**erasure.removed, NAMED: erasure.removed.get(NAMED, 0) + more})


def _end(state: State, pseudonym: UserKey) -> Decision:
    ticket = state.ticket
    if ticket is None:
        raise AssertionError("a ticket that was found in the log has events")
    if ticket.is_closed or ticket.erased_at is not None or (data := _ended(ticket, pseudonym)) is None:
        raise NothingChanges(ticket)
    return Decision(SYSTEM, data)


def _ended(ticket: Ticket, pseudonym: UserKey) -> EventData | None:
    if ticket.assignee == pseudonym:
        return TicketChanged((Change("assignee", str(pseudonym), None),))
    for part in Part:
        if pseudonym in ticket.taking(part):
            return PartChanged(part, pseudonym, ends=True)
    return None
