"""``guildesk setup``: its options, and what it says at the end."""

import argparse
import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

import discord

from bot.program.first_ticket import open_first_ticket
from bot.program.parsing import Commands
from bot.program.program import CannotStart
from bot.setting_up.alone import alone
from bot.setting_up.arriving import CannotSetUp
from bot.setting_up.console import AtTerminal, Console, NotGiven, Unattended
from bot.setting_up.setting_up import Outcome, Wishes, set_up
from bot.setting_up.settings_file import SettingsFile
from config.loading import SettingsAreWrong, fault_of, load
from config.settings import ServerMode, Settings
from tickets.ports.sinks import Never, NotNow

HEADLINE: Final = "The set-up does not go on"
Run = Callable[[argparse.Namespace], int]


def add_command(commands: Commands, run: Run) -> None:
    """Its parser; ``run`` is what ``guildesk run`` does."""
    parser = commands.add_parser(
        "setup",
        help="make what is missing in the guild, and write the settings; a second time it changes nothing",
        description="Makes four roles, three categories and the channels that a desk needs, and writes the "
        "settings file. It asks for what is not said here; with --yes it asks nothing.",
    )
    parser.add_argument("--env-file", type=Path, default=Path(".env"), help="the settings file (.env)")
    parser.add_argument("--yes", action="store_true", help="ask nothing: do what is proposed")
    parser.add_argument(
        "--token-file",
        type=Path,
        metavar="FILE",
        help="a file with the bot's token; or put it into DISCORD_BOT_TOKEN, or be asked",
    )
    parser.add_argument("--guild", metavar="ID", help="the guild, where the bot is in several")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--public-url", metavar="URL", type=_url, help="where clients reach the API")
    where.add_argument("--development", action="store_true", help="for trying it on this machine alone")
    parser.add_argument("--take-roles", action="store_true", help="take roles that have the names of ours")
    for name, what in (("board", "the board"), ("log", "the log channel"), ("panel", "the panel's channel")):
        parser.add_argument(f"--no-{name}", action="store_true", help=f"make no channel for {what}")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        type=_setting,
        metavar="NAME=VALUE",
        help="write this setting as well, as LANGUAGE=de; may be given several times",
    )
    parser.add_argument(
        "--run", action="store_true", help="then run, and open a first ticket if there is none yet"
    )
    parser.set_defaults(do=lambda options: _set_up(options, run), headline=HEADLINE, only=None)


def _setting(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or name.lower() not in Settings.model_fields:
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=value with the name of a setting")
    if value and (fault := fault_of(name.upper(), value)) is not None:
        raise argparse.ArgumentTypeError(fault)
    return name.upper(), value


def _url(text: str) -> str:
    if (fault := fault_of("PUBLIC_URL", text)) is not None:
        raise argparse.ArgumentTypeError(fault)
    return text


def _set_up(options: argparse.Namespace, run: Run) -> int:
    """Set up. Returns 2 if people still have to do something without which the bot cannot work."""
    console = Unattended() if options.yes else AtTerminal()
    try:
        with alone(options.env_file):
            outcome = asyncio.run(set_up(_wishes(options), console, SettingsFile(options.env_file)))
        settings = load(options.env_file)
    except (CannotSetUp, NotGiven, NotNow, Never, ValueError, OSError, discord.DiscordException) as problem:
        raise CannotStart(str(problem)) from problem
    except SettingsAreWrong as wrong:
        for fault in wrong.faults:
            print(f"✗ {fault}", file=sys.stderr)
        print(f"The guild is ready; put these right in {options.env_file}, and set up again", file=sys.stderr)
        return 1
    _say_what_next(outcome, settings, options, console)
    if outcome.faults:
        return 2
    if not options.run:
        return 0
    if (ticket := asyncio.run(open_first_ticket(settings))) is not None:
        where = f"its channel appears in {outcome.guild_name}"
        console.say(f"Ticket {ticket.number} is open: {where} as soon as Guildesk is there.\n")
    return run(options)


def _wishes(options: argparse.Namespace) -> Wishes:
    return Wishes(
        token=options.token_file.read_text("utf-8").strip() if options.token_file else None,
        guild=options.guild,
        public_url=options.public_url,
        development=options.development,
        board=not options.no_board,
        log=not options.no_log,
        panel=not options.no_panel,
        takes_roles=options.take_roles,
        settings=dict(options.set),
    )


def _say_what_next(
    outcome: Outcome, settings: Settings, options: argparse.Namespace, console: Console
) -> None:
    if outcome.has_changed:
        console.say(f"\n{outcome.guild_name} is ready, and {options.env_file} has the settings.\n")
    else:
        console.say(f"\nNothing was missing: {outcome.guild_name} and {options.env_file} stay as they are.\n")
    file = "" if options.env_file == Path(".env") else f" --env-file {options.env_file}"
    console.say("What next:")
    for fault in outcome.faults:
        console.say(f"  • {fault}")
    if outcome.admin is not None:
        console.say(f"  • give yourself the role {outcome.admin} in Discord: it sees all tickets")
    console.say(f"  • guildesk doctor{file} tries everything, and names what is wrong")
    if not options.run:
        console.say(f"  • guildesk run{file} starts it")
    if settings.jwt_secret_key is not None:
        console.say(
            f"  • give JWT_SECRET_KEY from {options.env_file} to your backend, which signs tokens with it"
        )
    if settings.server_mode is ServerMode.DEVELOPMENT:
        console.say("  • for others to use it: guildesk setup --public-url URL --set SERVER_MODE=PRODUCTION")
    console.say()
