"""What people do to messages of staff otherwise than one by one, or half."""

from typing import Any

import pytest

from tests.office import Office
from tickets.desks.ticket_desk import Said
from tickets.events import Event
from tickets.model import TicketId
from tickets.sources import from_message


async def test_what_is_deleted_at_one_stroke_is_withdrawn_one_by_one(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]
    sent = [await agent.send(channel, f"Oops {number}") for number in range(3)]
    kept = await agent.send(channel, "This stays")
    await desk_office.taken()

    await desk_office.by_hand(
        desk_office.client.http.delete_messages(channel.id, [it.id for it in sent], reason="cleaning")
    )

    stored = await desk_office.messages(ticket)
    assert [(it.content, it.deleted) for it in stored] == [*[("", True)] * 3, (kept.content, False)]


async def test_who_deletes_much_in_a_long_ticket_has_its_log_read_once(
    desk_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]
    sent = [await agent.send(channel, f"Oops {number}") for number in range(10)]
    await desk_office.taken()
    for number in range(100):
        said, source = Said(f"{number}"), from_message(channel.id, number + 1)
        await desk_office.desk.add_note(desk_office.caller("general"), ticket.id, said, source=source)
    await desk_office.shown()
    of_store, read = desk_office.store.log.events, list[int]()

    async def counted(ticket_id: TicketId, **span: Any) -> list[Event]:
        found = await of_store(ticket_id, **span)
        read.append(len(found))
        return found

    monkeypatch.setattr(desk_office.store.log, "events", counted)
    deletion = desk_office.client.http.delete_messages(channel.id, [it.id for it in sent], reason="cleaning")
    await desk_office.by_hand(deletion)

    assert all(it.deleted for it in await desk_office.messages(ticket))
    assert sum(read) < 300


async def test_of_a_message_that_is_edited_into_a_note_no_file_is_left_that_cannot_be_had(
    desk_office: Office,
) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]
    sent = await agent.send(channel, "See here", attachments=[("plan.txt", b"step one")])
    await desk_office.taken()

    await agent.edit(sent, "// not for him")
    await desk_office.taken()

    (note,) = await desk_office.notes(ticket)
    (message,) = await desk_office.messages(ticket)
    assert (note.content, message.deleted, message.attachments) == ("not for him", True, ())
    for file in note.attachments:
        assert await desk_office.store.files.get(file.id) is not None
