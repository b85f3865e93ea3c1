"""Files: what comes, what is part of what, and what goes."""

import pytest

from tests.clocks import Hands
from tests.people import ANN, AS_ANN, AS_BEN, AS_EVE, AS_SAM, BEN, SAM_ANSWERS
from tickets.decisions import Decision
from tickets.desks.file_desk import FileDesk
from tickets.desks.ticket_desk import Desk, NewTicket, Said
from tickets.events import Change, MessageDeleted, MessageEdited, TicketChanged
from tickets.model import Attachment, AuthorType, Caller, FileId, Ticket
from tickets.ports.store import Store
from tickets.ports.users import Block
from tickets.refusals import FileNotFound, NotTheUploader, TicketNotFound, TooManyUploads, UserIsBlocked
from tickets.sources import from_api


@pytest.fixture
def files(desk: Desk, store: Store, clock: Hands) -> FileDesk:
    return FileDesk(desk, store, clock)


async def upload(files: FileDesk, name: str, caller: Caller = AS_ANN, size: int = 3) -> FileId:
    file = Attachment(FileId(name), f"{name}.txt", "text/plain", size)
    with files.draft() as content:
        await content.write(b"abc")
        await content.flush()
        await files.keep(caller, file, content)
    return file.id


async def names(files: FileDesk, ticket: Ticket) -> list[str]:
    return [it.file.id for it in await files.of_ticket(AS_ANN, ticket.id)]


async def test_the_files_of_a_ticket_are_its_own_and_its_messages_and_no_notes(
    files: FileDesk, desk: Desk
) -> None:
    new = NewTicket(topic="x", description="y")
    ticket = await desk.open(AS_ANN, new, uploads=[await upload(files, "a")])
    await desk.post(AS_ANN, ticket.id, Said(""), uploads=[await upload(files, "b")])
    secret = Attachment(FileId("c"), "c.txt", "text/plain", 3)
    await desk.add_note(AS_SAM, ticket.id, Said("", (secret,)))

    assert await names(files, ticket) == ["a", "b"]
    with pytest.raises(TicketNotFound):
        await files.of_ticket(AS_BEN, ticket.id)


async def test_a_file_that_goes_leaves_ticket_and_message(files: FileDesk, desk: Desk, store: Store) -> None:
    new = NewTicket(topic="x", description="y")
    ticket = await desk.open(AS_ANN, new, uploads=[await upload(files, "a")])
    await desk.post(AS_ANN, ticket.id, Said("Look"), uploads=[await upload(files, "b")])
    alone = await desk.post(AS_ANN, ticket.id, Said(""), uploads=[await upload(files, "c")])
    await desk.close(AS_EVE, ticket.id)

    for name in "abc":
        await files.delete(AS_ANN, FileId(name))

    assert await names(files, ticket) == []
    events = (await store.log.events(ticket.id))[-3:]
    assert events[0].data == TicketChanged((Change("attachments", "a", None),))
    assert isinstance(events[1].data, MessageEdited)
    assert events[2].data == MessageDeleted(alone.id, (FileId("c"),))
    assert {it.actor.type for it in events} == {AuthorType.REQUESTER}
    assert [await store.files.get(FileId(name)) for name in "abc"] == [None] * 3


async def test_a_file_goes_that_was_taken_out_before(files: FileDesk, desk: Desk, ticket: Ticket) -> None:
    message = await desk.post(AS_ANN, ticket.id, Said("Look"), uploads=[await upload(files, "a")])
    await desk.delete(AS_ANN, ticket.id, message.id)

    await files.delete(AS_ANN, FileId("a"))

    with pytest.raises(FileNotFound):
        await files.delete(AS_ANN, FileId("a"))
    assert (await desk.ticket(AS_ANN, ticket.id)).seq == 3


async def test_a_file_that_nothing_uses_just_goes(files: FileDesk, store: Store) -> None:
    file = await upload(files, "a")

    await files.delete(AS_ANN, file)

    assert await store.files.get(file) is None


async def test_only_uploaders_and_admins_remove_files(files: FileDesk, desk: Desk, ticket: Ticket) -> None:
    await desk.post(AS_ANN, ticket.id, Said("Look"), uploads=[await upload(files, "a")])

    for caller, refusal in ((AS_BEN, FileNotFound), (AS_SAM, NotTheUploader)):
        with pytest.raises(refusal):
            await files.delete(caller, FileId("a"))
    await files.delete(AS_EVE, FileId("a"))

    assert await names(files, ticket) == []


async def test_an_uploader_removes_a_file_also_from_what_has_become_anothers(
    files: FileDesk, desk: Desk, store: Store, ticket: Ticket
) -> None:
    await desk.post(AS_ANN, ticket.id, Said("Look"), uploads=[await upload(files, "a")])
    to_ben = Decision(SAM_ANSWERS, TicketChanged((Change("requester", str(ANN.key), str(BEN.key)),)))
    await store.log.append(ticket.id, from_api(), lambda _: to_ben)

    await files.delete(AS_ANN, FileId("a"))

    (message,) = await store.views.messages(ticket.id)
    assert message.attachments == ()


async def test_an_upload_that_comes_again_changes_nothing(
    files: FileDesk, desk: Desk, ticket: Ticket
) -> None:
    file = await upload(files, "a")
    await desk.post(AS_ANN, ticket.id, Said(""), uploads=[file])

    assert await upload(files, "a") == file
    assert await names(files, ticket) == ["a"]


async def test_who_is_blocked_or_has_too_much_uploads_nothing(files: FileDesk, store: Store) -> None:
    await upload(files, "huge", size=2**40)
    with pytest.raises(TooManyUploads):
        await upload(files, "a")
    await store.users.block(ANN.key, Block())

    with pytest.raises(UserIsBlocked):
        await upload(files, "a")
    with pytest.raises(UserIsBlocked):
        await files.delete(AS_ANN, FileId("a"))
