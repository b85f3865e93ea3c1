"""A served sandbox, a client connected to it, and a ticket's channel in it."""

from collections.abc import AsyncIterator, Iterator

import aiohttp
import discord
import pytest

from sandbox.serve import serving
from sandbox.stage import Stage
from sandbox.start import new_world
from tests.sandbox.place import Bot, Place, connected, open_ticket, pointing_at


@pytest.fixture
async def stage() -> Stage:
    return Stage(new_world())


@pytest.fixture
async def place(stage: Stage) -> AsyncIterator[Place]:
    async with serving(stage) as base, aiohttp.ClientSession() as http:
        yield Place(stage.world.info(base), http)


@pytest.fixture
def pointed(place: Place) -> Iterator[None]:
    """discord.py looks for Discord in the sandbox."""
    with pointing_at(place.info):
        yield


@pytest.fixture
async def bot(place: Place, pointed: None) -> AsyncIterator[Bot]:
    async with connected(Bot(), place.info["bot_token"]) as client:
        yield client


@pytest.fixture
async def ticket(bot: Bot, place: Place) -> discord.TextChannel:
    """A private channel for the support team, as the bot opens one."""
    return await open_ticket(bot, place)
