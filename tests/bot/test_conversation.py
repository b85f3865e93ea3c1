"""Messages travel both ways, each once and in order."""

import logging
from pathlib import Path

import discord
import pytest

from bot.hearing.intake import InboxOptions
from tests.office import CASEY, Office, office
from tests.waiting import until
from tickets.desks.ticket_desk import Said
from tickets.model import AuthorType, Caller, Delivery, Person, Status, UserKey, UserRole
from tickets.sources import from_message


async def test_what_a_requester_says_appears_under_their_name(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()

    await desk_office.say(ticket, "Hello?")

    shown = channel.last_message
    assert shown is not None
    assert shown.content == "Hello?"
    assert shown.author.name == "Casey · requester"
    assert shown.webhook_id is not None


async def test_what_a_service_says_appears_under_its_name_and_leaves_the_turn_where_it_is(
    desk_office: Office,
) -> None:
    ticket, channel = await desk_office.open()
    shop = Person(UserKey("default", "shop"), "Shop", UserRole.AGENT, "shop@example.test", is_service=True)

    await desk_office.desk.post(Caller(shop), ticket.id, Said("Your order is on its way."))
    await desk_office.shown()

    shown = channel.last_message
    assert shown is not None
    assert (shown.author.name, shown.content) == ("Shop · service", "Your order is on its way.")
    assert (await desk_office.fresh(ticket)).status is Status.OPEN


async def test_a_shown_message_is_delivered(desk_office: Office) -> None:
    ticket, _ = await desk_office.open()

    message = await desk_office.say(ticket, "Hello?")

    assert message.delivery is Delivery.QUEUED
    (stored,) = await desk_office.messages(ticket)
    assert stored.delivery is Delivery.DELIVERED


async def test_while_the_bot_is_not_connected_nothing_is_tried_and_nothing_fails(
    desk_office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    ticket, channel = await desk_office.open()
    caplog.set_level(logging.INFO)

    desk_office.client._ready.clear()
    await desk_office.desk.post(CASEY, ticket.id, Said("Hello?"))
    await until(lambda: _has(caplog, "is away, all tickets wait"))
    (waiting,) = await desk_office.messages(ticket)
    desk_office.client._ready.set()
    await desk_office.shown()

    assert waiting.delivery is Delivery.QUEUED
    assert desk_office.ever_said_by_requesters(channel) == ["Hello?"]


async def _has(caplog: pytest.LogCaptureFixture, words: str) -> bool:
    return words in caplog.text


async def test_messages_appear_in_order(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()

    for number in range(20):
        await desk_office.desk.post(CASEY, ticket.id, Said(f"{number}"))
    await desk_office.shown()

    assert desk_office.ever_said_by_requesters(channel) == [f"{number}" for number in range(20)]


async def test_a_long_message_arrives_whole_in_parts(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    words = " ".join(f"word{number}" for number in range(450))

    await desk_office.say(ticket, words[:4000])

    parts = desk_office.ever_said_by_requesters(channel)
    assert len(parts) > 1
    assert " ".join(parts).split() == words[:4000].split()


async def test_nothing_in_a_requesters_message_pings(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()

    await desk_office.say(ticket, "@everyone @here <@&1> [bank](https://evil.example)")

    shown = channel.last_message
    assert shown is not None
    assert (shown.mention_everyone, shown.mentions, shown.role_mentions) == (False, [], [])
    assert shown.content.replace("\u200b", "|") == "@everyone @here <|@&1> [bank]|(https://evil.example)"


async def test_a_requesters_edit_and_deletion_reach_discord(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    first = await desk_office.say(ticket, "frist")
    second = await desk_office.say(ticket, "my password")

    await desk_office.desk.edit(CASEY, ticket.id, first.id, Said("first"))
    await desk_office.desk.delete(CASEY, ticket.id, second.id)
    await desk_office.shown()

    assert [message.content for message in channel.history() if message.webhook_id] == ["first"]


async def test_an_edit_that_needs_more_parts_is_posted_as_a_reply(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    short = await desk_office.say(ticket, "short")

    await desk_office.desk.edit(CASEY, ticket.id, short.id, Said("long " * 500))
    await desk_office.shown()

    replies = [message for message in channel.history() if message.reference]
    assert sum(message.content.count("long") for message in replies) == 500


async def test_what_staff_says_is_stored_and_marked(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()

    sent = await desk_office.people["general"].send(channel, "We are looking into it.")
    await desk_office.taken()

    (message,) = await desk_office.messages(ticket)
    assert message.content == "We are looking into it."
    assert message.author.type is AuthorType.STAFF
    assert (await desk_office.fresh(ticket)).status is Status.PENDING
    assert [str(reaction.emoji) for reaction in _again(channel, sent).reactions] == ["✅"]


async def test_invisible_characters_of_staffs_are_dropped_and_make_no_edit(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]
    sent = await agent.send(channel, "\ufeffDone\u200b.")
    await desk_office.taken()
    await agent.edit(sent, "\ufeffDone\u200b.\u2060")
    await desk_office.taken()

    (message,) = await desk_office.messages(ticket)
    assert (message.content, message.edited) == ("Done.", False)


async def test_the_mark_can_be_switched_off(tmp_path: Path) -> None:
    async with office(tmp_path, inbox=InboxOptions(mark=False)) as desk_office:
        _, channel = await desk_office.open()

        sent = await desk_office.people["general"].send(channel, "Quietly stored.")
        await desk_office.taken()

        assert _again(channel, sent).reactions == []


async def test_staffs_edit_and_deletion_are_stored(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]
    first = await agent.send(channel, "Tomorow")
    second = await agent.send(channel, "oops")

    await agent.edit(first, "Tomorrow")
    await agent.delete(second)
    await desk_office.taken()

    stored = await desk_office.messages(ticket)
    assert [(it.content, it.edited, it.deleted) for it in stored] == [
        ("Tomorrow", True, False),
        ("", False, True),
    ]


async def test_staffs_files_are_kept_and_go_when_deleted(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]

    sent = await agent.send(channel, "See here", attachments=[("plan.txt", b"step one")])
    await desk_office.taken()

    (message,) = await desk_office.messages(ticket)
    (file,) = message.attachments
    kept = await desk_office.store.files.get(file.id)
    assert kept is not None
    assert (kept[0].name, kept[1]) == ("plan.txt", b"step one")

    await agent.delete(sent)
    await desk_office.taken()

    assert await desk_office.store.files.get(file.id) is None


async def test_an_edit_keeps_the_file_that_discord_no_longer_gives(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]
    sent = await agent.send(channel, "See here", attachments=[("plan.txt", b"step one")])
    await desk_office.taken()
    (before,) = await desk_office.messages(ticket)

    desk_office.env.backend.cdn._blobs.clear()
    await agent.edit(sent, "See here!")
    await desk_office.taken()

    (message,) = await desk_office.messages(ticket)
    assert (message.content, message.attachments) == ("See here!", before.attachments)
    assert [file.name for file in message.attachments] == ["plan.txt"]


async def test_what_discord_does_not_know_is_known_by_content(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]
    heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"

    sent = await agent.send(channel, "See here", attachments=[("IMG_1.unknown", heic)])
    await desk_office.taken()
    await agent.edit(sent, "See here!")
    await desk_office.taken()

    (message,) = await desk_office.messages(ticket)
    assert message.content == "See here!"
    assert [(file.name, file.type) for file in message.attachments] == [("IMG_1.unknown", "image/heic")]


async def test_somebody_without_a_support_role_is_not_relayed(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    outsider = desk_office.people["outsider"]
    may_write = str(discord.Permissions(view_channel=True, send_messages=True).value)
    await desk_office.client.http.edit_channel_permissions(channel.id, outsider.id, may_write, "0", 1)

    await outsider.send(channel, "I am the boss here")
    await desk_office.taken()

    assert await desk_office.messages(ticket) == []
    assert channel.last_message is not None
    assert "Not sent: only staff" in channel.last_message.content


async def test_a_note_stays_among_staff(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]

    sent = await agent.send(channel, "// he is angry")
    await agent.edit(sent, "he is very angry")
    await desk_office.taken()

    assert await desk_office.messages(ticket) == []
    (note,) = await desk_office.notes(ticket)
    assert note.content == "he is very angry"


async def test_a_message_edited_into_a_note_is_deleted_for_the_requester(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]
    sent = await agent.send(channel, "he is angry")

    await agent.edit(sent, "// he is angry")
    await desk_office.taken()

    (message,) = await desk_office.messages(ticket)
    assert message.deleted
    (note,) = await desk_office.notes(ticket)
    assert note.content == "he is angry"


@pytest.mark.parametrize("deleted", [False, True])
async def test_a_message_half_made_into_a_note_by_a_process_that_ended_is_withdrawn(
    desk_office: Office, *, deleted: bool
) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]
    sent = await agent.send(channel, "he is angry")
    await desk_office.taken()
    async with desk_office.deaf():
        await agent.edit(sent, "// he is angry")
        await desk_office.desk.add_note(
            desk_office.caller("general"),
            ticket.id,
            Said("he is angry"),
            source=from_message(channel.id, sent.id, ":n"),
        )
        if deleted:
            await agent.delete(sent)
        await desk_office.taken()

    await desk_office.new_session()

    async def withdrawn() -> bool:
        return all(it.deleted for it in await desk_office.messages(ticket))

    await until(withdrawn)
    assert [it.deleted for it in await desk_office.notes(ticket)] == [deleted]


async def test_staff_deleting_a_requesters_copy_removes_only_the_copy(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    await desk_office.say(ticket, "Hello?")
    copy = channel.last_message
    assert copy is not None

    there = desk_office.client.get_channel(channel.id)
    assert isinstance(there, discord.TextChannel)
    await there.get_partial_message(copy.id).delete()
    await desk_office.taken()

    (message,) = await desk_office.messages(ticket)
    assert not message.deleted


@pytest.mark.parametrize(
    ("content", "expected"),
    [("<@{agent}> and <:wave:123456789012345678>", "@general-agent and :wave:"), ("plain", "plain")],
)
async def test_mentions_become_names(desk_office: Office, content: str, expected: str) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]

    await agent.send(channel, content.format(agent=agent.id))
    await desk_office.taken()

    (message,) = await desk_office.messages(ticket)
    assert message.content == expected


def _again(channel: object, message: discord.Message) -> discord.Message:
    return next(it for it in channel.history() if it.id == message.id)  # type: ignore[attr-defined,no-any-return]
