"""What the requester has seen shows on the card, and does not edit it all the time."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from simcord import ChannelHandle

from bot.showing.card import card_of
from bot.showing.read_marks import SeenUpTo
from tests.office import CASEY, GUILD, Office, office
from tests.waiting import until
from tickets.desks.reading_desk import ReadingDesk
from tickets.desks.ticket_desk import Said
from tickets.model import MessageId, Ticket

BETWEEN = 0.4
NAME = "Seen by the requester"


@pytest.fixture
async def slow_office(tmp_path: Path) -> AsyncIterator[Office]:
    async with office(tmp_path, seen_between=BETWEEN) as opened:
        yield opened


async def read(office: Office, ticket: Ticket, message_id: MessageId, *, aloud: bool = True) -> None:
    """Casey's client says so."""
    read = await ReadingDesk(office.desk, office.store).read(CASEY, ticket.id, message_id)
    if read is not None and aloud:
        office.store.signals.reads.say(read)


def shown(channel: ChannelHandle) -> str | None:
    (card,) = channel.pinned_messages()
    return {field.name: field.value for field in card.embeds[0].fields}.get(NAME)


async def shows(channel: ChannelHandle, text: str) -> None:
    async def holds() -> bool:
        return text in (shown(channel) or "")

    await until(holds)


async def answered(office: Office, channel: ChannelHandle, ticket: Ticket, text: str) -> MessageId:
    """Staff types it."""
    await office.by_hand(office.people["general"].send(channel, text))
    return (await office.messages(ticket))[-1].id


def edits(office: Office) -> list[int]:
    """The messages that the bot edits from now on."""
    edited: list[int] = []
    edit = office.client.http.edit_message

    async def editing(channel_id: int, message_id: int, **fields: object) -> object:
        edited.append(message_id)
        return await edit(channel_id, message_id, **fields)  # type: ignore[arg-type]

    office.client.http.edit_message = editing  # type: ignore[assignment, method-assign]
    return edited


async def test_the_card_says_and_links_what_the_requester_has_seen(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    typed = await answered(desk_office, channel, ticket, "Have you tried?")
    assert shown(channel) is None

    await read(desk_office, ticket, typed)
    await shows(channel, "message 2")
    place = f"https://discord.com/channels/{GUILD}/{channel.id}/{typed.removeprefix('d:')}"
    assert shown(channel) == f"up to [message 2]({place})"

    own = await desk_office.say(ticket, "Yes")
    await read(desk_office, ticket, own.id)
    await shows(channel, "message 3")
    (link,) = await desk_office.store.channels.links(ticket.id, own.id)
    assert f"/{channel.id}/{link.discord_id})" in (shown(channel) or "")


async def test_a_card_is_edited_for_it_once_in_a_while(slow_office: Office) -> None:
    ticket, channel = await slow_office.open()
    messages = [await answered(slow_office, channel, ticket, f"Try {n}") for n in range(30)]
    edited = edits(slow_office)
    began_at = time.monotonic()

    for message_id in messages:
        await read(slow_office, ticket, message_id)
    await shows(channel, "message 31")

    assert len(edited) <= 2 + (time.monotonic() - began_at) / BETWEEN
    assert len(edited) < len(messages) / 2


async def test_of_two_tickets_neither_waits_for_the_other(slow_office: Office) -> None:
    first, firsts = await slow_office.open()
    second, seconds = await slow_office.open()
    for ticket, channel in ((first, firsts), (second, seconds)):
        message_id = await answered(slow_office, channel, ticket, "Hello")
        await read(slow_office, ticket, message_id)

    await asyncio.gather(shows(firsts, "message 2"), shows(seconds, "message 2"))


async def test_events_do_not_edit_the_card_for_it_more_often(slow_office: Office) -> None:
    ticket, channel = await slow_office.open()
    messages = [await answered(slow_office, channel, ticket, f"Try {n}") for n in range(3)]
    edited = edits(slow_office)
    began_at = time.monotonic()

    for message_id in messages:
        await read(slow_office, ticket, message_id)
        await slow_office.desk.post(slow_office.caller("general"), ticket.id, Said("And?"))
        await slow_office.shown()
    await shows(channel, "message 4")

    assert len(edited) <= 2 + (time.monotonic() - began_at) / BETWEEN
    assert len(edited) < len(messages) * 2


async def test_what_was_read_unheard_shows_at_the_next_event(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    message_id = await answered(desk_office, channel, ticket, "Hello")
    await read(desk_office, ticket, message_id, aloud=False)
    assert shown(channel) is None

    await desk_office.say(ticket, "Hm")

    assert "message 2" in (shown(channel) or "")


async def test_a_card_that_was_removed_by_hand_comes_again_with_it(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    other, others_channel = await desk_office.open()
    message_id = await answered(desk_office, channel, ticket, "Hello")
    others_message = await answered(desk_office, others_channel, other, "Hello")
    found = await desk_office.store.channels.of_ticket(ticket.id)
    assert found is not None
    await desk_office.client.http.delete_message(channel.id, found.card_id or 0)

    await read(desk_office, ticket, message_id)
    await read(desk_office, other, others_message)

    await shows(others_channel, "message 2")
    await shows(channel, "message 2")


async def test_the_card_has_room_for_it(desk_office: Office) -> None:
    full = {f"key {n}": "value" for n in range(16)}
    ticket, _ = await desk_office.open(metadata=full)

    card = card_of(replace(ticket, assignee=desk_office.caller("general").key), {}, SeenUpTo(7))

    assert len(card.fields) == 25
    assert card.fields[8].value == "up to message 7"
