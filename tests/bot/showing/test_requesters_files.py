"""Requesters' files reach Discord, and go from there when they are deleted."""

from tests.office import CASEY, Office, now
from tickets.desks.file_desk import FileDesk
from tickets.desks.ticket_desk import NewTicket, Said
from tickets.model import Attachment, FileId
from tickets.ports.uploads import Upload

TOO_LARGE = 2**20 + 1
"""Bytes: more than the office passes on to Discord."""


async def uploaded(office: Office, name: str, size: int = 3) -> FileId:
    file = Attachment(FileId(name), name, "text/plain", size)
    assert await office.store.uploads.add(Upload(file=file, uploader=CASEY.key, at=now()))
    await office.store.files.put(file, b"x" * min(size, 100))
    return file.id


def names(office: Office, number: int = 1) -> list[list[str]]:
    channel = office.guild.channels[f"ticket-{number:04}"]
    return [[file.filename for file in it.attachments] for it in channel.history() if it.webhook_id]


async def test_files_of_a_message_are_shown_and_those_too_large_are_linked(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    small, large = (
        await uploaded(desk_office, "small.txt"),
        await uploaded(desk_office, "large.txt", TOO_LARGE),
    )

    await desk_office.desk.post(CASEY, ticket.id, Said(""), uploads=[small, large])
    await desk_office.shown()

    assert names(desk_office) == [["small.txt"]]
    assert channel.last_message is not None
    assert "/large.txt" in channel.last_message.content


async def test_files_of_a_ticket_are_shown(desk_office: Office) -> None:
    file = await uploaded(desk_office, "log.txt")

    await desk_office.desk.open(CASEY, NewTicket(topic="a", description="b"), uploads=[file])
    await desk_office.shown()

    assert names(desk_office) == [["log.txt"]]


async def test_deleted_files_leave_discord(desk_office: Office) -> None:
    first, second, third, fourth = [await uploaded(desk_office, f"{n}.txt") for n in range(4)]
    ticket = await desk_office.desk.open(
        CASEY, NewTicket(topic="a", description="b"), uploads=[first, second]
    )
    await desk_office.desk.post(CASEY, ticket.id, Said("Look"), uploads=[third])
    whole = await desk_office.desk.post(CASEY, ticket.id, Said(""), uploads=[fourth])
    await desk_office.shown()

    for file in (first, third):
        await FileDesk(desk_office.desk, desk_office.store, now).delete(CASEY, file)
    await desk_office.desk.delete(CASEY, ticket.id, whole.id)
    await desk_office.shown()
    assert names(desk_office) == [["1.txt"], []]

    await FileDesk(desk_office.desk, desk_office.store, now).delete(CASEY, second)
    await desk_office.shown()
    assert names(desk_office) == [[]]
    assert [await desk_office.store.files.get(it) for it in (first, second, third, fourth)] == [None] * 4
