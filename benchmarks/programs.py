"""The programs of a benchmark: Guildesk, a floor, a Discord; each a process, stopped at the end."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext
from pathlib import Path
from typing import Any

import aiohttp

from benchmarks import cores
from demo.processes import DidNotStart, Program, Running, answers, free_port
from demo.start import guildesk_program, sandbox_program
from demo.tokens import mint

SECRET = "a secret of the benchmarks, long enough for HS256"  # noqa: S105  made up
QUIET = {"RATE_LIMITS": "off", "MAX_OPEN_TICKETS": "1000000", "LOG_LEVEL": "WARNING", "CLOSE_GRACE": "1"}

Discord = Mapping[str, Any]
"""What the sandbox tells of itself."""


def token_of(user: str, role: str = "CUSTOMER", **more: str) -> str:
    claims = {"id": user, "username": user.title(), "email": f"{user}@example.test", "role": role, **more}
    return mint(SECRET, claims)


@asynccontextmanager
async def process(program: Program, *, measured: bool) -> AsyncIterator[Running]:
    """The program, ready, and stopped afterwards; one that is measured has the program's core."""
    running = Running(program, lambda: None)
    try:
        with cores.program_core() if measured else nullcontext():
            await _started(running, program)
        yield running
    finally:
        await running.stop()


async def _started(running: Running, program: Program) -> None:
    try:
        await running.start()
    except DidNotStart:
        print(program.log_file.read_text()[-2000:], flush=True)
        raise


@asynccontextmanager
async def discord(folder: Path) -> AsyncIterator[Discord]:
    """A sandbox without limits, on the core of the load."""
    async with process(_sandbox(folder), measured=False):
        yield json.loads((folder / "discord.json").read_text())


def _sandbox(folder: Path) -> Program:
    folder.mkdir(parents=True, exist_ok=True)
    return sandbox_program(folder, 0)


def no_discord() -> Discord:
    """One that does not answer: its port is closed."""
    ids = iter(str(number) for number in range(1, 20))
    return {
        "api_base": f"http://127.0.0.1:{free_port()}/api/v10",
        "bot_token": "MQ.none.none",
        "guild_id": next(ids),
        "transcript_channel_id": next(ids),
        "transcript_channels": {key: next(ids) for key in ("developer", "manager", "admin")},
        "categories": {key: next(ids) for key in ("general", "urgent", "critical")},
        "roles": {key: next(ids) for key in ("support_team", "developer", "manager", "admin")},
    }


def guildesk(
    folder: Path,
    world: Discord,
    port: int,
    *,
    connected: bool = True,
    stamps: Path | None = None,
    **settings: str,
) -> Program:
    """A Guildesk on the embedded store in the folder, ready once connected to Discord if it is to be.

    With ``stamps`` it writes into that file when a message passed which point (``benchmarks.stamping``)."""
    folder.mkdir(parents=True, exist_ok=True)
    program = guildesk_program(folder, dict(world), SECRET, port)
    if stamps is not None:
        program.arguments = ["-m", "benchmarks.stamping", str(stamps), *program.arguments[2:]]
    program.environment = {**program.environment, **QUIET, **settings}
    if not connected:
        program.ready = lambda: answers(f"http://127.0.0.1:{port}/healthz")
    return program


def floor(name: str, folder: Path, port: int, configuration: Mapping[str, Any]) -> Program:
    """A program of ``benchmarks.floors``; it reads a JSON file with its configuration."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}.json"
    file.write_text(json.dumps({"port": port, "secret": SECRET, "folder": str(folder), **configuration}))
    return Program(
        name=f"the floor {name}",
        arguments=["-m", f"benchmarks.floors.{name}", str(file)],
        log_file=folder / f"{name}.log",
        ready=lambda: answers(f"http://127.0.0.1:{port}/healthz"),
    )


class Bot:
    """Asks the sandbox for things as the bot."""

    def __init__(self, session: aiohttp.ClientSession, world: Discord) -> None:
        self._session = session
        self._world = world

    async def ask(self, method: str, path: str, body: object = None) -> Any:
        url = f"{self._world['api_base']}{path}"
        headers = {"Authorization": f"Bot {self._world['bot_token']}"}
        async with self._session.request(
            method, url, json=body, headers=headers, raise_for_status=True
        ) as answer:
            return await answer.json()

    async def channels(self, count: int) -> list[str]:
        """So many new text channels."""
        made = []
        for number in range(count):
            body = {"name": f"channel-{number}", "parent_id": self._world["categories"]["general"]}
            channel = await self.ask("POST", f"/guilds/{self._world['guild_id']}/channels", body)
            made.append(str(channel["id"]))
        return made

    async def fillers(self, count: int) -> None:
        """Voice channels, outside of any category, that take room in the guild."""
        for number in range(count):
            body = {"name": f"filler-{number}", "type": 2}
            await self.ask("POST", f"/guilds/{self._world['guild_id']}/channels", body)

    async def webhooks(self, channels: list[str]) -> list[dict[str, str]]:
        """A webhook for each channel: its id and token."""
        made = [await self.ask("POST", f"/channels/{it}/webhooks", {"name": "Floor"}) for it in channels]
        return [{"id": it["id"], "token": it["token"]} for it in made]


@asynccontextmanager
async def side_by_side(*programs: Program) -> AsyncIterator[list[Running]]:
    """All of them at once, each on the program's core; whichever is not asked rests."""
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(process(it, measured=True)) for it in programs]


async def seen_requests(session: aiohttp.ClientSession, world: Discord, since: int = 0) -> dict[str, Any]:
    """The sandbox's own list of requests."""
    url = f"{world['discord_url']}/sandbox/requests?since={since}"
    async with session.get(url, raise_for_status=True) as answer:
        return dict(await answer.json())


async def set_limits(session: aiohttp.ClientSession, world: Discord, **limits: object) -> dict[str, Any]:
    """Change Discord's limits; gives all of them as they are."""
    url = f"{world['discord_url']}/sandbox/limits"
    async with session.put(url, json=limits, raise_for_status=True) as answer:
        return dict(await answer.json())


async def until_quiet(session: aiohttp.ClientSession, world: Discord, seconds: float = 0.5) -> None:
    """Wait until the sandbox has not been asked for anything for a while."""
    total = -1
    while (now := (await seen_requests(session, world, 10**9))["total"]) != total:
        total = now
        await asyncio.sleep(seconds)
