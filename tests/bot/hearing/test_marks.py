"""The mark on a message says what became of it: sent, kept as a note, or that something did not go."""

from pathlib import Path

import discord
import pytest
from simcord import ChannelHandle

from bot.hearing.intake import InboxOptions
from tests.bot.strict import Strict
from tests.office import Office, office
from tickets.model import Message

MOST = 1024 * 1024
"""Bytes that the office passes on."""
LOST = "Something did not go: log.zip has 1,048,577 bytes, and 1,048,576 are the most."


def marks(channel: ChannelHandle, message: discord.Message) -> list[str]:
    (there,) = [it for it in channel.history() if it.id == message.id]
    return [str(reaction.emoji) for reaction in there.reactions]


def answers(channel: ChannelHandle, message: discord.Message) -> list[str]:
    return [it.content for it in channel.history() if it.reference and it.reference.message_id == message.id]


async def content_of(office: Office, message: Message) -> list[bytes | None]:
    kept = [await office.store.files.get(file.id) for file in message.attachments]
    return [None if it is None else it[1] for it in kept]


@pytest.mark.parametrize(
    ("content", "mark"), [("Hello", "✅"), ("// he is angry", "📝"), ("  //  he is angry", "📝")]
)
async def test_what_is_sent_and_what_is_kept_as_a_note_look_different(
    desk_office: Office, content: str, mark: str
) -> None:
    _, channel = await desk_office.open()

    sent = await desk_office.people["general"].send(channel, content)
    await desk_office.taken()

    assert marks(channel, sent) == [mark]
    assert answers(channel, sent) == []


@pytest.mark.parametrize(
    ("content", "size", "mark", "answer"),
    [
        ("See here", MOST, "✅", ""),
        ("// see here", MOST, "📝", ""),
        ("See here", MOST + 1, "⚠️", LOST),
        ("", MOST + 1, "⚠️", LOST),
        ("// see here", MOST + 1, "⚠️", f"Kept as a note. {LOST}"),
    ],
)
async def test_a_file_that_does_not_go_is_told_to_its_author(
    desk_office: Office, content: str, size: int, mark: str, answer: str
) -> None:
    ticket, channel = await desk_office.open()

    files = [("plan.txt", b"step one"), ("log.zip", b"x" * size)]
    sent = await desk_office.people["general"].send(channel, content, attachments=files)
    await desk_office.taken()

    assert marks(channel, sent) == [mark]
    assert answers(channel, sent) == ([answer] if answer else [])
    (kept,) = [*await desk_office.messages(ticket), *await desk_office.notes(ticket)]
    went = [file.name for file in kept.attachments]
    assert went == (["plan.txt"] if answer else ["plan.txt", "log.zip"])


async def test_a_file_that_discord_does_not_give_is_told_to_its_author(
    desk_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket, channel = await desk_office.open()
    monkeypatch.setattr(desk_office.env.backend.cdn, "get", lambda _: None)

    sent = await desk_office.people["general"].send(channel, "See", attachments=[("plan.txt", b"step one")])
    await desk_office.taken()

    assert marks(channel, sent) == ["⚠️"]
    assert answers(channel, sent) == ["Something did not go: plan.txt could not be had from Discord."]
    (message,) = await desk_office.messages(ticket)
    assert message.content == "See\n[A file could not be passed on: plan.txt]"


async def test_without_marks_something_that_did_not_go_is_answered_all_the_same(tmp_path: Path) -> None:
    async with office(tmp_path, inbox=InboxOptions(mark=False, max_file_bytes=3)) as desk_office:
        _, channel = await desk_office.open()

        sent = await desk_office.people["general"].send(channel, "See", attachments=[("plan.txt", b"long")])
        await desk_office.taken()

        assert marks(channel, sent) == []
        assert answers(channel, sent) == ["Something did not go: plan.txt has 4 bytes, and 3 are the most."]


async def test_a_message_that_becomes_a_note_changes_its_mark_and_keeps_its_files(
    desk_office: Office,
) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]
    sent = await agent.send(channel, "he is angry", attachments=[("face.png", b"a picture")])
    await desk_office.taken()
    (message,) = await desk_office.messages(ticket)
    seen = message.attachments

    await agent.edit(sent, "// he is angry")
    await desk_office.taken()
    await agent.edit(sent, "// he is very angry")
    await desk_office.taken()

    assert marks(channel, sent) == ["📝"]
    (note,) = await desk_office.notes(ticket)
    assert note.content == "he is very angry"
    assert await content_of(desk_office, note) == [b"a picture"]
    assert [await desk_office.store.files.get(file.id) for file in seen] == [None]
    assert {file.id for file in seen}.isdisjoint(file.id for file in note.attachments)

    await agent.delete(sent)
    await desk_office.taken()
    assert await content_of(desk_office, note) == [None]


@pytest.mark.parametrize("words", ["he is angry", "he is very angry"])
async def test_a_note_edited_to_be_public_is_answered_once(desk_office: Office, words: str) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]
    sent = await agent.send(channel, "// he is angry")
    await desk_office.taken()

    await agent.edit(sent, words)
    await desk_office.taken()
    await desk_office.new_session()
    await desk_office.taken()

    assert answers(channel, sent) == ["This is still a note: post it anew, and the requester sees it."]
    assert marks(channel, sent) == ["📝"]
    assert await desk_office.messages(ticket) == []
    (note,) = await desk_office.notes(ticket)
    assert note.content == words


async def test_what_came_too_late_is_marked_as_the_note_that_it_is(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]
    async with desk_office.deaf("on_message"):
        sent = await agent.send(channel, "One last thing")
    await desk_office.desk.close(desk_office.caller("general"), ticket.id)
    await desk_office.taken()

    assert marks(channel, sent) == ["📝"]
    assert "Kept as a note, not sent" in answers(channel, sent)[0]


@pytest.mark.parametrize(("status", "code"), [(403, 90001), (403, 50013), (400, 10014)])
async def test_a_mark_that_discord_refuses_is_a_reply(
    desk_office: Office, strict: Strict, status: int, code: int
) -> None:
    """Somebody who has blocked the bot gets no reaction from it, and is to know all the same."""
    _, channel = await desk_office.open()
    strict.refuses = [("PUT", "/reactions/", status, code)]

    sent = await desk_office.people["general"].send(channel, "Hello")
    await desk_office.taken()

    assert answers(channel, sent) == ["✅"]
