"""Notes that staff writes over the API, as staff sees them in the channel."""

import discord
from simcord import ChannelHandle

from tests.office import Office
from tickets.desks.ticket_desk import Said

WHO = "admin\\-agent"


def lines(channel: ChannelHandle) -> list[str]:
    """What the bot has said there, the card and its pin apart."""
    said = [it for it in channel.history() if it.author.bot and not it.components]
    return [it.content for it in said if it.type is discord.MessageType.default]


async def test_a_note_its_change_and_its_end_are_told_with_who_made_them(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    boss = desk_office.caller("admin")

    note = await desk_office.desk.add_note(boss, ticket.id, Said("He was @everyone's **boss**"))
    await desk_office.shown()
    added = lines(channel)
    await desk_office.desk.edit(boss, ticket.id, note.id, Said("She was"))
    await desk_office.shown()
    changed = lines(channel)
    await desk_office.desk.delete(boss, ticket.id, note.id)
    await desk_office.shown()

    assert added == [f"📝 Note by {WHO}:\n>>> He was @everyone's **boss**"]
    assert changed == [f"📝 Note changed by {WHO}:\n>>> She was"]
    assert lines(channel) == [f"📝 {WHO} deleted a note."]


async def test_a_note_that_grows_beyond_its_message_is_told_anew(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    boss = desk_office.caller("admin")
    note = await desk_office.desk.add_note(boss, ticket.id, Said("Short"))
    await desk_office.shown()

    await desk_office.desk.edit(boss, ticket.id, note.id, Said("long " * 700))
    await desk_office.shown()

    first, *changed = lines(channel)
    assert first == f"📝 Note by {WHO}:\n>>> Short"
    assert len(changed) == 2
    assert all(it.startswith(f"📝 Note changed by {WHO}:") for it in changed)
    assert not any(it["mention_everyone"] for it in desk_office.ever_posted(channel))


async def test_a_long_note_is_whole_in_a_file(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    text = "\n".join(f"{number} {'long ' * 60}" for number in range(60))

    await desk_office.desk.add_note(desk_office.caller("admin"), ticket.id, Said(text))
    await desk_office.shown()

    last = channel.last_message
    assert last is not None
    (file,) = last.attachments
    assert file.filename == "message.txt"
    assert (await file.read()).decode() == text
    assert lines(channel)[0].startswith(f"📝 Note by {WHO}:\n>>> 0 long")
    assert len([it for it in channel.history() if it.attachments]) == 1
