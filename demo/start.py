"""Starts everything the demo needs, says where it is, and stays until Ctrl-C."""

import asyncio
import json
import os
import secrets
import signal
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp

from demo.people import Somebody, until
from demo.play import play
from demo.processes import Program, Running, answers, free_port, must_be_free, running
from demo.shop import shop
from demo.tokens import mint

VIEW = 1 << 10 | 1 << 11
"""Discord's permissions to see a channel and to write in it."""
JWT_FILE = "jwt-secret"
CUSTOMER = {"id": "casey", "username": "Casey Customer", "email": "casey@example.test", "role": "CUSTOMER"}
PASSWORD = "look at my ticket"  # noqa: S105  of an account that is reached from this machine alone
PAGES = {"ACCOUNTS": "on", "GUESTS": "on", "PAGES": "portal,widget,desk,docs"}


@dataclass(frozen=True)
class Options:
    """What ``guildesk demo`` takes; a port of 0 is any that is free."""

    data_dir: Path | None = None
    info: Path | None = None
    api_port: int = 0
    discord_port: int = 0
    play: bool = False


@dataclass
class Stage:
    """The demo as it runs; ``info`` is what the info file holds."""

    data_dir: Path
    jwt_secret: str
    sandbox: Running
    guildesk: Running
    discord: dict[str, Any]
    api_url: str
    board_channel_id: str
    shop_port: int
    """Where a page may have the widget."""

    @property
    def info(self) -> dict[str, Any]:
        discord = self.discord
        return {
            "api_url": self.api_url,
            "discord_url": discord["discord_url"],
            "jwt_secret": self.jwt_secret,
            **{key: discord[key] for key in ("guild_id", "categories", "roles")},
            **{key: discord[key] for key in ("transcript_channel_id", "transcript_channels")},
            "people": discord["people"],
            "pids": {"guildesk": self.guildesk.pid, "sandbox": self.sandbox.pid},
            "data_dir": str(self.data_dir),
        }

    def token(self, **claims: str) -> str:
        return mint(self.jwt_secret, {**CUSTOMER, **claims})


async def run(options: Options) -> int:
    """The exit code: 0, or 1 if what was played did not hold."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    print("starting a Discord on loopback and Guildesk …", flush=True)
    running_demo = asyncio.create_task(_demo(options))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait((running_demo, stopping), return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if not running_demo.done():
        print("\nstopping …", flush=True)
        running_demo.cancel()
        await asyncio.gather(running_demo, return_exceptions=True)
        return 130 if options.play else 0
    return await running_demo


async def _demo(options: Options) -> int:
    async with staged(options) as stage:
        if options.play:
            return 0 if await play(stage.info) else 1
        await register(stage.api_url, CUSTOMER["username"], CUSTOMER["email"])
        async with shop(stage.api_url, stage.jwt_secret, stage.shop_port, stage.data_dir) as shop_url:
            print(_welcome(stage, shop_url), flush=True)
            await asyncio.Event().wait()
    return 0


@asynccontextmanager
async def staged(options: Options) -> AsyncIterator[Stage]:
    """Sandbox and Guildesk, ready, with the info file written; both stopped afterwards."""
    with tempfile.TemporaryDirectory(prefix="guildesk-demo-", ignore_cleanup_errors=True) as scratch:
        data_dir = (options.data_dir or Path(scratch)).resolve()
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        changed = asyncio.Event()
        port = must_be_free(options.api_port, "--api-port")
        discord_port = must_be_free(options.discord_port, "--discord-port")
        async with running(sandbox_program(data_dir, discord_port), changed.set) as sandbox:
            discord = json.loads((data_dir / "discord.json").read_text())
            secret = _kept_secret(data_dir)
            board = await _board_channel(discord)
            shop_port = free_port()
            more = {"BOARD_CHANNEL_ID": board, "WIDGET_ORIGINS": f"http://127.0.0.1:{shop_port}", **PAGES}
            more |= {"DISCORD_CLIENT_ID": discord["application_id"], "DISCORD_CLIENT_SECRET": "any will do"}
            program = guildesk_program(data_dir, discord, secret, port, **more)
            leads = partial(answers, f"http://127.0.0.1:{port}/readyz", role="leader")
            program = replace(program, ready=leads)
            async with running(program, changed.set) as guildesk:
                url = f"http://127.0.0.1:{port}"
                stage = Stage(data_dir, secret, sandbox, guildesk, discord, url, board, shop_port)
                _write_info(options.info, stage)
                keeping = asyncio.create_task(_keep_info(options.info, stage, changed))
                try:
                    yield stage
                finally:
                    keeping.cancel()


async def register(api_url: str, name: str, email: str) -> None:
    """An account for the portal, unless it is there; as soon as Guildesk is, which may be starting again."""
    account = {"username": name, "email": email, "password": PASSWORD}
    async with aiohttp.ClientSession() as session:

        async def is_there() -> bool:
            try:
                async with session.post(f"{api_url}/api/v1/accounts", json=account) as answer:
                    if answer.status < 500 and answer.status not in (201, 409):
                        raise RuntimeError(f"{email} cannot be registered: {await answer.text()}")
                    return answer.status < 500
            except aiohttp.ClientError:
                return False

        await until(is_there)


async def _keep_info(info: Path | None, stage: Stage, changed: asyncio.Event) -> None:
    while True:
        await changed.wait()
        changed.clear()
        _write_info(info, stage)


def _write_info(info: Path | None, stage: Stage) -> None:
    """Whole or not at all, and for its owner only: it holds secrets."""
    if info is None:
        return
    draft = info.with_name(f".{info.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(stage.info, indent=2) + "\n")
    draft.replace(info)


def sandbox_program(data_dir: Path, port: int) -> Program:
    """A sandbox that keeps its state and its info file in the directory; a port of 0 is any free one."""
    port = port or free_port()
    return Program(
        name="the sandbox",
        arguments=[
            *("-m", "sandbox", "--port", str(port)),
            *("--info", str(data_dir / "discord.json"), "--state", str(data_dir / "discord.state")),
        ],
        log_file=data_dir / "sandbox.log",
        ready=lambda: answers(f"http://127.0.0.1:{port}/sandbox/info"),
    )


async def _board_channel(discord: dict[str, Any]) -> str:
    """The channel of staff's for the board, made unless it is there."""
    guild, name = discord["guild_id"], "desk"
    async with aiohttp.ClientSession() as session:
        olive = Somebody(session, discord["discord_url"], discord["people"]["olive"])
        for it in await olive.ask("GET", f"/guilds/{guild}/channels"):
            if it["name"] == name:
                return str(it["id"])
        hidden = {"id": guild, "type": 0, "allow": "0", "deny": str(VIEW)}
        let_in = [{"id": it, "type": 0, "allow": str(VIEW), "deny": "0"} for it in discord["roles"].values()]
        let_in.append({"id": discord["bot_id"], "type": 1, "allow": str(VIEW), "deny": "0"})
        made = await olive.ask(
            "POST",
            f"/guilds/{guild}/channels",
            json={"name": name, "type": 0, "permission_overwrites": [hidden, *let_in]},
        )
        return str(made["id"])


def guildesk_program(data_dir: Path, discord: dict[str, Any], secret: str, port: int, **more: str) -> Program:
    """A Guildesk with the embedded store in the directory and ``more`` settings; ready once it is connected
    to the sandbox."""
    settings = {**settings_for(discord, secret, port, data_dir), **more}
    return Program(
        name="Guildesk",
        arguments=["-m", "bot", "run", "--no-env-file"],
        log_file=data_dir / "guildesk.log",
        ready=lambda: answers(f"http://127.0.0.1:{port}/readyz"),
        environment=settings,
    )


def settings_for(discord: dict[str, Any], secret: str, port: int, data_dir: Path) -> dict[str, str]:
    """The environment of a Guildesk that works with this sandbox and the embedded store."""
    return {
        "SERVER_MODE": "DEVELOPMENT",
        "WEB_SERVER_HOST": "127.0.0.1",
        "WEB_SERVER_PORT": str(port),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "JWT_SECRET_KEY": secret,
        "DATA_DIR": str(data_dir),
        "DISCORD_API_URL": discord["api_base"],
        "DISCORD_BOT_TOKEN": discord["bot_token"],
        "GUILD_ID": discord["guild_id"],
        "TRANSCRIPT_CHANNEL_ID": discord["transcript_channel_id"],
        "TRANSCRIPT_CHANNEL_TECHNICAL_ID": discord["transcript_channels"]["developer"],
        "TRANSCRIPT_CHANNEL_MANAGER_ID": discord["transcript_channels"]["manager"],
        "TRANSCRIPT_CHANNEL_ADMIN_ID": discord["transcript_channels"]["admin"],
        "GENERAL_TICKET_CATEGORY_ID": discord["categories"]["general"],
        "URGENT_TICKET_CATEGORY_ID": discord["categories"]["urgent"],
        "CRITICAL_TICKET_CATEGORY_ID": discord["categories"]["critical"],
        "SUPPORT_TEAM_ROLE_ID": discord["roles"]["support_team"],
        "DEVELOPER_ROLE_ID": discord["roles"]["developer"],
        "MANAGER_ROLE_ID": discord["roles"]["manager"],
        "ADMIN_ROLE_ID": discord["roles"]["admin"],
        "CLOSE_GRACE": os.environ.get("CLOSE_GRACE", "10"),
        "RATE_LIMITS": os.environ.get("RATE_LIMITS", "on"),
    }


def _kept_secret(data_dir: Path) -> str:
    """The same at the next start with this directory, so that tokens stay good."""
    file = data_dir / JWT_FILE
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(48))
    return file.read_text()


def _welcome(stage: Stage, shop_url: str | None) -> str:
    token = stage.token()
    with_widget = (
        f"\n  a shop with the widget {shop_url}   (sign in by any name, or ask as a guest)"
        if shop_url
        else ""
    )
    return f"""
Guildesk is ready.

  the customers' portal  {stage.api_url}/portal   (as {CUSTOMER["email"]}, password: {PASSWORD}){with_widget}
  the desk of staff      {stage.api_url}/desk   (sign in with Discord, as ada or alice)
  the Discord to look at {stage.discord["discord_url"]}   (choose a member of staff)
  the API                {stage.api_url}/api/v1   (described at {stage.api_url}/docs)
  data and logs          {stage.data_dir}
  JWT_SECRET_KEY         {stage.data_dir / JWT_FILE}   (the file; for signing tokens of your own)

A token of {CUSTOMER["username"]}, good for a day:
  {token}

Open a ticket:
  curl -s {stage.api_url}/api/v1/tickets -H 'Authorization: Bearer {token}' \\
    -H 'Content-Type: application/json' \\
    -d '{{"topic": "It does not start", "description": "Nothing happens.", "issue_level": "URGENT"}}'

Ctrl-C stops everything."""
