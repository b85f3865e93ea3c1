"""What a person is told who asked for something in Discord, and in how many steps."""

import asyncio
from functools import partial
from types import SimpleNamespace
from typing import Any, cast

import discord
import pytest
from discord import app_commands

from bot.connection.client import GuildClient
from cogs.replies import answer, tell_no_such_member
from texts.language import Language
from tickets.ports.store import StoreUnavailable
from tickets.refusals import TicketIsClosed, TicketNotFound


class Person:
    """Whoever asked, at Discord's end of the interaction: both its answer and what follows it."""

    def __init__(self, locale: str = "en-US") -> None:
        self.locale = locale
        self.type, self.data = discord.InteractionType.application_command, dict[str, object]()
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

    async def send_message(self, text: str, *, ephemeral: bool, view: object, **_: object) -> None:
        assert ephemeral
        assert not self.told
        self.told.append(text)

    async def send(self, text: str, *, ephemeral: bool, view: object, **_: object) -> None:
        assert ephemeral
        assert self.told
        self.told.append(text)

    async def asks_for(self, work: "asyncio.Future[str]") -> list[str]:
        await answer(cast("discord.Interaction", self), work, Language.EN)
        return self.told


class TooLate(Person):
    """Discord has forgotten what they asked for."""

    async def defer(self, *, ephemeral: bool, thinking: bool) -> None:
        self.is_waiting.set()
        raise self.forgotten()

    async def send_message(self, text: str, *, ephemeral: bool, view: object, **_: object) -> None:
        raise self.forgotten()

    def forgotten(self) -> discord.NotFound:
        answer_of = SimpleNamespace(status=404, reason="Not Found")
        return discord.NotFound(cast("Any", answer_of), {"code": 10062, "message": "Unknown interaction"})


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
    away = StoreUnavailable("10.0.0.1 does not answer")

    (not_found,) = await Person().asks_for(asyncio.ensure_future(refused(TicketNotFound("7"))))
    (not_there,) = await Person().asks_for(asyncio.ensure_future(refused(away)))

    assert not_found == "There is no ticket 7."
    assert not_there.startswith("The store does not answer just now; nothing was changed.")


@pytest.mark.parametrize(
    ("locale", "words"),
    [("de", "Ticket 7 ist geschlossen."), ("en-GB", "Ticket 7 is closed."), ("fr", "Ticket 7 is closed.")],
)
async def test_whoever_asks_is_answered_in_the_language_of_their_discord(locale: str, words: str) -> None:
    told = await Person(locale).asks_for(asyncio.ensure_future(refused(TicketIsClosed(7))))

    assert told == [words]


async def test_whoever_meets_a_fault_of_ours_is_told_so_and_it_is_raised() -> None:
    person = Person()

    with pytest.raises(KeyError, match="what nobody thought of"):
        await person.asks_for(asyncio.ensure_future(refused(KeyError("what nobody thought of"))))

    assert [it.partition(".")[0] for it in person.told] == ["That did not work"]


async def test_what_takes_too_long_for_discord_is_done_all_the_same() -> None:
    person, done_at_last = TooLate(), asyncio.Event()

    async def work() -> str:
        await person.is_waiting.wait()
        await asyncio.sleep(0)
        done_at_last.set()
        return "Done."

    await person.asks_for(asyncio.ensure_future(work()))

    assert done_at_last.is_set()
    assert person.told == []


async def test_whoever_names_somebody_from_outside_of_the_guild_is_told_so() -> None:
    person, client = Person("de"), GuildClient(1)
    client.tell_no_such_member = partial(tell_no_such_member, otherwise=Language.EN)
    outside = app_commands.TransformerError(
        "stranger", discord.AppCommandOptionType.user, app_commands.Transformer()
    )

    await client.tree.on_error(cast("discord.Interaction[GuildClient]", person), outside)

    assert person.told == ["Dieses Mitglied ist nicht mehr auf dem Server."]


async def done(text: str) -> str:
    return text


async def refused(problem: Exception) -> str:
    raise problem
