"""The command line: ``guildesk setup``, ``doctor``, ``run``, ``token``, ``demo``, ``adopt``, ``remove``,
``admin``, ``desk-check``, ``desk-schema``, ``texts``."""

import argparse
import asyncio
import json
import logging
import os
import sys
import warnings
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Final

from jwt.warnings import InsecureKeyLengthWarning

from api.door.turns import new_loop
from bot.program import admin_commands, doctor, erasing, filling, keeping, logs, orphans, setting_up
from bot.program.app import run
from bot.program.parsing import Commands, add_env_file
from bot.program.program import CannotStart, Only
from bot.program.stopping import MustEnd
from config.desk_file import DeskFileIsWrong, read_desk_file
from config.desk_schema import desk_schema
from config.loading import SettingsAreWrong, doubts, load, load_secret
from config.risks import risks
from demo import start
from demo.processes import DidNotStart, PortInUse
from demo.tokens import DAY, claims_of, mint
from storage.keeping.problems import CannotBeDone
from storage.private import OTHERS
from texts.language import Language
from texts.own import texts_in
from tickets.model import UserRole
from tickets.ports.store import StoreUnavailable

log = logging.getLogger(__name__)

THREADS_GIVE_WAY: Final = 0.0005
"""Seconds after which a thread that computes lets the event loop go on, a tenth of Python's own setting. The
loop gives the interpreter away at each call of the system, and waits this long to have it back."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Do what the command line says; exits with 1 when that is impossible, 2 when it makes no sense."""
    options = parser().parse_args(arguments)
    os.umask(OTHERS)  # whatever a command writes is for its user alone
    logging.getLogger("dotenv").setLevel(logging.ERROR)  # lines that it cannot read are reported as doubts
    warnings.simplefilter("ignore", InsecureKeyLengthWarning)  # reported once, with the name of the setting
    try:
        status = options.do(options)
        sys.stdout.flush()
        sys.exit(status)
    except BrokenPipeError:  # nobody reads on, for example behind ``| head``
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except SettingsAreWrong as wrong:
        print("Guildesk cannot start; these settings are missing or wrong:", file=sys.stderr)
        for fault in [*wrong.faults, *doubts(getattr(options, "env_file", None))]:
            print(f"  {fault}", file=sys.stderr)
        sys.exit(1)
    except (DidNotStart, PortInUse) as problem:
        print(f"The demo cannot start: {problem}", file=sys.stderr)
        sys.exit(1)
    except (CannotStart, StoreUnavailable, CannotBeDone) as problem:
        print(f"{getattr(options, 'headline', 'Guildesk cannot start')}: {problem}", file=sys.stderr)
        sys.exit(1)
    except MustEnd as problem:
        print(f"Guildesk ends: {problem}", file=sys.stderr)
        sys.exit(1)
    except EOFError:
        headline = getattr(options, "headline", "Guildesk cannot start")
        print(f"\n{headline}: it was asked for something, and nobody answered", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        if (stopped := getattr(options, "stopped", None)) is not None:
            print(f"Stopped: {stopped}", file=sys.stderr)
        sys.exit(130)


def parser() -> argparse.ArgumentParser:
    """The parser of the command line."""
    guildesk = argparse.ArgumentParser(prog="guildesk", description="A support desk inside Discord.")
    guildesk.add_argument("--version", action="version", version=f"Guildesk {version('guildesk')}")
    commands = guildesk.add_subparsers(required=True, metavar="COMMAND")

    setting_up.add_command(commands, _run)
    doctor.add_command(commands)

    _add_run(commands)
    _add_token(commands)
    _add_desk_file(commands)
    keeping.add_commands(commands)
    admin_commands.add_commands(commands)
    filling.add_commands(commands)
    erasing.add_commands(commands)
    _add_orphans(commands)
    _add_demo(commands)
    return guildesk


def _add_run(commands: Commands) -> None:
    run_parser = commands.add_parser("run", help="run the bot and the API until SIGTERM or Ctrl-C")
    add_env_file(run_parser)
    run_parser.add_argument(
        "--only",
        choices=[only.value for only in Only],
        help="api: serve the API, while another process runs the bot; bot: the other way round",
    )
    run_parser.set_defaults(do=_run)


def _add_token(commands: Commands) -> None:
    token = commands.add_parser("token", help="mint a token for trying, signed with JWT_SECRET_KEY")
    add_env_file(token)
    token.add_argument("--id", default="casey", help="the user's id (casey)")
    token.add_argument("--username", help="the user's name (made of the id)")
    token.add_argument("--email", help="the e-mail (made of the id)")
    token.add_argument("--role", default="CUSTOMER", choices=[*UserRole], help="the role (CUSTOMER)")
    token.add_argument("--seconds", type=int, default=DAY, help="how long it is good (a day)")
    token.set_defaults(do=_token)


def _add_desk_file(commands: Commands) -> None:
    """The commands that help to write a desk file."""
    check = commands.add_parser(
        "desk-check", help="say what is wrong with a desk file, with a line for each fault"
    )
    check.add_argument("file", type=Path, nargs="?", default=Path("desk.toml"), help="(desk.toml)")
    check.set_defaults(do=_desk_check)

    schema = commands.add_parser("desk-schema", help="print the JSON schema of DESK_FILE, for editors")
    schema.set_defaults(do=_desk_schema)
    texts = commands.add_parser("texts", help="print all texts of a language, as a section of DESK_FILE")
    texts.add_argument("--language", default=Language.EN, type=Language, choices=[*Language], help="(en)")
    texts.set_defaults(do=_texts)


def _add_orphans(commands: Commands) -> None:
    """The commands that decide about channels that the store does not know."""
    for name, do in (("remove", "remove"), ("adopt", "keep as the guild's own")):
        orphans_parser = commands.add_parser(name, help=f"{do} channels that the store does not know")
        add_env_file(orphans_parser)
        which = orphans_parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--all", action="store_true", help="every channel that the store does not know")
        which.add_argument("channels", nargs="*", type=int, default=[], metavar="ID", help="ids of channels")
        orphans_parser.set_defaults(do=_decide, remove=name == "remove")


def _add_demo(commands: Commands) -> None:
    demo = commands.add_parser("demo", help="run everything on this machine, with a Discord for trying")
    demo.add_argument("--play", action="store_true", help="play the main job and exit: 0 if all of it held")
    demo.add_argument("--info", type=Path, help="write addresses, ids and tokens to this file when ready")
    demo.add_argument("--data-dir", type=Path, help="keep data here for the next start (else scratch)")
    demo.add_argument("--api-port", type=_port, default=0, help="the API's port (any that is free)")
    demo.add_argument("--discord-port", type=_port, default=0, help="the sandbox's port (any that is free)")
    demo.set_defaults(do=_demo)


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError("a port is a number from 0 (any free one) to 65535")
    return int(text)


def _run(options: argparse.Namespace) -> int:
    settings = load(options.env_file)
    logs.set_up(settings.log_level, settings.log_format)
    for doubt in doubts(options.env_file):
        log.warning(doubt)
    for risk in risks(settings):
        log.warning(risk)
    sys.setswitchinterval(THREADS_GIVE_WAY)
    with asyncio.Runner(loop_factory=new_loop) as runner:
        runner.run(run(settings, Only(options.only) if options.only else None))
    return 0


def _decide(options: argparse.Namespace) -> int:
    """Adopt or remove channels that the store does not know. Returns 1 if one of them is no such channel."""
    settings = load(options.env_file)
    deciding = orphans.decide(settings, options.channels, every=options.all, remove=options.remove)
    lines = asyncio.run(deciding)
    print("\n".join(lines) or "There is no channel that the store does not know.")
    return int(any(orphans.IS_NONE in line for line in lines))


def _token(options: argparse.Namespace) -> int:
    claims = claims_of(options.id, options.username, options.email, options.role)
    print(mint(load_secret(options.env_file), claims, options.seconds))
    return 0


def _desk_check(options: argparse.Namespace) -> int:
    try:
        read_desk_file(options.file)
    except DeskFileIsWrong as wrong:
        print("\n".join(f"{options.file}: {fault}" for fault in wrong.faults), file=sys.stderr)
        return 1
    print(f"{options.file}: nothing is wrong with it")
    return 0


def _desk_schema(_: argparse.Namespace) -> int:
    print(json.dumps(desk_schema(), indent=2, ensure_ascii=False))
    return 0


def _texts(options: argparse.Namespace) -> int:
    """Print texts as comments, from which an operator copies those to change into the desk file."""
    print(f"[texts.{options.language}]")
    for id_, written in texts_in(options.language).items():
        print(f"# {id_} = {json.dumps(written.words, ensure_ascii=False)}")
    return 0


def _demo(options: argparse.Namespace) -> int:
    return asyncio.run(
        start.run(
            start.Options(
                data_dir=options.data_dir,
                info=options.info,
                api_port=options.api_port,
                discord_port=options.discord_port,
                play=options.play,
            )
        )
    )
