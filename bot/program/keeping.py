"""``guildesk backup``, ``restore``, ``verify``, ``rebuild``, ``move``: commands on a whole store."""

import argparse
import errno
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from bot.program.clock import now
from bot.program.parsing import Commands, add_env_file
from bot.program.progress import Shown
from bot.program.stopping import CtrlC
from config.loading import load_store
from config.store_settings import StoreSettings
from storage.keeping.backup import backup
from storage.keeping.checking import differences, rebuild, rebuild_stats
from storage.keeping.ends import must_name_a_store, settings_of, source_of, target_of
from storage.keeping.erased_again import erased_again
from storage.keeping.ledger import FileLedger
from storage.keeping.moving import move
from storage.keeping.problems import CannotBeDone
from storage.keeping.restore import restore
from storage.open import open_store
from tickets.ports.sinks import EVERYTHING
from tickets.ports.store import StoreUnavailable

HEADLINE: Final = "This cannot be done"
"""Before the reason."""
AS_BEFORE: Final = "all is as it was before"
GOES_ON: Final = "give the command again, and it goes on where it was"
FREE_SOME: Final = "free some room on that disk, and do it again"
MAY_WRITE: Final = "let this program read and write there, as its owner may, or name another place"
A_FOLDER: Final = "name a folder that is there, or can be made"
CURES: Final = {
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT, errno.EFBIG), FREE_SOME),
    **dict.fromkeys((errno.EACCES, errno.EPERM, errno.EROFS), MAY_WRITE),
    **dict.fromkeys((errno.ENOENT, errno.ENOTDIR, errno.EEXIST), A_FOLDER),
    errno.EIO: "the disk fails; the system's log says why",
}
"""What to do about an error of the system."""


def add_commands(commands: Commands) -> None:
    saving = commands.add_parser(
        "backup", help="back up the embedded store into one file, also while Guildesk runs"
    )
    add_env_file(saving)
    saving.add_argument("file", type=Path, metavar="FILE", help="the new file, or a folder for it")
    saving.set_defaults(do=_backup, headline=HEADLINE, stopped=AS_BEFORE)

    restoring = commands.add_parser("restore", help="restore the embedded store from a back-up")
    add_env_file(restoring)
    restoring.add_argument("file", type=Path, metavar="FILE", help="the back-up")
    restoring.add_argument(
        "--replace", action="store_true", help="also where DATA_DIR has a store: that one is put aside"
    )
    restoring.set_defaults(do=_restore, headline=HEADLINE, stopped=AS_BEFORE)

    verifying = commands.add_parser(
        "verify", help="compare what follows from the log with what the log makes; 1 if anything differs"
    )
    add_env_file(verifying)
    verifying.set_defaults(do=_verify, headline=HEADLINE, stopped=AS_BEFORE)

    rebuilding = commands.add_parser("rebuild", help="make what follows from the log anew")
    add_env_file(rebuilding)
    rebuilding.add_argument("what", nargs="?", choices=["stats"], help="only the sums behind the figures")
    rebuilding.set_defaults(do=_rebuild, headline=HEADLINE, stopped=GOES_ON)

    moving = commands.add_parser("move", help="move all that is in the store into a new one, of either kind")
    add_env_file(moving)
    moving.add_argument(
        "--to",
        required=True,
        metavar="URI",
        help="sqlite:///srv/guildesk, with the path of a folder, or mongodb://host/guildesk, with a database",
    )
    moving.set_defaults(do=_move, headline=HEADLINE, stopped=GOES_ON)


@contextmanager
def shown_to_people() -> Iterator[tuple[Shown, CtrlC]]:
    """Show the progress, and end by Ctrl-C. Errors of the system or of the store become CannotBeDone."""
    shown, ctrl_c = Shown(), CtrlC()
    signal.signal(signal.SIGINT, ctrl_c)
    try:
        yield shown, ctrl_c
    except Exception as error:
        if ctrl_c.came:  # in the middle of what then failed
            raise KeyboardInterrupt from error
        if isinstance(error, sqlite3.DatabaseError | OSError | StoreUnavailable):
            raise _reason(error) from error
        raise
    finally:
        shown.end()


def _reason(error: sqlite3.DatabaseError | OSError | StoreUnavailable) -> CannotBeDone:
    if isinstance(error, OSError):
        cure = f"; {CURES[error.errno]}" if error.errno in CURES else ""
        return CannotBeDone(f"{error.filename or 'the system'} says: {error.strerror or error}{cure}")
    cure = f"; {FREE_SOME}" if "disk is full" in str(error) and "free some" not in str(error) else ""
    if isinstance(error, StoreUnavailable):
        return CannotBeDone(f"{error}{cure}")
    return CannotBeDone(f"SQLite says: {error}{cure or '; if the store is damaged, restore a back-up'}")


def _embedded(options: argparse.Namespace, command: str) -> StoreSettings:
    """Raises CannotBeDone for MongoDB."""
    settings = load_store(options.env_file)
    if settings.mongo_uri is not None:
        raise CannotBeDone(
            f"{command} is for the embedded store, and MONGO_URI is set; use MongoDB's own tools, as "
            "mongodump and mongorestore"
        )
    return settings


def _backup(options: argparse.Namespace) -> int:
    settings = _embedded(options, "backup")
    with shown_to_people() as (shown, _):
        file, manifest = backup(settings.data_dir, options.file, shown)
    size = file.stat().st_size / 2**20
    print(
        f"{file}: {manifest.tickets} tickets, {manifest.events} events, "
        f"{len(manifest.members) - 1} files, {size:.1f} MB"
    )
    return 0


def _restore(options: argparse.Namespace) -> int:
    settings = _embedded(options, "restore")
    with shown_to_people() as (shown, _):
        manifest, away = restore(options.file, settings.data_dir, replace=options.replace, tell=shown)
    print(f"{settings.data_dir} is as it was at {manifest.made_at}: {manifest.tickets} tickets, ", end="")
    print(f"{manifest.events} events, {len(manifest.members) - 1} files")
    if away is not None:
        print(f"The store that was there is in {away}; delete that folder once it is not needed any more")
    return 0


def _verify(options: argparse.Namespace) -> int:
    settings = load_store(options.env_file)

    async def told(shown: Shown) -> int:
        count = 0
        async for difference in differences(settings, shown):
            count += 1
            print(difference)
        return count

    with shown_to_people() as (shown, ctrl_c):
        count = ctrl_c.run(told(shown))
    if count:
        print(f"{count} differences; guildesk rebuild makes what follows from the log anew")
        return 1
    print("All is as the log makes it")
    return 0


def _rebuild(options: argparse.Namespace) -> int:
    settings = load_store(options.env_file)
    if options.what == "stats":
        with shown_to_people() as (_, ctrl_c):
            count = ctrl_c.run(rebuild_stats(settings))
        print(f"Days to count anew: {count}. The Guildesk that leads does it; figures are right meanwhile")
        return 0
    with shown_to_people() as (shown, ctrl_c):
        count = ctrl_c.run(rebuild(settings, shown))
    print(f"{count} tickets are as the log makes them")
    return 0


async def ledger_moved(settings: StoreSettings, to: str) -> None:
    """Erase everybody whom the ledger names in the new store too, in case the old one was a restored
    back-up."""
    ledger = FileLedger(settings.data_dir)
    if not ledger.entries():
        return
    target = settings_of(to, settings)
    here = FileLedger(target.data_dir)
    here.take_over(ledger.path)
    await erased_again(open_store(target, now, EVERYTHING), here)


def _move(options: argparse.Namespace) -> int:
    must_name_a_store(options.to)
    settings = load_store(options.env_file)
    new = settings_of(options.to, settings)
    if new.mongo_uri is settings.mongo_uri and new.data_dir.resolve() == settings.data_dir.resolve():
        raise CannotBeDone("--to names the store that the settings name already; name another")

    async def moved(shown: Shown) -> tuple[str, str, dict[str, int]]:
        async with source_of(settings) as source, target_of(options.to, source) as target:
            return source.name, target.name, await move(source, target, shown)

    with shown_to_people() as (shown, ctrl_c):
        source, target, counts = ctrl_c.run(moved(shown))
        ctrl_c.run(ledger_moved(settings, options.to))
    print(f"{counts['tickets']} tickets, {counts['events']} events, {counts['files']} files: all is equal")
    print(f"Let the settings name {target}; {source} stays as it was")
    return 0
