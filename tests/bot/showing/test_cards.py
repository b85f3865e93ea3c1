"""Neither a card nor its pin holds up what is said: what Discord refuses is told, and tried again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import discord
import pytest
from simcord import ChannelHandle

from bot.showing.admins import Admins
from bot.showing.card_facts import LookingUp
from bot.showing.card_posts import CardPosts
from bot.showing.cards import Cards
from bot.showing.pings import Pings, WantedPings
from tests.cards import card_in, cards_in, read
from tests.office import CASEY, Office, office
from tests.waiting import until
from texts.language import Language
from tickets.desks.ticket_desk import Said
from tickets.model import Delivery, Ticket

AGAIN_AFTER = 0.1
PIN = ("PUT", "/channels/*/messages/pins/*")
POST = ("POST", "/channels/*/messages")
EDIT = ("PATCH", "/channels/*/messages/*")
REFUSALS = [pytest.param(403, 50013, id="403"), pytest.param(400, 50035, id="400")]


@pytest.fixture
async def hasty_office(tmp_path: Path) -> AsyncIterator[Office]:
    """It soon tries again what was refused."""
    async with office(tmp_path, cards_again_after=AGAIN_AFTER) as opened:
        yield opened


def refuse(
    office: Office, request: tuple[str, str], status: int, code: int, times: int | None = None
) -> None:
    office.env.inject_error(*request, status=status, code=code, message="No.", times=times)


def allow_all(office: Office) -> None:
    office.env.backend.faults.clear()


def told(office: Office) -> list[str]:
    """What the admins read of cards."""
    return [it.content for it in office.transcripts.history() if "refuses the card" in it.content]


def is_pinned(channel: ChannelHandle) -> bool:
    return len(channel.pinned_messages()) == 1


async def deliveries(office: Office, ticket: Ticket) -> list[Delivery | None]:
    return [it.delivery for it in await office.messages(ticket)]


@pytest.mark.parametrize(("status", "code"), REFUSALS)
async def test_a_refused_pin_holds_up_nothing_and_is_tried_again(
    hasty_office: Office, status: int, code: int
) -> None:
    refuse(hasty_office, PIN, status, code)
    ticket, channel = await hasty_office.open()

    await hasty_office.say(ticket, "Hello?")
    await hasty_office.people["general"].send(channel, "Hello!")
    await hasty_office.taken()

    assert hasty_office.ever_said_by_requesters(channel) == ["Hello?"]
    assert await deliveries(hasty_office, ticket) == [Delivery.DELIVERED] * 2
    assert len(told(hasty_office)) == 1
    assert not is_pinned(channel)
    allow_all(hasty_office)
    await until(partial(is_pinned, channel))
    assert len(cards_in(channel)) == 1


@pytest.mark.parametrize(("status", "code"), REFUSALS)
async def test_a_refused_card_holds_up_nothing_and_is_tried_again(
    hasty_office: Office, status: int, code: int
) -> None:
    refuse(hasty_office, POST, status, code, times=3)
    ticket, channel = await hasty_office.open()

    await hasty_office.desk.post(CASEY, ticket.id, Said("Hello?"))
    await until(lambda: hasty_office.ever_said_by_requesters(channel) == ["Hello?"])
    await until(partial(is_pinned, channel))

    assert len(cards_in(channel)) == 1
    assert len(cards_in(channel)[0].role_mentions) == 1
    await hasty_office.shown()
    assert await deliveries(hasty_office, ticket) == [Delivery.DELIVERED]


@pytest.mark.parametrize(("status", "code"), REFUSALS)
async def test_a_refused_edit_of_the_card_fails_nobodys_message(
    hasty_office: Office, status: int, code: int
) -> None:
    ticket, channel = await hasty_office.open()
    refuse(hasty_office, EDIT, status, code)

    await hasty_office.people["general"].send(channel, "Hello!")
    await hasty_office.taken()
    await hasty_office.say(ticket, "Hello again")

    assert await deliveries(hasty_office, ticket) == [Delivery.DELIVERED] * 2
    assert len(told(hasty_office)) == 1
    allow_all(hasty_office)
    await until(partial(shows, channel, "waiting"))


async def test_what_another_application_has_posted_is_posted_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after the token of another application was set: nobody may edit what the one before has posted, and
    its buttons are dead."""
    async with office(tmp_path, with_board=True) as desk_office:
        with monkeypatch.context() as earlier:
            earlier.setattr(desk_office.client._connection, "application_id", 7)
            _, untouched = await desk_office.open()
        ticket, channel = await desk_office.open()
        board = desk_office.guild.channels["board"]
        await until(lambda: len(board.history()) == 1)
        await desk_office.people["general"].slash(channel, "close")
        await desk_office.shown()
        backend, former = desk_office.env.backend, desk_office.env.create_user("former", bot=True)
        for message in [it for log in backend.messages.values() for it in log.values()]:
            if message.author_id == backend.bot_user.id:
                message.author_id = former.id

        await desk_office.people["general"].slash(channel, "reopen")
        await desk_office.say(ticket, "Hello?")
        await desk_office.shown()
        async with a_later_term(desk_office, desk_office.work.cards._posts):
            await until(lambda: all(it.author.id != former.id for it in cards_in(untouched)))
        await until(lambda: [it.author.id for it in board.history()] == [backend.bot_user.id])

        for there in (channel, untouched):
            (card,) = cards_in(there)
            assert card == card_in(there)
        assert desk_office.ever_said_by_requesters(channel) == ["Hello?"]
        assert desk_office.work.admins.lasting == []
        assert told(desk_office) == []


async def test_a_pin_that_fails_for_a_moment_holds_up_nothing(desk_office: Office) -> None:
    refuse(desk_office, PIN, 500, 0, times=1)

    ticket, channel = await desk_office.open()
    await desk_office.say(ticket, "Hello?")

    assert desk_office.ever_said_by_requesters(channel) == ["Hello?"]
    await until(partial(is_pinned, channel))
    assert told(desk_office) == []


async def test_what_an_earlier_process_was_refused_is_tried_again(desk_office: Office) -> None:
    refuse(desk_office, PIN, 403, 50013)
    _, channel = await desk_office.open()
    allow_all(desk_office)

    async with a_later_term(desk_office):
        await until(partial(is_pinned, channel))

    assert len(cards_in(channel)) == 1


async def test_a_card_that_a_later_process_posts_again_pings_nobody(desk_office: Office) -> None:
    refuse(desk_office, PIN, 403, 50013)
    _, channel = await desk_office.open()
    (card,) = cards_in(channel)
    await desk_office.client.http.delete_message(channel.id, card.id)
    allow_all(desk_office)

    async with a_later_term(desk_office):
        await until(partial(is_pinned, channel))

    (again,) = cards_in(channel)
    assert again.id != card.id
    assert again.role_mentions == []


async def test_cards_of_an_older_program_are_replaced_at_the_start(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    there = desk_office.client.get_partial_messageable(channel.id)
    embed = discord.Embed(title="#1 · It hurts").set_footer(text=f"Ticket {ticket.id}")
    old = await there.send("New NORMAL ticket for GENERAL.", embed=embed)
    place = await desk_office.store.channels.of_ticket(ticket.id)
    assert place is not None
    await desk_office.store.channels.save(replace(place, card_id=old.id, card_digest="of the embed"))

    async with a_later_term(desk_office):
        await until(partial(_is_of_components, there, old.id))

    shown = await there.fetch_message(old.id)
    assert (shown.content, shown.embeds) == ("", [])
    assert "### #1 · It hurts" in read(shown)


async def _is_of_components(there: discord.PartialMessageable, message_id: int) -> bool:
    return bool((await there.fetch_message(message_id)).components)


@asynccontextmanager
async def a_later_term(office: Office, posts: CardPosts | None = None) -> AsyncIterator[None]:
    """Somebody else leads, and knows what is in the store."""
    admins, pings = (
        Admins(office.guild_map),
        Pings(office.store.agents, office.store.log, office.guild_map.roles, WantedPings),
    )
    looking_up = LookingUp(office.store, office.guild_map.guild_id, Language.EN)
    posts = posts or CardPosts(office.client, office.store, office.guild_map, [])
    cards = Cards(office.client, office.store, office.guild_map, admins, looking_up, posts, pings)
    with office.env.time_context():
        running = asyncio.create_task(cards.run())
    yield
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


def shows(channel: ChannelHandle, status: str) -> bool:
    (card,) = cards_in(channel)
    return status in read(card)
