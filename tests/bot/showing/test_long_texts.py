"""Long texts reach Discord in a handful of messages, or as a file; edits and deletions find them."""

import pytest
from simcord import ChannelHandle

from bot.showing.parts import length
from tests.bot.showing.test_requesters_files import TOO_LARGE, uploaded
from tests.office import CASEY, Office
from tickets.desks.ticket_desk import Said
from tickets.model import FileId, Message, Ticket

ENDLESS = "😀" * 4_000
"""8,000 characters as Discord counts, and with the links of files more than a handful of messages."""


async def many_files(office: Office, count: int = 10) -> list[FileId]:
    """Files that are too large for Discord, and so links."""
    return [await uploaded(office, f"{'n' * 100}{number}.txt", TOO_LARGE) for number in range(count)]


async def endless(office: Office, files: int = 10, small: int = 0) -> tuple[Ticket, ChannelHandle, Message]:
    ticket, channel = await office.open()
    uploads = [*await many_files(office, files), *[await uploaded(office, f"{n}.txt") for n in range(small)]]
    message = await office.desk.post(CASEY, ticket.id, Said(ENDLESS), uploads=uploads)
    await office.shown()
    return ticket, channel, message


def copies(channel: ChannelHandle) -> list[tuple[str, dict[str, int]]]:
    """What the webhook shows: the words, and the names and sizes of files, oldest first."""
    shown = sorted((it for it in channel.history() if it.webhook_id), key=lambda it: it.id)
    return [(it.content, {file.filename: file.size for file in it.attachments}) for it in shown]


@pytest.mark.parametrize("text", ["`" * 4_000, "](" * 2_000, "<@" * 2_000, "a" + "\n" * 3_998 + "b", ENDLESS])
async def test_a_hostile_text_is_a_handful_of_messages(desk_office: Office, text: str) -> None:
    ticket, channel = await desk_office.open()

    await desk_office.say(ticket, text)

    assert len(copies(channel)) <= 5
    assert all(length(content) <= 2_000 for content, _ in copies(channel))


async def test_what_is_longer_goes_as_a_file_beside_its_beginning(desk_office: Office) -> None:
    _, channel, _ = await endless(desk_office)

    shown = copies(channel)
    assert 1 <= len(shown) <= 3
    assert shown[0][0].startswith("😀" * 700)
    assert "message.txt" in "".join(content for content, _ in shown)
    assert "".join(content for content, _ in shown).count("https://") == 10
    assert [files for _, files in shown][-1] == {"message.txt": 16_000}


async def test_beside_a_long_text_ten_files_are_nine_and_a_link(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    files = [await uploaded(desk_office, f"{number}.txt") for number in range(10)]
    message = await desk_office.desk.post(CASEY, ticket.id, Said("😀" * 6_000), uploads=files)
    await desk_office.shown()
    content, shown = copies(channel)[-1]
    assert [*shown] == ["message.txt", *(f"{number}.txt" for number in range(9))]
    assert content.endswith("/9.txt")

    await desk_office.desk.edit(CASEY, ticket.id, message.id, Said("Never mind"), keep_files=True)
    await desk_office.shown()

    assert [*copies(channel)[-1][1]] == [f"{number}.txt" for number in range(10)]


async def test_an_edit_changes_the_file_or_takes_it_out(desk_office: Office) -> None:
    ticket, channel, message = await endless(desk_office, files=8, small=1)
    assert copies(channel)[-1][1] == {"message.txt": 16_000, "0.txt": 3}

    await desk_office.desk.edit(CASEY, ticket.id, message.id, Said("😁" * 3_999), keep_files=True)
    await desk_office.shown()
    assert copies(channel)[-1][1] == {"message.txt": 15_996, "0.txt": 3}
    assert copies(channel)[0][0].startswith("😁")

    await desk_office.desk.edit(CASEY, ticket.id, message.id, Said("Never mind"), keep_files=True)
    await desk_office.shown()
    assert copies(channel)[0][0].startswith("Never mind")
    assert copies(channel)[-1][1] == {"0.txt": 3}


async def test_a_file_of_the_requesters_that_has_the_same_name_stays(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    file = await uploaded(desk_office, "message.txt")
    message = await desk_office.desk.post(CASEY, ticket.id, Said("Look"), uploads=[file])
    await desk_office.shown()

    await desk_office.desk.edit(CASEY, ticket.id, message.id, Said("Look here"), keep_files=True)
    await desk_office.shown()

    assert copies(channel) == [("Look here", {"message.txt": 3})]


async def test_a_deleted_copy_takes_its_file_along(desk_office: Office) -> None:
    ticket, channel, message = await endless(desk_office)

    await desk_office.desk.delete(CASEY, ticket.id, message.id)
    await desk_office.shown()

    assert copies(channel) == []


async def test_an_edit_that_became_long_is_a_handful_of_replies(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    message = await desk_office.say(ticket, "Short")

    await desk_office.desk.edit(CASEY, ticket.id, message.id, Said("😀" * 4_000))
    await desk_office.shown()

    told = [it for it in channel.history() if "😀" in it.content]
    assert 1 <= len(told) <= 5
    assert sum(it.content.count("😀") for it in told) == 4_000


async def test_a_long_note_is_a_handful_of_messages(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    before = len(list(channel.history()))

    await desk_office.desk.add_note(desk_office.caller("general"), ticket.id, Said("`" * 4_000))
    await desk_office.shown()

    assert len(list(channel.history())) - before <= 4


async def test_a_note_that_is_longer_goes_as_a_file(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()

    await desk_office.desk.add_note(desk_office.caller("general"), ticket.id, Said("n" * 20_000))
    await desk_office.shown()

    (note,) = [it for it in channel.history() if "Note by" in it.content]
    assert [(file.filename, file.size) for file in note.attachments] == [("message.txt", 20_000)]
