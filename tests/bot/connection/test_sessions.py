"""Sessions with a Discord that begins none, cuts them, or turns them away."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from bot.connection import client as clients
from bot.connection.client import GuildClient
from bot.connection.discord_http import use_address
from bot.connection.guild import GuildMap
from bot.connection.staying import Staying
from config.faults import Fault
from sandbox.serve import serving
from sandbox.stage import Stage
from sandbox.start import new_world
from tests.sandbox.place import pointing_at
from tests.waiting import until
from tickets.model import IssueLevel, SupportRole

A_WHILE = 30.0
"""Seconds, more than a second or two pauses between sessions."""


async def nobody(_: str, __: Sequence[Fault]) -> None:
    """There is nobody to be told."""


@asynccontextmanager
async def staying(stage: Stage, silent_for: float = clients.SILENT_FOR) -> AsyncIterator[GuildClient]:
    """A client that stays connected to the sandbox."""
    world = stage.world
    async with serving(stage) as base:
        info = world.info(base)
        with pointing_at(info):
            use_address(info["api_base"])
            client = GuildClient(world.guild_id, silent_for=silent_for)
            roles = dict.fromkeys(SupportRole, int(info["roles"]["admin"]))
            categories = dict.fromkeys(IssueLevel, int(info["categories"]["general"]))
            guild_map = GuildMap(world.guild_id, categories, roles, int(info["transcript_channel_id"]))
            run = Staying(client, info["bot_token"], guild_map, nobody, own_gateway=True).run()
            task = asyncio.create_task(run)
            try:
                yield client
            finally:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
                await client.close()


async def connected(client: GuildClient) -> None:
    await until(client.is_ready, A_WHILE)


async def test_whoever_is_turned_away_again_and_again_begins_anew() -> None:
    """discord.py tries again at once, for ever: a hundred times a second, and hears of nothing."""
    stage = Stage(new_world())
    async with staying(stage) as client:
        await connected(client)
        stage.gateway.turns_away = True
        stage.gateway.drop()

        await until(lambda: stage.gateway.identified == 2, A_WHILE)
        assert stage.gateway.turned_away <= clients.MOST_CONNECTIONS
        await connected(client)


async def test_whoever_waits_in_vain_for_a_session_asks_for_another() -> None:
    stage = Stage(new_world())
    async with staying(stage, silent_for=0.2) as client:
        stage.gateway.mute_from = "ready"

        await until(lambda: stage.world.identifies >= 2, A_WHILE)
        stage.gateway.mute_from = None
        await connected(client)
