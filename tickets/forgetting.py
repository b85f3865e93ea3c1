"""The work of erasures: everything about a person goes, and is not there again when a store from before comes
back.

Each step can be done again, so whoever is killed goes on where they were. First of all the ledger, outside
the store, says who is erased. Then a ticket's last event keeps everybody from adding to it, and only then are
its texts overwritten: what is written meanwhile cannot slip through."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from tickets.blanking import Blanking
from tickets.desks.announcing import user_was_erased
from tickets.desks.in_thread import aside
from tickets.erasing import requesters_in, transcripts_in
from tickets.forgetting_accounts import forget_account
from tickets.forgetting_posts import ForgettingPosts, Remove
from tickets.model import TicketId, UserKey
from tickets.notifications import letters_key
from tickets.ports.erasing import Erasure, ErasureState
from tickets.ports.lease import NotLeader
from tickets.ports.ledger import Ledger
from tickets.ports.lists import TicketFilter, TicketOrder
from tickets.ports.sinks import SinkName
from tickets.ports.store import Clock, Store, StoreUnavailable
from tickets.refused_addresses import RefusedAddresses
from tickets.renaming import Renaming, identities

log = logging.getLogger(__name__)

PAGE: Final = 100
KEPT_EVERY: Final = 20
"""After so many tickets the progress is stored. After a crash, the tickets since then are blanked again."""
WAITS_LONG: Final = 24 * 60 * 60_000
"""After this time, an erasure that still waits for Discord counts as standing still."""
LOOK: Final = 2.0
"""Seconds between two looks whether anything is to be erased."""
IN_DISCORD: Final = (SinkName.DISCORD, SinkName.THREADS)
BACKENDS: Final = (
    "the id of the person in webhooks that tell your backends of it: 30 days, as all that was sent"
)
ELSEWHERE: Final = (
    "what was sent already, by mail, to a phone or to your backends: it is not ours any more",
    "Discord's audit log, and what people copied or were notified of: Discord forgets it after its own time",
    "back-ups made before: guildesk restore erases in them too, by erased.jsonl in DATA_DIR; or delete them",
    "what they wrote in other people's tickets: it is theirs, and stays, under a pseudonym",
    "in channels of other people's tickets, lines with the names of their time: they go with the channel",
    "the lines of the program's own log, which name ids and no texts: your system keeps them",
)
"""What no program of ours can reach."""


StandStill = Mapping[str, str]
"""Why erasures stand still, by their ids, in words that name nobody."""


async def _to_nobody(_: StandStill) -> None:
    """Used where a line in the log is enough, as on the command line."""


class Forgetting:
    """Works off the erasures of a store. ``told`` is called after each look with all that stand still."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        ledger: Ledger,
        told: Callable[[StandStill], Awaitable[None]] = _to_nobody,
        remove: Remove | None = None,
    ) -> None:
        self._posts = ForgettingPosts(store, remove)
        self._told = told
        self._store = store
        self._clock = clock
        self._ledger = ledger
        self._blanking = Blanking(store)
        self._refused = RefusedAddresses(store)
        self._failed: set[str] = set()
        """Erasures whose failure was logged."""
        self._shown: dict[str, int] = {}
        """How many tickets of an erasure are known to be gone from Discord."""

    async def run(self, look: Callable[[], Awaitable[None]] = lambda: asyncio.sleep(LOOK)) -> None:
        """Run until cancelled. First repeats the erasures that an older store has undone."""
        is_applied = False
        while True:
            try:
                if not is_applied:
                    await self.apply()
                    is_applied = True
                await self.work_off()
            except StoreUnavailable as error:
                log.info("erasing waits: %s", error)
            except NotLeader:
                raise
            except Exception:
                log.exception("who is erased, as the ledger tells, is not found; it is tried again")
            await look()

    async def work_off(self) -> None:
        """Bring each erasure as far as possible now. One that fails does not stop the others."""
        stand: dict[str, str] = {}
        for erasure in await self._store.erasures.unfinished():
            try:
                done = await self.work(erasure)
                self._failed.discard(erasure.id)
                if done.state is ErasureState.WAITING and self._clock() - done.asked_at > WAITS_LONG:
                    stand[erasure.id] = "Discord has not removed everything within a day"
            except (StoreUnavailable, NotLeader):
                raise
            except Exception as error:
                stand[erasure.id] = f"it fails, with {type(error).__name__}"
                if erasure.id not in self._failed:  # it is tried every few seconds
                    self._failed.add(erasure.id)
                    log.exception("erasure %s stands still, and is tried again", erasure.id)
        await self._told(stand)

    async def apply(self) -> int:
        """Begin again the erasures that the ledger knows and the restored store does not. Returns how many
        there are."""
        begun = 0
        everybody: set[UserKey] | None = None
        for erasure_id in await self._ledger.ids():
            if await self._store.erasures.get(erasure_id) is not None:
                continue
            everybody = everybody or await self._store.erasures.everybody()
            people = sorted(await self._ledger.among(erasure_id, everybody))
            erasure = Erasure(
                id=erasure_id,
                user=people[0] if people else None,
                asked_at=self._clock(),
                people=tuple(people),
                state=ErasureState.WORKING,
            )
            await self._store.erasures.keep(erasure)
            for ticket_id in sorted(await self._ledger.tickets(erasure_id)):
                if await self._store.views.ticket(ticket_id) is not None:
                    erasure = await self._with_ticket(erasure, ticket_id)
            begun += 1
            log.warning("erasure %s is done again: the store is from before it", erasure_id)
        return begun

    async def work(self, erasure: Erasure) -> Erasure:
        """Bring the erasure as far as possible now. Raises StoreUnavailable."""
        if erasure.state is ErasureState.ASKED:
            people = () if erasure.user is None else await identities(self._store, erasure.user)
            erasure = replace(erasure, state=ErasureState.WORKING, people=people)
            log.info("erasure %s begins", erasure.id)
        if erasure.state is ErasureState.WORKING:
            await self._ledger.record(erasure.id, erasure.asked_at, erasure.people, erasure.tickets)
            await self._store.erasures.keep(erasure)
            erasure = await self._tickets(erasure)
            erasure = await Renaming(self._store, self._store.erasures.keep).rename(erasure)
            erasure = await self._people(erasure)
        if (
            erasure.state is ErasureState.WAITING
            and await self._is_gone_from_discord(erasure)
            and await self._posts.are_gone(erasure)
        ):
            erasure = await self._done(erasure)
        return erasure

    async def _tickets(self, erasure: Erasure) -> Erasure:
        """Blank every ticket of these people, and of users who turn out to be the same people."""
        begun = TicketFilter(requester=erasure.pseudonym)
        async for ticket_id in self._found(begun):
            if ticket_id not in erasure.tickets:
                erasure = await self._with_ticket(erasure, ticket_id)
        done: set[UserKey] = set()
        while others := [it for it in erasure.people if it not in done]:
            async for ticket_id in self._found(TicketFilter(requester=others[0])):
                erasure = await self._with_ticket(erasure, ticket_id)
            done.add(others[0])
        return erasure

    async def _found(self, which: TicketFilter) -> AsyncIterator[TicketId]:
        after = None
        while tickets := await self._store.views.tickets(
            which, order=TicketOrder.OLDEST, after=after, limit=PAGE
        ):
            for ticket in tickets:
                yield ticket.id
            after = TicketOrder.OLDEST.place(tickets[-1])

    async def _with_ticket(self, erasure: Erasure, ticket_id: TicketId) -> Erasure:
        """The erasure, after everything in this ticket was removed."""
        events = await self._store.log.events(ticket_id)
        people = await aside(requesters_in, events)
        if new := sorted(people.difference(erasure.people)):
            erasure = replace(erasure, people=(*erasure.people, *new))
            await self._ledger.record(erasure.id, erasure.asked_at, new, ())
            await self._store.erasures.keep(erasure)
        counts = await self._blanking.erase(ticket_id, erasure.pseudonym, erasure.people, erasure.asked_by)
        erasure = _counted(erasure, {"tickets": 1, **counts})
        erasure = replace(erasure, tickets=(*erasure.tickets, ticket_id))
        await self._ledger.record(erasure.id, erasure.asked_at, (), [ticket_id])
        if len(erasure.tickets) % KEPT_EVERY == 0 or len(erasure.tickets) < KEPT_EVERY:
            await self._store.erasures.keep(erasure)
        return erasure

    async def _people(self, erasure: Erasure) -> Erasure:
        """Remove what is stored about the people beside tickets. From then on the store does not tell who
        they were."""
        for user in erasure.people or (erasure.pseudonym,):
            letters = await self._letters(user)
            if user not in erasure.counted:
                there = await self._store.erasures.count((user, *letters), erasure.tickets)
                erasure = _counted(erasure, {**there, "accounts": int(bool(letters))})
                erasure = replace(erasure, counted=(*erasure.counted, user))
                await self._store.erasures.keep(erasure)  # who goes on after a kill finds less to count
            for file_id in await self._store.erasures.uploads(user, erasure.tickets):
                await self._store.files.delete(file_id)
            people = await self._store.people.people([user])
            if user in people and (email := people[user].email) is not None:
                await self._refused.remove(email)
            await self._store.erasures.forget(user, erasure.tickets)
            for it in (*letters, user):
                await self._store.notifications.forget(it)
            await self._about(erasure.tickets)
            await self._store.looks.forget(user, erasure.pseudonym)
            await self._store.erasures.forget_answers(user, erasure.tickets)
            if erasure.people:
                await forget_account(self._store.identity, user, self._clock())
                await user_was_erased(self._store, user, self._clock())
        nobody = replace(erasure, state=ErasureState.WAITING, user=None, people=(), counted=())
        await self._store.erasures.keep(nobody)
        await self._store.erasures.scrub()
        log.info("erasure %s: nothing is left in the store, of %d tickets", erasure.id, len(erasure.tickets))
        return nobody

    async def _letters(self, user: UserKey) -> list[UserKey]:
        """The keys of mails and text messages about an account that wait to be sent."""
        if user.issuer != UserKey.ACCOUNTS:
            return []
        account = await self._store.identity.accounts.get(user.id)
        known = () if account is None else (account.email, account.phone)
        return [letters_key(it) for it in known if it is not None]

    async def _about(self, tickets: Sequence[TicketId]) -> None:
        """Remove notifications and mails to anybody that are about these tickets."""
        for it in tickets:
            await self._store.notifications.forget_ticket(it)

    async def _is_gone_from_discord(self, erasure: Erasure) -> bool:
        gone = self._shown.get(erasure.id, 0)
        for ticket_id in erasure.tickets[gone:]:
            for sink in IN_DISCORD:
                if await self._store.backlog.pending(sink, ticket_id):
                    return False
            gone += 1
            self._shown[erasure.id] = gone
        self._shown.pop(erasure.id, None)
        return True

    async def _done(self, erasure: Erasure) -> Erasure:
        """The receipt. Requests that were in progress at the beginning may have left something since."""
        for ticket_id in erasure.tickets:
            for file_id in transcripts_in(await self._store.log.events(ticket_id)):
                await self._store.files.delete(file_id)
        await self._store.erasures.forget_answers(None, erasure.tickets)
        await self._about(erasure.tickets)
        left = [*await self._store.erasures.scrub(), *ELSEWHERE]
        if await self._store.webhooks.endpoints():
            left.append(BACKENDS)
        for ticket_id in erasure.tickets:
            for sink in IN_DISCORD:
                failures = await self._store.backlog.failures(sink, ticket_id)
                left += [f"ticket {ticket_id}, in Discord: {it.reason}" for it in failures]
        left += self._posts.that_stay(erasure.id)
        done = replace(erasure, state=ErasureState.DONE, left=tuple(left), done_at=self._clock())
        await self._store.erasures.keep(done)
        log.info("erasure %s is done", erasure.id)
        return done


def _counted(erasure: Erasure, more: Mapping[str, int]) -> Erasure:
    removed = dict(erasure.removed)
    for name, count in more.items():
        if count:
            removed[name] = removed.get(name, 0) + count
    return replace(erasure, removed=removed)
