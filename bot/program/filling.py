"""``guildesk seed`` and ``guildesk wipe``: a store for trying is filled, and emptied."""

import argparse
import asyncio
import random
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from bot.program.clock import now
from bot.program.keeping import HEADLINE, shown_to_people
from bot.program.leading import BEAT, name_of_this_process
from bot.program.parsing import Commands, add_env_file
from bot.program.progress import Shown
from config.loading import load_mode, load_store
from config.settings import ServerMode
from config.store_settings import StoreSettings
from demo.seeding import Calendar, Seeding
from storage.background import in_background
from storage.keeping.ends import source_of
from storage.keeping.problems import CannotBeDone
from storage.open import open_store
from tickets.events import Event
from tickets.model import Ticket
from tickets.ports.lease import Term
from tickets.ports.sinks import EVERYTHING, Listening
from tickets.ports.store import Store

WATCH: Final = 5.0
"""Seconds in which a leader gives one."""
SILENT: Final = 30_000
"""Milliseconds after which a process without a sign of life is dead: it gives one each ten seconds."""


def add_commands(commands: Commands) -> None:
    seed = commands.add_parser("seed", help="fill an empty store with a believable desk, for trying")
    add_env_file(seed)
    seed.add_argument("--tickets", type=_positive, default=250, help="so many (250)")
    seed.add_argument("--days", type=_positive, default=60, help="over so many days up to now (60)")
    seed.add_argument("--random", type=int, help="a number: the same one gives the same tickets")
    seed.set_defaults(
        do=_seed, headline=HEADLINE, stopped="the tickets so far are in the store; guildesk wipe deletes them"
    )

    wipe = commands.add_parser("wipe", help="delete everything in the store, for good")
    add_env_file(wipe)
    wipe.add_argument("--yes", metavar="NAME", help="do not ask; NAME is that of the folder or database")
    wipe.set_defaults(
        do=_wipe, headline=HEADLINE, stopped="if it had begun, some of it is gone; give it again for the rest"
    )


def _positive(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) <= 1_000_000:
        raise argparse.ArgumentTypeError("this is a number from 1 to 1000000")
    return int(text)


def _seed(options: argparse.Namespace) -> int:
    settings = load_store(options.env_file)
    chance = random.Random(options.random)  # noqa: S311  nothing that has to be secret
    seeding = Seeding(Calendar(time.time_ns() // 1_000_000), options.days, chance)
    with shown_to_people() as (shown, ctrl_c):
        ctrl_c.run(_filled(settings, seeding, options.tickets, shown))
    print(f"{_name(settings)} has {options.tickets} tickets now, {len(seeding.still_open)} of them open")
    return 0


async def _filled(settings: StoreSettings, seeding: Seeding, tickets: int, shown: Shown) -> None:
    def among(listening: Listening) -> Listening:
        """Due rows only for tickets that are still open; the others count as shown already."""

        def concerns(event: Event, ticket: Ticket) -> bool:
            return ticket.id in seeding.still_open and listening.concerns(event, ticket)

        return replace(listening, concerns=concerns)

    sinks = [among(it) for it in EVERYTHING]
    async with open_store(settings, seeding.calendar, sinks) as store, alone_on(store, _name(settings)):
        if await store.feed.last():
            raise CannotBeDone(
                f"there is something in {_name(settings)} already; name an empty one, or guildesk wipe it"
            )
        await seeding.fill(store, tickets, shown)


@asynccontextmanager
async def alone_on(store: Store, name: str) -> AsyncIterator[None]:
    """Lead on the store while the block runs. Raises CannotBeDone if any process runs on it, even one that
    serves the API alone."""
    alive = now() - SILENT
    if any(it.seen_at > alive for it in await store.processes.all()):
        raise CannotBeDone(
            f"a Guildesk runs on {name}; stop every Guildesk on it first. "
            "One that was killed counts for half a minute"
        )
    seen = await store.lease.observe()
    if seen.holder is not None:
        await asyncio.sleep(WATCH)
    term = await store.lease.acquire(name_of_this_process(), seen)
    if term is None:
        raise CannotBeDone(f"another process leads on {name}; stop every Guildesk on it first")
    try:
        async with in_background(_beating(store, term), "beating"):
            yield
    finally:
        await store.lease.release(term)


async def _beating(store: Store, term: Term) -> None:
    while True:
        await asyncio.sleep(BEAT)
        await store.lease.renew(term)


def _wipe(options: argparse.Namespace) -> int:
    settings = load_store(options.env_file)
    name = _name(settings)
    if options.yes is None:
        if load_mode(options.env_file) is ServerMode.PRODUCTION:
            raise CannotBeDone(
                f"SERVER_MODE is PRODUCTION; if you mean it, say guildesk wipe --yes {name}, after a back-up"
            )
        if not sys.stdin.isatty():
            raise CannotBeDone(f"nobody can be asked; if you mean it, say guildesk wipe --yes {name}")
    elif options.yes != name:
        raise CannotBeDone(f"the settings name {name}, and not {options.yes}")
    with shown_to_people() as (shown, ctrl_c):
        count = ctrl_c.run(_wiped(settings, name, shown, is_asked=options.yes is None))
    print("Nothing was deleted" if count is None else f"{name} is empty: {count} tickets were deleted")
    return 1 if count is None else 0


async def _wiped(settings: StoreSettings, name: str, shown: Shown, *, is_asked: bool) -> int | None:
    """Delete everything. Returns the number of tickets, or None if the operator does not confirm it."""
    async with source_of(settings) as end:
        count = 0
        async for _ in end.rows("tickets"):
            count += 1
        question = f"This deletes {count} tickets in {end.name} for good. Type {name} to do it: "
        if is_asked and not _says(name, question):
            return None
        await end.empty(shown)
    return count


def _says(name: str, question: str) -> bool:
    """Whether somebody at the terminal types the name."""
    return input(question).strip() == name


def _name(settings: StoreSettings) -> str:
    """The name by which people know the store."""
    return settings.db_name or Path(settings.data_dir).resolve().name
