"""A thread in a ticket's channel is a place for staff among themselves: what is written there are notes."""

import re

import discord
import pytest
from simcord import ChannelHandle, MemberActor
from simcord.enums import ChannelType

from tests.office import Office
from tests.waiting import until
from tickets.model import Ticket

KINDS = pytest.mark.parametrize("kind", [ChannelType.PUBLIC_THREAD, ChannelType.PRIVATE_THREAD])


def begin(
    desk_office: Office,
    channel: ChannelHandle,
    by: MemberActor,
    *,
    kind: int = ChannelType.PUBLIC_THREAD,
    on: discord.Message | None = None,
) -> ChannelHandle:
    """A new thread, on a message or on its own."""
    backend = desk_office.env.backend
    begun = backend.create_thread(
        channel.id, "among us", by.id, type=kind, message_id=on.id if on is not None else None
    )
    return handle(channel, begun.id)


def handle(channel: ChannelHandle, thread_id: int) -> ChannelHandle:
    (found,) = [it for it in channel.threads if it.id == thread_id]
    return found


def marks(thread: ChannelHandle) -> dict[str, list[str]]:
    return {it.content: [str(reaction.emoji) for reaction in it.reactions] for it in thread.history()}


async def notes(desk_office: Office, ticket: Ticket) -> list[str]:
    return [it.content for it in await desk_office.notes(ticket)]


@KINDS
async def test_what_staff_writes_in_a_thread_is_a_note_and_marked_as_one(
    desk_office: Office, kind: int
) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]
    thread = begin(desk_office, channel, agent, kind=kind)

    await agent.send(thread, "He has written before")
    await agent.send(thread, "// and so has she", attachments=[("plan.txt", b"a plan")])
    await desk_office.taken()

    assert await notes(desk_office, ticket) == ["He has written before", "and so has she"]
    assert marks(thread) == {"He has written before": ["📝"], "// and so has she": ["📝"]}
    assert await desk_office.messages(ticket) == []
    (file,) = (await desk_office.notes(ticket))[1].attachments
    kept = await desk_office.store.files.get(file.id)
    assert kept is not None
    assert [it.content for it in channel.history() if "📝" in it.content] == []


async def test_a_thread_on_a_requesters_message_gets_notes_and_no_words_of_theirs(
    desk_office: Office,
) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]
    await desk_office.say(ticket, "It burns")
    (copy,) = [it for it in channel.history() if it.content == "It burns"]
    thread = begin(desk_office, channel, agent, on=copy)

    first = await agent.send(thread, "Does it?")
    await agent.send(thread, "I doubt it", reply_to=first)
    await desk_office.say(ticket, "Hello?")
    await desk_office.taken()

    assert await notes(desk_office, ticket) == ["Does it?", "I doubt it"]
    assert [it.content for it in thread.history() if not it.is_system()] == ["Does it?", "I doubt it"]
    assert desk_office.ever_said_by_requesters(channel) == ["It burns", "Hello?"]


async def test_in_a_thread_that_a_bot_has_begun_only_staff_writes_notes(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    agent, backend = desk_office.people["general"], desk_office.env.backend
    robot = desk_office.guild.add_member(desk_office.env.create_user("robot", bot=True))
    thread = begin(desk_office, channel, robot)

    backend.create_message(thread.id, robot.id, "A summary")
    await desk_office.env.settle()
    await agent.send(thread, "It is wrong")
    await desk_office.taken()

    assert "It is wrong" in await notes(desk_office, ticket)
    assert "A summary" not in await notes(desk_office, ticket)
    assert await desk_office.messages(ticket) == []


async def test_edits_and_deletions_in_a_thread_are_followed(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]
    thread = begin(desk_office, channel, agent)
    tpyo, slip = [await agent.send(thread, text) for text in ("tpyo", "slip")]
    await desk_office.taken()

    await agent.edit(tpyo, "typo")
    await agent.delete(slip)
    await desk_office.taken()

    assert [(it.content, it.deleted) for it in await desk_office.notes(ticket)] == [
        ("typo", False),
        ("", True),
    ]


async def test_who_is_not_staff_is_told_that_nothing_is_kept(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    agent, outsider = desk_office.people["general"], desk_office.people["outsider"]
    thread = begin(desk_office, channel, agent)
    boss = desk_office.guild.roles["GENERAL team"]
    desk_office.env.backend.guilds[desk_office.guild.id].members[outsider.id].role_ids.append(boss.id)
    said = await outsider.send(thread, "May I?")
    await desk_office.taken()
    desk_office.env.backend.guilds[desk_office.guild.id].members[outsider.id].role_ids.remove(boss.id)
    assert await notes(desk_office, ticket) == [said.content]

    desk_office.env.backend.create_message(thread.id, outsider.id, "And now?")
    await desk_office.env.settle()
    await desk_office.taken()

    assert await notes(desk_office, ticket) == [said.content]
    assert "Not kept: only staff writes notes." in [it.content for it in thread.history()]


@KINDS
@pytest.mark.parametrize("is_archived", [False, True])
async def test_a_thread_begun_and_changed_while_nobody_listened_is_caught_up(
    desk_office: Office, kind: int, is_archived: bool
) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]
    before = begin(desk_office, channel, agent, kind=kind)
    tpyo, slip = [await agent.send(before, text) for text in ("tpyo", "slip")]
    await agent.send(channel, "Hello")
    await desk_office.taken()

    async with desk_office.deaf("on_message", "on_raw_message_edit", "on_raw_message_delete"):
        during = begin(desk_office, channel, agent, kind=kind)
        await agent.send(during, "begun meanwhile")
        await agent.send(before, "went on meanwhile")
        await agent.edit(tpyo, "typo")
        await agent.delete(slip)
        if is_archived:
            for thread in (before, during):
                desk_office.env.backend.edit_channel(thread.id, {}, thread_metadata={"archived": True})
        await desk_office.env.settle()
    await desk_office.new_session()

    async def caught_up() -> bool:
        return sorted(await notes(desk_office, ticket)) == [
            "",
            "begun meanwhile",
            "typo",
            "went on meanwhile",
        ]

    await until(caught_up)


async def test_what_was_lost_in_a_thread_is_found_before_closing(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]

    async with desk_office.deaf("on_message", "on_thread_create"):
        thread = begin(desk_office, channel, agent)
        await agent.send(thread, "lost")
        await desk_office.env.settle()
    await agent.slash(channel, "close")
    await desk_office.taken()

    assert await notes(desk_office, ticket) == ["lost"]
    (page,) = [it.attachments[0] for it in desk_office.transcripts.history() if it.attachments]
    assert b"lost" in await page.read()


async def test_a_comparison_of_threads_takes_and_deletes_nothing_again(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]
    thread = begin(desk_office, channel, agent)
    await agent.send(channel, "Hello")
    await agent.send(thread, "a note")
    await agent.send(channel, "// another")
    gone = begin(desk_office, channel, agent)
    await agent.send(gone, "in a thread that goes")
    await desk_office.taken()
    await desk_office.by_hand(desk_office.client.http.delete_channel(gone.id))
    before = await desk_office.store.log.events(ticket.id)

    for _ in range(2):
        await desk_office.inbox.read_out(channel.id)
        await desk_office.new_session()
        await desk_office.env.settle()
        await desk_office.taken()

    assert await desk_office.store.log.events(ticket.id) == before
    assert marks(thread) == {"a note": ["📝"]}


async def test_a_thread_elsewhere_in_the_guild_is_nobodys_business(desk_office: Office) -> None:
    ticket, _ = await desk_office.open()
    agent = desk_office.people["general"]
    thread = begin(desk_office, desk_office.transcripts, agent)

    await agent.send(thread, "Lunch?")
    await desk_office.taken()

    assert await notes(desk_office, ticket) == []
    assert marks(thread) == {"Lunch?": []}


async def test_notes_of_a_thread_are_in_a_channel_that_is_built_again(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]
    thread = begin(desk_office, channel, agent)
    await agent.send(thread, "he is polite")
    await desk_office.taken()

    await desk_office.by_hand(desk_office.client.http.delete_channel(channel.id))

    again = desk_office.guild.channels[channel.name or ""]
    (note,) = [it.content for it in again.history() if "polite" in it.content]
    assert re.fullmatch(r"📝 Note by general\\-agent, <t:\d+:f>:\n>>> he is polite", note)
    assert await notes(desk_office, ticket) == ["he is polite"]
