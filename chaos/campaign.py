"""A campaign: chapter after chapter is played by the plan, and after each scene the books must balance."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path

import aiohttp

from chaos.agents import Agents
from chaos.books import Journal, Tally, TicketBook
from chaos.compare import VIEW, Violation, violations
from chaos.doors import Door, Refused, Unknown, Voice
from chaos.ears import Ears
from chaos.house import House, until
from chaos.kinds import Kind
from chaos.plan import AGENT, Act, Chapter, Disturbance, Scene
from chaos.processes import Processes
from chaos.requesters import Requesters
from chaos.seen import Looking
from chaos.staff import Staff
from chaos.stores import EmbeddedStore, HouseStore
from chaos.troubles import Troubles, staff_may_be_late

SETTINGS = {"RATE_LIMITS": "off", "MAX_OPEN_TICKETS": "1000000", "CLOSE_GRACE": "1"}
AT_ONCE = 6
"""Acts that may be under way before the next step of the plan begins."""
ALL_DONE_WITHIN = 150.0
DRAINED_WITHIN = 200.0
"""Seconds; a relay that failed often waits a minute between two attempts."""
BALANCED_WITHIN = 45.0
"""Seconds in which nothing gets better, after which a violation is one."""
QUIET = 1.0
"""Seconds without any change in Discord after which the dust has settled."""


class Campaign:
    """Plays chapters with one house; what it found is in ``found``, counts are in ``tally``."""

    def __init__(self, house: House, journal: Journal, tally: Tally, processes: int = 1) -> None:
        self._house = house
        self._journal = journal
        self.tally = tally
        self.found: list[Violation] = []
        self._api, self._discord = Door(house.session), Door(house.session)
        self._requesters = Requesters(house, self._api, journal, tally)
        self._agents = Agents(house, self._api, journal, tally)
        self._staff = Staff(house, self._discord, journal, tally, self._is_closed)
        by_hand = {
            Kind.DELETE_WEBHOOK: self._delete_webhook,
            Kind.DELETE_CHANNEL: self._delete_channel,
            Kind.OPEN_CHANNEL: self._open_channel,
        }
        self._processes = Processes(house, processes, self._api, self._discord, tally)
        self._troubles = Troubles(house, self._processes, self._staff, tally, by_hand)
        self._looking = Looking(house, self._requesters, self._staff, self._agents)
        self._changed = asyncio.Condition()
        self._books: list[TicketBook] = []
        self._voices: dict[tuple[int, str], Voice] = {}
        self._ears: dict[str, Ears] = {}

    async def begin(self) -> None:
        """Start both programs."""
        await self._processes.start_sandbox()
        await self._processes.start()

    async def end(self) -> None:
        """Stop what was started, but for the house itself."""
        await self._processes.stop()

    async def play(self, chapter: Chapter) -> None:
        """Every scene of the chapter, with the books balanced after each."""
        self._journal.note("chapter", number=chapter.number)
        self._books = _books_of(chapter)
        async with AsyncExitStack() as stack:
            for name in sorted({book.requester for book in self._books}):
                ears = Ears(lambda name=name: self._house.customer(name).token)  # type: ignore[misc]
                self._ears[name] = await stack.enter_async_context(ears.listening(self._house.api_url))
            await stack.enter_async_context(self._speaking())
            for scene in chapter.scenes:
                await self._play_scene(scene)
        self._ears.clear()

    async def _play_scene(self, scene: Scene) -> None:
        self._journal.note("scene", name=scene.name)
        for book in self._books:
            if book.is_closed:
                book.channel_went()
        for step in scene.steps:
            if isinstance(step, Act):
                self._put(step)
                await self._at_most(AT_ONCE)
            else:
                self._journal.step(step, "disturbance")
                if staff_may_be_late(step):
                    for book in self._books:
                        book.may_be_late = True
                await self._troubles.make(step, partial(self._meanwhile, step.meanwhile))
        await self._settle(scene)

    @asynccontextmanager
    async def _speaking(self) -> AsyncIterator[None]:
        """A voice for each side of each ticket."""
        self._voices = {}
        for book in self._books:
            for side, perform in (("requester", self._requesters.perform), ("staff", self._staff_performs)):
                voice = Voice(partial(perform, book), self._changed)
                self._voices[book.place, side] = voice
        async with asyncio.TaskGroup() as tasks:
            running = [tasks.create_task(voice.run()) for voice in self._voices.values()]
            try:
                yield
            finally:
                for task in running:
                    task.cancel()

    async def _staff_performs(self, book: TicketBook, act: Act, voice: Voice) -> None:
        await (self._agents if act.who == AGENT else self._staff).perform(book, act, voice)

    def _put(self, act: Act) -> None:
        self._voices[act.ticket, act.side].put(act)

    async def _meanwhile(self, acts: Sequence[Act]) -> None:
        for act in acts:
            self._put(act)
        await self._at_most(0)

    async def _at_most(self, number: int) -> None:
        async with self._changed:
            await self._changed.wait_for(lambda: sum(it.busy for it in self._voices.values()) <= number)

    async def _settle(self, scene: Scene) -> None:
        """Wait until nothing is on its way any more, and look until the books balance or never will."""
        started = time.monotonic()
        await self._troubles.end_all()
        await self._wait("everything is done", self._is_all_done, ALL_DONE_WITHIN)
        await self._wait("Guildesk is ready", self._processes.is_ready, ALL_DONE_WITHIN)
        await self._wait("the backlog is drained", self._is_drained, DRAINED_WITHIN)
        found = await self._balance()
        self.found += found
        seconds = round(time.monotonic() - started, 1)
        self._journal.note("settled", scene=scene.name, seconds=seconds, found=[str(it) for it in found])

    async def _balance(self) -> list[Violation]:
        best, since = None, time.monotonic()
        while True:
            await self._quiet()
            seen = await self._looking.around(self._books, self._ears)
            found = violations(seen)
            if not found:
                self.tally.seen += sum(len(it.messages) for it in seen.tickets)
                for it in seen.tickets:
                    it.book.levels, it.book.changed_by = {it.ticket["issue_level"]}, set()
                return []
            if best is None or len(found) < best:
                best, since = len(found), time.monotonic()
                self._journal.note("not balanced yet", found=[str(it) for it in found[:10]])
            elif time.monotonic() - since > BALANCED_WITHIN:
                return found

    async def _quiet(self) -> None:
        """Until nothing has changed in Discord for a while."""
        at = await self._house.changes()
        async with asyncio.timeout(ALL_DONE_WITHIN):
            while (now := await self._house.changes(at, QUIET)) > at:
                at = now

    async def _wait(self, what: str, look: object, seconds: float) -> None:
        try:
            await until(look, seconds)  # type: ignore[arg-type]
        except TimeoutError:
            self.found.append(Violation("lost", "the house", f"waited {seconds:.0f} s in vain until {what}"))
            self._journal.note("in vain", until=what)

    async def _is_all_done(self) -> bool:
        return not any(voice.left for voice in self._voices.values())

    async def _is_drained(self) -> bool:
        return await self._house.waiting() == 0

    async def _is_closed(self, book: TicketBook) -> bool:
        return (await self._requesters.ticket(book))["status"] not in ("OPEN", "PENDING")

    # what people do by hand

    async def _delete_webhook(self, trouble: Disturbance) -> None:
        book = self._books[trouble.meanwhile[0].ticket]
        if not book.channel:
            return
        for it in await self._staff.read("olive", f"/channels/{book.channel}/webhooks"):
            await self._by_olive("DELETE", f"/webhooks/{it['id']}")

    async def _delete_channel(self, trouble: Disturbance) -> None:
        book = self._books[trouble.meanwhile[0].ticket]
        if not book.channel:
            return
        channel, book.channel = book.channel, ""
        threads, book.threads = list(book.threads.values()), {}
        histories = [await self._staff.history(it) for it in (channel, *threads)]
        marked = {it["id"] for history in histories for it in history if it.get("reactions")}
        book.dead_channels.add(channel)
        await self._by_olive("DELETE", f"/channels/{channel}")
        for said in book.of("staff"):
            if (said.parent or said.channel) == channel:
                said.may_be_lost(marked=said.id in marked)
        book.levels |= {book.level}

    async def _open_channel(self, trouble: Disturbance) -> None:
        """Let everybody in, or a friend, or shut out a role, or press "Sync permissions"."""
        book = self._books[trouble.meanwhile[0].ticket]
        if not book.channel:
            return
        guild, path = self._house.discord["guild_id"], f"/channels/{book.channel}/permissions"
        see = {"allow": str(VIEW), "deny": "0"}
        match int(trouble.seconds * 1000) % 4:
            case 0:
                await self._by_olive("PUT", f"{path}/{guild}", {"type": 0, **see})
            case 1:
                otto = self._house.discord["people"]["otto"]["id"]
                await self._by_olive("PUT", f"{path}/{otto}", {"type": 1, **see})
            case 2:
                await self._by_olive("DELETE", f"{path}/{self._house.discord['roles']['admin']}")
            case _:
                item = {"id": book.channel, "position": 1, "lock_permissions": True}
                await self._by_olive("PATCH", f"/guilds/{guild}/channels", [item])

    async def _by_olive(self, method: str, path: str, body: object = None) -> None:
        try:
            await self._staff.ask("olive", method, path, None, **({} if body is None else {"json": body}))
        except (Refused, Unknown) as problem:
            self._journal.note("by hand", path=path, problem=str(problem))


def _books_of(chapter: Chapter) -> list[TicketBook]:
    return [
        TicketBook(
            chapter=chapter.number,
            place=place,
            requester=f"c{chapter.number}q{place % chapter.requesters}",
            level=level,
            support_role=support_role,
            levels={level},
        )
        for place, (level, support_role) in enumerate(chapter.tickets)
    ]


@asynccontextmanager
async def campaigning(
    folder: Path, store: Callable[[Path], HouseStore] = EmbeddedStore, processes: int = 1
) -> AsyncIterator[Campaign]:
    """A campaign in a folder that keeps store, logs and journal."""
    folder.mkdir(parents=True, exist_ok=True)
    journal = Journal(folder / "journal.jsonl")
    timeout = aiohttp.ClientTimeout(total=30)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        house = House(folder, session, store(folder), **SETTINGS)
        campaign = Campaign(house, journal, Tally(), processes)
        try:
            await house.store.start()
            await campaign.begin()
            yield campaign
        finally:
            await campaign.end()
            await house.stop()
            journal.close()
