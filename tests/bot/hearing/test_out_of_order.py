"""Discord promises neither order nor delivery of its events: nothing that staff wrote is lost for that."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import discord
import pytest
from simcord import ChannelHandle

from bot.connection.answers import NoAnswer
from bot.hearing.inbox import Inbox
from bot.hearing.intake import InboxOptions
from cogs.staff import Staff
from tests.office import GUILD, Office, office
from tests.waiting import until
from texts.language import Language
from tickets.model import Status, Ticket
from tickets.ports.channels import ChannelState


@asynccontextmanager
async def held_back(desk_office: Office, name: str = "on_message") -> AsyncIterator[list[discord.Message]]:
    """The gateway's events of a kind come to nobody, but are kept."""
    kept: list[discord.Message] = []

    async def keep(event: discord.Message) -> None:
        kept.append(event)

    async with desk_office.deaf(name):
        desk_office.client.add_listener(keep, name)
        yield kept
        await desk_office.env.settle()
        desk_office.client.remove_listener(keep, name)


async def contents(desk_office: Office, ticket: Ticket) -> list[str]:
    return [it.content for it in await desk_office.messages(ticket)]


def answers(channel: ChannelHandle) -> list[str]:
    """What the bot has answered to messages of staff."""
    return [it.content for it in channel.history() if it.type is discord.MessageType.reply and it.author.bot]


def marks(channel: ChannelHandle, message: discord.Message) -> list[str]:
    (found,) = [it for it in channel.history() if it.id == message.id]
    return [str(reaction.emoji) for reaction in found.reactions]


async def test_a_message_whose_event_comes_after_that_of_a_later_one_is_sent_and_marked(
    desk_office: Office,
) -> None:
    ticket, channel = await desk_office.open()
    agent, other = desk_office.people["general"], desk_office.people["technical"]

    async with held_back(desk_office) as late:
        first = await agent.send(channel, "first")
    await other.send(channel, "second")
    await desk_office.taken()
    await desk_office.inbox.on_message(late[0])
    await desk_office.taken()

    assert sorted(await contents(desk_office, ticket)) == ["first", "second"]
    assert marks(channel, first) == ["✅"]


async def test_an_event_that_comes_twice_is_processed_once(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()

    async with held_back(desk_office) as events:
        await desk_office.people["general"].send(channel, "once")
        await desk_office.people["technical"].send(channel, "//")
    for event in (*events, *events):
        await desk_office.inbox.on_message(event)
    await desk_office.taken()

    assert await contents(desk_office, ticket) == ["once"]
    assert answers(channel) == ["Not sent: there is nothing in this message that could be passed on."]


async def test_what_was_withdrawn_does_not_come_back_with_an_event_that_a_later_process_hears(
    desk_office: Office,
) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]
    async with held_back(desk_office) as events:
        await agent.send(channel, "oops", attachments=[("plan.txt", b"secret")])
    await desk_office.inbox.on_message(events[0])
    await desk_office.taken()
    (message,) = await desk_office.messages(ticket)
    await desk_office.desk.delete(desk_office.caller("general"), ticket.id, message.id)

    async with another_inbox(desk_office) as inbox:
        await inbox.on_message(events[0])
        await inbox.idle()

    assert [it.deleted for it in await desk_office.messages(ticket)] == [True]
    assert await desk_office.store.files.get(message.attachments[0].id) is None


@asynccontextmanager
async def another_inbox(desk_office: Office) -> AsyncIterator[Inbox]:
    """That of a process that leads later."""
    staff = Staff(desk_office.guild_map.roles)
    office = desk_office
    inbox = Inbox(office.client, office.desk, office.store, staff, GUILD, InboxOptions(), Language.EN)
    with desk_office.env.time_context():
        running = asyncio.create_task(inbox.run())
    yield inbox
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_an_edit_that_comes_before_its_message_is_not_lost(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]

    async with held_back(desk_office) as late:
        sent = await agent.send(channel, "Tomorow")
    desk_office.env.backend.clock.advance(1)
    await agent.edit(sent, "Tomorrow")
    await desk_office.taken()
    await desk_office.inbox.on_message(late[0])
    await desk_office.taken()

    assert await contents(desk_office, ticket) == ["Tomorrow"]


async def test_a_message_that_is_deleted_before_it_is_told_of_is_not_sent(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]

    async with held_back(desk_office) as late:
        sent = await agent.send(channel, "my password is 1234")
    await agent.delete(sent)
    await desk_office.taken()
    await desk_office.inbox.on_message(late[0])
    await desk_office.taken()

    assert await contents(desk_office, ticket) == []
    assert answers(channel) == []


async def test_closing_finds_what_no_event_told_of_in_a_channel_of_this_session(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]
    await agent.send(channel, "one")
    await desk_office.taken()

    async with held_back(desk_office):
        await agent.send(channel, "two")
    await agent.slash(channel, "close")
    await desk_office.taken()

    assert await contents(desk_office, ticket) == ["one", "two"]
    assert (await desk_office.fresh(ticket)).status is Status.RESOLVED


async def test_closing_again_finds_what_was_lost_since_the_last_time(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]
    await agent.slash(channel, "close")
    await desk_office.desk.reopen(desk_office.caller("general"), ticket.id)
    await desk_office.taken()

    async with held_back(desk_office):
        await agent.send(channel, "lost")
    await agent.slash(channel, "close")

    assert await contents(desk_office, ticket) == ["lost"]


async def test_what_was_written_before_a_closing_elsewhere_is_a_note_and_its_author_is_told(
    desk_office: Office,
) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]

    async with held_back(desk_office):
        sent = await agent.send(channel, "Have you tried the other plug?")
    desk_office.env.backend.clock.advance(-1)
    await desk_office.desk.close(desk_office.caller("admin"), ticket.id)
    await desk_office.taken()

    assert await contents(desk_office, ticket) == []
    assert [it.content for it in await desk_office.notes(ticket)] == ["Have you tried the other plug?"]
    assert marks(channel, sent) == ["📝"]
    assert answers(channel) == [
        f"Kept as a note, not sent: ticket {ticket.number} was closed before this was read."
    ]


async def test_what_is_written_after_a_closing_is_no_note(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    await desk_office.desk.close(desk_office.caller("admin"), ticket.id)
    await desk_office.shown()
    desk_office.env.backend.clock.advance(1)

    await desk_office.people["general"].send(channel, "Anyone?")
    await desk_office.taken()

    assert await desk_office.notes(ticket) == []
    assert answers(channel) == [f"Not sent: Ticket {ticket.number} is closed."]


async def test_nothing_goes_with_its_channel_that_no_event_told_of(tmp_path: Path) -> None:
    async with office(tmp_path, close_grace=500) as desk_office:
        ticket, channel = await desk_office.open()
        agent = desk_office.people["general"]
        await agent.slash(channel, "close")
        await desk_office.shown()

        async with held_back(desk_office):
            await agent.send(channel, "// it was the plug")

        async def is_gone() -> bool:
            known = await desk_office.store.channels.of_ticket(ticket.id)
            return known is not None and known.state is ChannelState.GONE

        await until(is_gone)
        assert [it.content for it in await desk_office.notes(ticket)] == ["it was the plug"]
        (record,) = desk_office.transcripts.history()
        assert "it was the plug" in (await record.attachments[0].read()).decode()


@contextmanager
def untold_of_the_guild(client: discord.Client, *, is_named: bool) -> Iterator[None]:
    """The client has logged in, and its session has not told of the guild; or has named it, and no more."""
    state = client._connection
    guild = state._guilds.pop(GUILD)
    if is_named:
        state._add_guild(discord.Guild._create_unavailable(state=state, guild_id=GUILD, data=None))
    yield
    state._guilds[GUILD] = guild


@pytest.mark.parametrize("is_named", [False, True])
async def test_what_is_read_before_a_session_tells_of_the_guild_is_sent_once_it_does(
    desk_office: Office, is_named: bool
) -> None:
    ticket, channel = await desk_office.open()
    async with held_back(desk_office):
        await desk_office.people["general"].send(channel, "Soon")
    await desk_office.inbox.on_connect()

    with untold_of_the_guild(desk_office.client, is_named=is_named), pytest.raises(NoAnswer):
        await desk_office.inbox.read_out(channel.id)
    await desk_office.inbox.read_out(channel.id)
    await desk_office.taken()

    assert await contents(desk_office, ticket) == ["Soon"]
    assert answers(channel) == []


async def test_what_only_another_bot_has_answered_is_not_taken_for_refused(desk_office: Office) -> None:
    """Bots of a guild answer staff, too: what no event told of is found all the same."""
    ticket, channel = await desk_office.open()
    admins = desk_office.guild.roles["ADMIN team"]
    bot = desk_office.guild.add_member(desk_office.env.create_user("parrot", bot=True), roles=[admins])

    async with held_back(desk_office):
        lost = await desk_office.people["general"].send(channel, "Please restart it")
    await bot.send(channel, "Level up!", reply_to=lost)
    await desk_office.taken()
    await desk_office.inbox.read_out(channel.id)
    await desk_office.taken()

    assert await contents(desk_office, ticket) == ["Please restart it"]
