"""``guildesk doctor``: tries everything, and names each fault with its cure."""

import argparse
import asyncio
import logging
import sys
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Final

from bot.checks.check import Check, Examined, Tried
from bot.checks.connecting import Hindered, connected
from bot.checks.examining import Begins, examine
from bot.checks.guild import guild_checks
from bot.checks.place import place_checks
from bot.checks.printing import in_json, in_text
from bot.checks.running import running_check
from bot.checks.who_sees import who_sees
from bot.program.clock import now
from bot.program.options import guild_map_of
from bot.program.parsing import Commands, add_env_file
from bot.program.progress import Shown
from cogs.panels import Panels
from config.desk_file import DeskFileIsWrong, read_desk_file
from config.faults import DESK_FILE_WRONG, SETTING_WRONG, Fault
from config.loading import SettingsAreWrong, load
from config.settings import Settings
from storage.open import open_store
from storage.trying import try_store
from tickets.ports.sinks import EVERYTHING
from tickets.ports.store import StoreUnavailable

SETTINGS: Final = "settings", "the settings"
CONNECTION: Final = "connection", "the token, and a session with Discord"


def add_command(commands: Commands) -> None:
    parser = commands.add_parser(
        "doctor",
        help="try everything for real, and name what is wrong with its cure",
        description="Exits with 0 if nothing is wrong, 1 if there are warnings alone, 2 if there are faults. "
        "What it makes for trying, it removes again. It may run beside Guildesk.",
    )
    add_env_file(parser)
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.set_defaults(do=_doctor)


def _doctor(options: argparse.Namespace) -> int:
    logging.getLogger().addHandler(logging.NullHandler())  # faults say everything, so nothing else is logged
    shown = Shown()
    try:
        examined = asyncio.run(examined_by(options.env_file, lambda what: shown(what, 0, 0)))
    finally:
        shown.end()
    print(in_json(examined, version("guildesk")) if options.json else in_text(examined))
    sys.stdout.flush()
    return int(examined.status)


async def examined_by(env_file: Path | None, begins: Begins) -> Examined:
    """Run all checks. A check that needs something faulty is left out."""
    begins(SETTINGS[1])
    try:
        settings = load(env_file)
    except SettingsAreWrong as wrong:
        return Examined([Tried(*SETTINGS, [_of_setting(it) for it in wrong.faults])])
    except (OSError, UnicodeDecodeError) as error:
        return Examined([Tried(*SETTINGS, [SETTING_WRONG.of(what=f"{env_file}: {error}")])])
    tried = [Tried(*SETTINGS), *await examine(place_checks(settings, env_file, is_running=False), begins)]
    guild_map = guild_map_of(settings)
    begins(CONNECTION[1])
    try:
        async with connected(settings, guild_map) as client:
            tried.append(Tried(*CONNECTION))
            hosts = await _hosts(settings)

            async def known_hosts() -> list[int]:
                return hosts

            checks: list[Check] = [*guild_checks(client, guild_map, known_hosts)]
            tried += await examine(checks, begins)
            guild = client.get_guild(guild_map.guild_id)
            sights = [] if guild is None else who_sees(guild_map, guild, hosts)
    except Hindered as hindered:
        tried.append(Tried(*CONNECTION, [hindered.fault]))
        sights = []
    known = {fault for it in tried for fault in it.faults}
    tried += await examine([running_check(settings, known)], begins)
    return Examined(tried, sights)


def _of_setting(line: str) -> Fault:
    name, _, what = line.partition(": ")
    return DESK_FILE_WRONG.of(what=what) if name == "DESK_FILE" else SETTING_WRONG.of(what=line)


async def _hosts(settings: Settings) -> list[int]:
    """The channels with panels: of the desk file, and of the store where it has this program's version."""
    hosts: list[int] = []
    with suppress(DeskFileIsWrong):  # the file was valid when the settings were read
        if settings.desk_file is not None:
            hosts += [it.channel for it in read_desk_file(settings.desk_file).panels]
    with suppress(StoreUnavailable):  # the check of the store reports it
        if await try_store(settings):
            async with open_store(settings, now, EVERYTHING) as store:
                hosts += await Panels(store.threads).channels()
    return [*dict.fromkeys(hosts)]
