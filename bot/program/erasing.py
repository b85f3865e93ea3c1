"""``guildesk erase`` and ``erasures``: everything about a person is removed, and a receipt says what was
removed."""

import argparse
import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Final

from bot.program.clock import now
from bot.program.keeping import AS_BEFORE, HEADLINE, shown_to_people
from bot.program.leading import Leading, Mandate, first_of, name_of_this_process
from bot.program.parsing import Commands, add_env_file
from bot.program.progress import Shown
from bot.program.wording import staff_names
from config.loading import load_export, load_store
from config.store_settings import StoreSettings
from storage.keeping.ledger import FileLedger
from storage.keeping.problems import CannotBeDone
from storage.open import open_store
from storage.private import ours_alone
from tickets.desks.erasing_desk import ErasingDesk
from tickets.forgetting import Forgetting
from tickets.model import UserKey
from tickets.ports.erasing import Erasure, ErasureState
from tickets.ports.sinks import EVERYTHING
from tickets.ports.store import Store, StoreUnavailable
from tickets.refusals import UserNotFound
from transcripts.personal import name_of, personal_zip
from transcripts.reader import Reader

GOES_ON_ANYHOW: Final = (
    "if it had begun, guildesk erasures lists it; it goes on once Guildesk runs, or with the same command"
)
LOOK: Final = 0.2
"""Seconds between two looks at how far it is."""
TRIES: Final = 3
"""So often it is tried, with pauses of ``AGAIN_AFTER`` seconds, until the command gives up."""
AGAIN_AFTER: Final = 0.5
DISCORD_WITHIN: Final = 30.0
"""Seconds for which one waits for Discord, if another process works there."""


def add_commands(commands: Commands) -> None:
    erasing = commands.add_parser(
        "erase", help="erase everything about a user, also while Guildesk runs; this cannot be undone"
    )
    add_env_file(erasing)
    erasing.add_argument("user", metavar="USER", help="the user's id, or issuer/id as in logs")
    add_issuer(erasing)
    erasing.add_argument("--yes", action="store_true", help="do not ask whether it is meant")
    erasing.set_defaults(do=_erase, headline=HEADLINE, stopped=GOES_ON_ANYHOW)

    exporting = commands.add_parser(
        "export", help="write everything about a user into a zip: pages, JSON, and files"
    )
    add_env_file(exporting)
    exporting.add_argument("user", metavar="USER", help="the user's id, or issuer/id as in logs")
    exporting.add_argument(
        "file", type=Path, nargs="?", default=Path(), metavar="FILE", help="the new file, or a folder for it"
    )
    add_issuer(exporting)
    exporting.set_defaults(do=_export, headline=HEADLINE, stopped=AS_BEFORE)

    telling = commands.add_parser(
        "erasures", help="say what was erased, what could not be, and how far it is"
    )
    add_env_file(telling)
    telling.add_argument("id", metavar="ID", nargs="?", help="one erasure, with its receipt")
    telling.set_defaults(do=_erasures, headline=HEADLINE)


def add_issuer(parser: argparse.ArgumentParser) -> None:
    """Add the option that tells users with the same id apart."""
    parser.add_argument("--issuer", help="whose user it is, if several issuers have one of this id")


def _erase(options: argparse.Namespace) -> int:
    settings = load_store(options.env_file)
    with shown_to_people() as (shown, ctrl_c):
        erasure = ctrl_c.run(_erased(settings, options, shown))
    if erasure is None:
        print("Nothing was erased")
        return 1
    print("\n".join(receipt(erasure)))
    return 0


def _export(options: argparse.Namespace) -> int:
    settings = load_export(options.env_file)
    reader, names = Reader(settings.language), staff_names(settings)
    file: Path = options.file
    is_folder = file.is_dir()

    async def exported(shown: Shown) -> Path:
        async with open_store(settings, now, EVERYTHING) as store:
            key = await user_named(store, options.user, options.issuer)
            user = await store.users.user(key)
            if user is None:
                raise CannotBeDone(f"nothing is kept of {key.id}")
            target = file / name_of(key) if is_folder else file
            with _new_file(target) as stream:
                written = 0
                async for piece in personal_zip(store, user, reader, names):
                    written += stream.write(piece)
                    shown(f"exporting, {written >> 10} kB so far", 0, 1)
            return target

    with shown_to_people() as (shown, ctrl_c):
        target = ctrl_c.run(exported(shown))
    print(f"{target}: everything about {options.user}, for them alone to read")
    return 0


@contextmanager
def _new_file(target: Path) -> Iterator[IO[bytes]]:
    """Open a new file. It appears once it is complete."""
    unfinished = target.with_name(f"{target.name}.part")
    if target.exists():
        raise CannotBeDone(f"{target} is there already; choose another name, or remove it")
    try:
        stream = open(unfinished, "xb", opener=ours_alone)  # noqa: SIM115  closed below
    except FileExistsError as error:
        raise CannotBeDone(
            f"{unfinished} is there: another export writes it, or one that was killed has left it; "
            "remove it then"
        ) from error
    try:
        with stream:
            yield stream
        unfinished.rename(target)
    finally:
        unfinished.unlink(missing_ok=True)


def _erasures(options: argparse.Namespace) -> int:
    settings = load_store(options.env_file)

    async def told() -> list[str]:
        async with open_store(settings, now, EVERYTHING) as store:
            if options.id is None:
                found = await store.erasures.newest(100)
                return [_in_short(it) for it in found] or ["Nobody was erased"]
            erasure = await store.erasures.get(options.id)
            if erasure is None:
                raise CannotBeDone(f"there is no erasure {options.id}; guildesk erasures names them all")
            return receipt(erasure)

    with shown_to_people() as (_, ctrl_c):
        lines = ctrl_c.run(told())
    print("\n".join(lines))
    return 0


async def _erased(settings: StoreSettings, options: argparse.Namespace, shown: Shown) -> Erasure | None:
    """Erase. Returns the erasure once nothing is left in the store; None if the operator does not confirm
    it. Raises StoreUnavailable and OSError, as on a full disk: who asks again goes on with it."""
    async with open_store(settings, now, EVERYTHING) as store:
        user = await user_named(store, options.user, options.issuer)
        is_sure = options.yes or await store.erasures.of_user(user) is not None
        if not is_sure and not await _is_meant(store, user):
            return None
        try:
            asked = await ErasingDesk(store, now).ask(user, None)
        except UserNotFound as refusal:
            raise CannotBeDone(f"nothing is kept of {user.id}") from refusal
        ledger, worked = FileLedger(settings.data_dir), asyncio.Event()

        async def lead(mandate: Mandate) -> None:
            async with store.lead(mandate.term) as leading:
                await _work(leading, asked, ledger)
                worked.set()

        leader = Leading(store.lease, name_of_this_process(), lead, away=_gives_up)
        leading = asyncio.create_task(leader.run(), name="leading")
        try:
            return await _followed(store, asked, worked, leading, shown)
        finally:
            leading.cancel()
            await asyncio.gather(leading, return_exceptions=True)


async def _work(store: Store, asked: Erasure, ledger: FileLedger) -> None:
    """Bring the erasure as far as it can be brought. Raises StoreUnavailable and OSError."""
    forgetting = Forgetting(store, now, ledger)
    for tries_left in reversed(range(TRIES)):
        try:
            await forgetting.apply()
            await forgetting.work(await store.erasures.get(asked.id) or asked)
            return
        except StoreUnavailable:  # perhaps as others write or read just now
            if not tries_left:
                raise
        await asyncio.sleep(AGAIN_AFTER)


def _gives_up(away: StoreUnavailable) -> None:
    raise away


async def _followed(
    store: Store, asked: Erasure, worked: asyncio.Event, leading: "asyncio.Task[None]", shown: Shown
) -> Erasure:
    """Follow the erasure until this process has ``worked``, or another one, which leads, has done all."""
    loop = asyncio.get_running_loop()
    gone_at: float | None = None
    while True:
        erasure = await store.erasures.get(asked.id) or asked
        if erasure.state is ErasureState.DONE:
            return erasure
        if erasure.state is ErasureState.WAITING:
            gone_at = gone_at or loop.time()
            if worked.is_set() or loop.time() > gone_at + DISCORD_WITHIN:
                return erasure
            shown("waiting for Discord", 0, 1)
        elif erasure.looked_at:
            events = await store.erasures.events_to_look_at()
            shown("looking through tickets of others", erasure.looked_at, max(events, erasure.looked_at))
        else:
            shown("erasing tickets", erasure.blank, max(erasure.total, 1))
        if leading.done() and (error := leading.exception()):
            raise first_of(error)
        await asyncio.sleep(LOOK)


async def user_named(store: Store, user_id: str, issuer: str | None) -> UserKey:
    """The one user of this id, which may be ``issuer/id``, as logs show it. Somebody whose erasure is not
    finished is found, too, although hardly anything may be left of them. Raises CannotBeDone."""
    everybody = await store.erasures.everybody()
    everybody |= {it.user for it in await store.erasures.unfinished() if it.user is not None}
    found = sorted(it for it in everybody if user_id in (it.id, f"{it.issuer}/{it.id}"))
    found = [it for it in found if it.issuer != UserKey.ERASED and issuer in (None, it.issuer)]
    if not found:
        of_issuer = f" of the issuer {issuer}" if issuer else ""
        raise CannotBeDone(f"there is nobody with the id {user_id}{of_issuer}; GET /users lists everybody")
    if {it.issuer for it in found} == {UserKey.DISCORD, UserKey.MEMBERS}:
        found = found[:1]  # one person, who is both a requester and staff there
    if len(found) > 1:
        issuers = ", ".join(it.issuer for it in found)
        raise CannotBeDone(f"several users have the id {user_id}; say --issuer, which is one of {issuers}")
    return found[0]


async def _is_meant(store: Store, user: UserKey) -> bool:
    known = await store.users.user(user)
    if known is None:
        raise CannotBeDone(f"nothing is kept of {user.id}")
    if not sys.stdin.isatty():
        raise CannotBeDone("nobody can be asked whether it is meant; say --yes")
    print(f"{known.person.name} ({user.id} of {user.issuer}) has {known.ticket_count} tickets.")
    print("All that was written in them goes for good, and so does whatever is kept of this person.")
    return _says(user.id, f"Type {user.id} to erase it: ")


def _says(id_: str, question: str) -> bool:
    """Whether somebody at the terminal types the id. Nothing else is under way meanwhile."""
    return input(question).strip() == id_


def receipt(erasure: Erasure) -> list[str]:
    """The receipt in words: what was removed, and what could not be."""
    lines = [_in_short(erasure)]
    if erasure.removed:
        removed = (f"  {name.replace('_', ' ')}: {count}" for name, count in sorted(erasure.removed.items()))
        lines += ["Removed:", *removed]
    if erasure.state is ErasureState.WAITING:
        lines.append(
            "Channels, threads and transcripts in Discord go as soon as Guildesk runs and reaches it"
        )
    if erasure.left:
        lines += ["Not removed:", *(f"  {it}" for it in erasure.left)]
    return lines


def _in_short(erasure: Erasure) -> str:
    asked = datetime.fromtimestamp(erasure.asked_at / 1000, UTC)
    state = "waiting for Discord" if erasure.state is ErasureState.WAITING else str(erasure.state)
    return f"Erasure {erasure.id}, asked for at {asked:%Y-%m-%d %H:%M} UTC: {state}"
