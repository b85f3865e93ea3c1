"""Bots that repeat what staff writes and delete the original: the requester reads it once, no tombstone."""

from collections.abc import AsyncIterator
from pathlib import Path

import discord
import pytest
from simcord import ChannelHandle

from tests.bot.hearing.test_out_of_order import answers, contents, held_back, marks
from tests.office import Office, office
from tests.waiting import until
from tickets.events import MessageDeleted
from tickets.model import Ticket

PROXY = "pluralkit"


@pytest.fixture
async def plural(tmp_path: Path) -> AsyncIterator[Office]:
    async with office(tmp_path, relay_bots=[PROXY]) as opened:
        yield opened


async def was_told_of_no_deletion(desk_office: Office, ticket: Ticket) -> bool:
    events = await desk_office.store.log.events(ticket.id)
    return not any(isinstance(it.data, MessageDeleted) for it in events)


async def is_read(desk_office: Office, ticket: Ticket, expected: list[str]) -> None:
    """Wait until the requester reads this; nothing of it is a tombstone."""

    async def read() -> bool:
        return await contents(desk_office, ticket) == expected

    await until(read, 30)
    assert await was_told_of_no_deletion(desk_office, ticket)


@pytest.mark.parametrize("copy_first", [True, False])
async def test_a_copy_takes_the_place_of_what_staff_wrote(plural: Office, *, copy_first: bool) -> None:
    ticket, channel = await plural.open()
    agent, bot = plural.people["general"], plural.people[PROXY]
    original = await agent.send(channel, "L: Hello, I am Luna", attachments=[("a.txt", b"a")])

    if not copy_first:
        await agent.delete(original)
    copy = await bot.send(channel, "Hello, I am Luna", attachments=[("a.txt", b"a")])
    if copy_first:
        await agent.delete(original)

    await is_read(plural, ticket, ["Hello, I am Luna"])
    await plural.taken()
    (message,) = await plural.messages(ticket)
    assert message.author.key == plural.caller("general").key
    assert [file.name for file in message.attachments] == ["a.txt"]
    assert marks(channel, copy) == ["✅"]
    assert answers(channel) == []


async def test_a_copy_is_edited_and_deleted_in_its_authors_name(plural: Office) -> None:
    ticket, channel = await plural.open()
    agent, bot = plural.people["general"], plural.people[PROXY]
    original = await agent.send(channel, "L: Helo")
    copy = await bot.send(channel, "Helo")
    await agent.delete(original)
    await is_read(plural, ticket, ["Helo"])

    await bot.edit(copy, "Hello")
    await is_read(plural, ticket, ["Hello"])
    await bot.delete(copy)

    async def is_deleted() -> bool:
        return [it.deleted for it in await plural.messages(ticket)] == [True]

    await until(is_deleted)


async def test_what_a_bot_repeated_while_nobody_listened_is_found(plural: Office) -> None:
    ticket, channel = await plural.open()
    agent, bot = plural.people["general"], plural.people[PROXY]
    original = await agent.send(channel, "L: Hello")
    await plural.taken()

    async with plural.deaf("on_message", "on_raw_message_delete"):
        await bot.send(channel, "Hello")
        await agent.delete(original)
        await plural.env.settle()
    await plural.new_session()

    await is_read(plural, ticket, ["Hello"])
    await plural.new_session()
    await plural.taken()
    assert await was_told_of_no_deletion(plural, ticket)


async def test_what_nobody_repeats_is_deleted_for_the_requester(plural: Office) -> None:
    ticket, channel = await plural.open()
    agent = plural.people["general"]
    original = await agent.send(channel, "oops")
    other = await agent.send(channel, "Hello")
    await agent.delete(original)

    async def is_deleted() -> bool:
        return [it.deleted for it in await plural.messages(ticket)] == [True, False]

    await until(is_deleted, 30)
    assert other.id in {it.id for it in channel.history()}


async def test_a_copy_of_what_staff_did_not_write_or_did_not_delete_is_not_sent(plural: Office) -> None:
    ticket, channel = await plural.open()
    agent, bot = plural.people["general"], plural.people[PROXY]
    await agent.send(channel, "I am the boss")
    await bot.send(channel, "I am the boss")
    await bot.send(channel, "Nobody wrote this")

    async def told() -> bool:
        return len(answers(channel)) == 2

    await until(told, 30)
    assert await contents(plural, ticket) == ["I am the boss"]
    assert answers(channel) == ["Not sent: no message of staff's was deleted for it."] * 2


async def _bot_writes(desk_office: Office, channel: ChannelHandle, times: int) -> None:
    webhook = desk_office.guild.create_webhook(channel, "Status page")
    for number in range(times):
        await webhook.send(f"Down for {number} minutes")
    await desk_office.taken()


async def test_another_bots_message_is_answered_but_not_for_ever(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    await desk_office.say(ticket, "Hello?")

    await _bot_writes(desk_office, channel, 5)
    await desk_office.new_session()
    await desk_office.taken()

    assert await contents(desk_office, ticket) == ["Hello?"]
    assert answers(channel) == ["Not sent: only staff speaks to the requester, and this is a bot."] * 3


async def test_where_bots_may_repeat_nothing_is_lost_for_those_who_delete_by_hand(plural: Office) -> None:
    ticket, channel = await plural.open()
    agent = plural.people["general"]
    async with held_back(plural) as late:
        await agent.send(channel, "first")
    await plural.inbox.on_message(late[0])
    await agent.send(channel, "second")
    await plural.taken()

    assert await contents(plural, ticket) == ["first", "second"]


@pytest.mark.parametrize(
    "kind", [discord.MessageType.chat_input_command, discord.MessageType.context_menu_command]
)
async def test_what_another_bot_says_to_a_command_is_answered(
    desk_office: Office, kind: discord.MessageType
) -> None:
    """It stands in the channel as if it were said to the requester, who does not read it."""
    ticket, channel = await desk_office.open()
    admins = desk_office.guild.roles["ADMIN team"]
    bot = desk_office.guild.add_member(desk_office.env.create_user("parrot", bot=True), roles=[admins])

    async with held_back(desk_office) as events:
        await bot.send(channel, "It rains in Rome")
    events[0].type = kind
    await desk_office.inbox.on_message(events[0])
    await desk_office.taken()

    assert [it[:9] for it in answers(channel)] == ["Not sent:"]
    assert await contents(desk_office, ticket) == []


async def test_a_copy_counts_though_the_bot_is_in_another_guild_as_well(tmp_path: Path) -> None:
    async with office(tmp_path, relay_bots=[PROXY], in_another_guild=True) as opened:
        ticket, channel = await opened.open()
        original = await opened.people["general"].send(channel, "Hello, I am Luna")
        await opened.people["general"].delete(original)
        await opened.people[PROXY].send(channel, "Hello, I am Luna")
        await is_read(opened, ticket, ["Hello, I am Luna"])
        await opened.taken()

        assert answers(channel) == []
