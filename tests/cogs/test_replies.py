"""What a person is told who asked for something in Discord, and in how many steps."""

import asyncio
from typing import cast

import discord

from cogs.replies import STORE_IS_AWAY, answer
from tickets.ports.store import StoreUnavailable
from tickets.refusals import TicketNotFound


class Person:
    """Whoever asked, at Discord's end of the interaction: both its answer and what follows it."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.is_waiting = asyncio.Event()
        self.response = self.followup = self

    def is_done(self) -> bool:
        return bool(self.told)

    async def defer(self, *, ephemeral: bool, thinking: bool) -> None:
        assert ephemeral
        assert thinking
        self.told.append("an answer will come")
        self.is_waiting.set()

    async def send_message(self, text: str, *, ephemeral: bool, view: object) -> None:
        assert ephemeral
        assert not self.told
        self.told.append(text)

    async def send(self, text: str, *, ephemeral: bool, view: object) -> None:
        assert ephemeral
        assert self.told
        self.told.append(text)

    async def asks_for(self, work: "asyncio.Future[str]") -> list[str]:
        await answer(cast("discord.Interaction", self), work)
        return self.told


async def test_what_is_done_at_once_is_told_in_one_answer() -> None:
    assert await Person().asks_for(asyncio.ensure_future(done("Done."))) == ["Done."]


async def test_what_takes_long_is_announced_before_discord_gives_up() -> None:
    person = Person()

    async def until_announced() -> str:
        async with asyncio.timeout(3):  # Discord waits no longer
            await person.is_waiting.wait()
        return "Done."

    told = await person.asks_for(asyncio.ensure_future(until_announced()))

    assert told == ["an answer will come", "Done."]


async def test_what_is_refused_is_told_in_words() -> None:
    assert await Person().asks_for(asyncio.ensure_future(refused(TicketNotFound("7")))) == [
        str(TicketNotFound("7"))
    ]
    away = StoreUnavailable("10.0.0.1 does not answer")
    assert await Person().asks_for(asyncio.ensure_future(refused(away))) == [STORE_IS_AWAY]


async def done(text: str) -> str:
    return text


async def refused(problem: Exception) -> str:
    raise problem
