"""A guild with nothing of a desk in it, and set-up as a person starts it."""

import asyncio
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from chaos.forking import forked
from chaos.house import House
from demo.processes import Program


async def emptied(house: House) -> None:
    """The owner removes what the sandbox begins with."""
    olive, discord = house.somebody("olive"), house.discord
    transcripts = discord["transcript_channel_id"], *discord["transcript_channels"].values()
    for channel in (*transcripts, *discord["categories"].values()):
        await olive.ask("DELETE", f"/channels/{channel}")
    for role in discord["roles"].values():
        await olive.ask("DELETE", f"/guilds/{discord['guild_id']}/roles/{role}")


def environment(house: House) -> dict[str, str]:
    """What is given to set-up beforehand."""
    return {"DISCORD_API_URL": house.discord["api_base"], "DISCORD_BOT_TOKEN": house.discord["bot_token"]}


def program(
    house: House, folder: Path, command: str, *arguments: str, more: Mapping[str, str] | None = None
) -> Program:
    """``guildesk``, with the settings file in this folder."""
    return Program(
        name=command,
        arguments=["-m", "bot", command, "--env-file", str(folder / ".env"), *arguments],
        log_file=folder / f"{command}.log",
        ready=_at_once,
        environment=environment(house) | dict(more or {}),
    )


async def _at_once() -> None:
    """Nothing has to be waited for."""


async def guildesk(
    house: House, folder: Path, command: str, *arguments: str, more: Mapping[str, str] | None = None
) -> tuple[int, str]:
    """The exit status of the program, and all that it said."""
    wanted = program(house, folder, command, *arguments, more=more)
    wanted.log_file.unlink(missing_ok=True)
    status = await (await forked(wanted)).wait()
    return status, wanted.log_file.read_text()


async def answered(house: House, folder: Path, answers: str) -> tuple[int, str]:
    """The same of set-up, to which somebody answers."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "setup", "--env-file", str(folder / ".env")),
        env={**os.environ, **environment(house), "DISCORD_BOT_TOKEN": ""},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate(answers.encode())
    return process.returncode or 0, said.decode()


async def there(house: House) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The guild's channels and roles, as its owner sees them."""
    olive, guild = house.somebody("olive"), house.discord["guild_id"]
    return (
        await olive.ask("GET", f"/guilds/{guild}/channels"),
        await olive.ask("GET", f"/guilds/{guild}/roles"),
    )
