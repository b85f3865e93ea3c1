"""What the requester has seen shows on the card, and does not edit it all the time."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from simcord import ChannelHandle

from tests.cards import card_in, read
from tests.office import CASEY, GUILD, Office, office
from tests.waiting import until
from tickets.desks.reading_desk import ReadingDesk
from tickets.desks.ticket_desk import Said
from tickets.model import MessageId, Ticket

BETWEEN = 0.4
NAME = "-# Has seen everything up to "


@pytest.fixture
async def slow_office(tmp_path: Path) -> AsyncIterator[Office]:
    async with office(tmp_path, cards_between=BETWEEN) as opened:
        yield opened


async def reads(office: Office, ticket: Ticket, message_id: MessageId, *, aloud: bool = True) -> None:
    """Casey's client says so."""
    found = await ReadingDesk(office.desk, office.store).read(CASEY, ticket.id, message_id)
    if found is not None and aloud:
        office.store.signals.reads.say(found)


def shown(channel: ChannelHandle) -> str | None:
    lines = [it for it in read(card_in(channel)).splitlines() if it.startswith(NAME)]
    return lines[0].removeprefix(NAME) if lines else None


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

    await reads(desk_office, ticket, typed)
    await shows(channel, "message 2")
    place = f"https://discord.com/channels/{GUILD}/{channel.id}/{typed.removeprefix('d:')}"
    assert shown(channel) == f"[message 2]({place})"

    own = await desk_office.say(ticket, "Yes")
    await reads(desk_office, ticket, own.id)
    await shows(channel, "message 3")
    (link,) = await desk_office.store.channels.links(ticket.id, own.id)
    assert f"/{channel.id}/{link.discord_id})" in (shown(channel) or "")


async def test_a_card_is_edited_for_it_once_in_a_while(slow_office: Office) -> None:
    ticket, channel = await slow_office.open()
    messages = [await answered(slow_office, channel, ticket, f"Try {n}") for n in range(30)]
    edited = edits(slow_office)
    began_at = time.monotonic()

    for message_id in messages:
        await reads(slow_office, ticket, message_id)
    await shows(channel, "message 31")

    assert len(edited) <= 2 + (time.monotonic() - began_at) / BETWEEN
    assert len(edited) < len(messages) / 2


async def test_of_two_tickets_neither_waits_for_the_other(slow_office: Office) -> None:
    first, firsts = await slow_office.open()
    second, seconds = await slow_office.open()
    for ticket, channel in ((first, firsts), (second, seconds)):
        message_id = await answered(slow_office, channel, ticket, "Hello")
        await reads(slow_office, ticket, message_id)

    await asyncio.gather(shows(firsts, "message 2"), shows(seconds, "message 2"))


async def test_what_happens_at_once_is_one_edit(slow_office: Office) -> None:
    ticket, channel = await slow_office.open()
    boss = slow_office.caller("admin")
    edited = edits(slow_office)
    began_at = time.monotonic()

    for n in range(10):
        await slow_office.desk.change(boss, ticket.id, {"topic": f"Topic {n}"})
        await slow_office.desk.post(boss, ticket.id, Said(f"Answer {n}"))
        await slow_office.desk.post(CASEY, ticket.id, Said(f"Question {n}"))
    await until(lambda: "Topic 9" in read(card_in(channel)))

    assert len(edited) <= 2 + (time.monotonic() - began_at) / BETWEEN


async def test_what_was_read_unheard_shows_at_the_next_event(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    message_id = await answered(desk_office, channel, ticket, "Hello")
    await reads(desk_office, ticket, message_id, aloud=False)
    assert shown(channel) is None

    await desk_office.say(ticket, "Hm")

    assert "message 2" in (shown(channel) or "")


async def test_a_card_that_was_removed_by_hand_comes_again_with_it(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    other, others_channel = await desk_office.open()
    message_id = await answered(desk_office, channel, ticket, "Hello")
    others_message = await answered(desk_office, others_channel, other, "Hello")
    await desk_office.client.http.delete_message(channel.id, card_in(channel).id)

    await reads(desk_office, ticket, message_id)
    await reads(desk_office, other, others_message)

    await shows(others_channel, "message 2")
    await until(lambda: bool(channel.pinned_messages()))
    await shows(channel, "message 2")
