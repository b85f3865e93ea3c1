"""The work of erasures: everything about a person goes, and is not there again when a store from before comes
back.

Each step can be done again, so whoever is killed goes on where they were. First of all the ledger, outside
the store, says who is erased. Then a ticket's last event keeps everybody from adding to it, and only then are
its texts overwritten: what is written meanwhile cannot slip through."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from tickets.desks.announcing import user_was_erased
from tickets.erasing import transcripts_in
from tickets.forgetting_accounts import account_of, forget_account
from tickets.forgetting_posts import ForgettingPosts, Remove
from tickets.forgetting_tickets import ForgettingTickets, counted
from tickets.model import TicketId, UserKey
from tickets.notifications import letters_key
from tickets.ports.accounts import Account
from tickets.ports.erasing import Erasure, ErasureState
from tickets.ports.lease import NotLeader
from tickets.ports.ledger import Ledger
from tickets.ports.lists import Cursor, TicketOrder
from tickets.ports.sinks import SinkName
from tickets.ports.store import Clock, Store, StoreUnavailable
from tickets.refused_addresses import RefusedAddresses
from tickets.renaming import Renaming, identities

log = logging.getLogger(__name__)

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
    "what others wrote about them, in tickets of others, notes, canned answers, the desk file: search for it",
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
        self._tickets = ForgettingTickets(store, ledger)
        self._refused = RefusedAddresses(store)
        self._failed: set[str] = set()
        """Erasures whose failure was logged."""
        self._shown: dict[str, Cursor] = {}
        """Up to which ticket an erasure is known to be gone from Discord."""

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
                under_way=(),
            )
            await self._store.erasures.keep(erasure)
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
            await self._ledger.record(erasure.id, erasure.asked_at, erasure.people, ())
            await self._store.erasures.keep(erasure)
            erasure = await self._tickets.blank(erasure)
            own = await self._tickets.of(erasure)
            erasure = await Renaming(self._store, self._store.erasures.keep).rename(erasure, own)
            erasure = await self._people(erasure, own)
        if (
            erasure.state is ErasureState.WAITING
            and await self._is_gone_from_discord(erasure)
            and await self._posts.are_gone(erasure)
        ):
            erasure = await self._done(erasure)
        return erasure

    async def _people(self, erasure: Erasure, tickets: Sequence[TicketId]) -> Erasure:
        """Remove what is stored about the people beside their tickets. From then on the store does not tell
        who they were."""
        for user in erasure.people or (erasure.pseudonym,):
            account = await account_of(self._store.identity, user)
            letters = await self._letters(user, account)
            if user not in erasure.counted:
                there = await self._store.erasures.count((user, *letters), tickets)
                erasure = counted(erasure, {**there, "accounts": int(account is not None)})
                erasure = replace(erasure, counted=(*erasure.counted, user))
                await self._store.erasures.keep(erasure)  # who goes on after a kill finds less to count
            for file_id in await self._store.erasures.uploads(user, tickets):
                await self._store.files.delete(file_id)
            people = await self._store.people.people([user])
            if user in people and (email := people[user].email) is not None:
                await self._refused.remove(email)
            await self._store.erasures.forget(user, tickets)
            for it in (*letters, user):
                await self._store.notifications.forget(it)
            await self._about(tickets)
            await self._store.looks.forget(user, erasure.pseudonym)
            await self._store.erasures.forget_answers(user, tickets)
            if erasure.people:
                await forget_account(self._store.identity, user, self._clock())
                await user_was_erased(self._store, user, self._clock())
        nobody = replace(erasure, state=ErasureState.WAITING, user=None, people=(), counted=())
        await self._store.erasures.keep(nobody)
        await self._store.erasures.scrub()
        log.info("erasure %s: nothing is left in the store, of %d tickets", erasure.id, len(tickets))
        return nobody

    async def _letters(self, user: UserKey, account: Account | None) -> list[UserKey]:
        """The keys of mails and text messages to their addresses that wait to be sent, or failed."""
        people = await self._store.people.people([user])
        known = {it.email for it in people.values()}
        if account is not None:
            known |= {account.email, account.phone}
        return [letters_key(it) for it in sorted(filter(None, known))]

    async def _about(self, tickets: Sequence[TicketId]) -> None:
        """Remove notifications and mails to anybody that are about these tickets."""
        for it in tickets:
            await self._store.notifications.forget_ticket(it)

    async def _is_gone_from_discord(self, erasure: Erasure) -> bool:
        after = self._shown.get(erasure.id)
        async for page in self._tickets.pages_of(erasure, after):
            for ticket in page:
                for sink in IN_DISCORD:
                    if await self._store.backlog.pending(sink, ticket.id):
                        return False
                self._shown[erasure.id] = TicketOrder.OLDEST.place(ticket)
        self._shown.pop(erasure.id, None)
        return True

    async def _done(self, erasure: Erasure) -> Erasure:
        """The receipt. Requests that were in progress at the beginning may have left something since."""
        tickets = await self._tickets.of(erasure)
        for ticket_id in tickets:
            for file_id in transcripts_in(await self._store.log.events(ticket_id)):
                await self._store.files.delete(file_id)
        await self._store.erasures.forget_answers(None, tickets)
        await self._about(tickets)
        left = [*await self._store.erasures.scrub(), *ELSEWHERE]
        if await self._store.webhooks.endpoints():
            left.append(BACKENDS)
        for ticket_id in tickets:
            for sink in IN_DISCORD:
                failures = await self._store.backlog.failures(sink, ticket_id)
                left += [f"ticket {ticket_id}, in Discord: {it.reason}" for it in failures]
        left += self._posts.that_stay(erasure.id)
        done = replace(erasure, state=ErasureState.DONE, left=tuple(left), done_at=self._clock())
        await self._store.erasures.keep(done)
        log.info("erasure %s is done", erasure.id)
        return done
