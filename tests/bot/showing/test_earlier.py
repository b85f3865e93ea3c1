"""A channel that is built again shows the newest messages; what came before them is in a file on top."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.office import CASEY, Office, office
from tests.waiting import until
from tickets.desks.ticket_desk import NewTicket, Said
from tickets.model import Status, Ticket
from tickets.ports.channels import ChannelState

SHOWN = 3


@pytest.fixture
async def short_office(tmp_path: Path) -> AsyncIterator[Office]:
    async with office(tmp_path, shown_again=SHOWN) as opened:
        yield opened


async def rebuilt(office: Office, ticket: Ticket, channel: Any) -> Any:
    """The channel in place of this one, which somebody deletes."""
    await office.by_hand(office.client.http.delete_channel(channel.id))
    await office.shown()
    place = await office.store.channels.of_ticket(ticket.id)
    assert place is not None
    assert place.channel_id != channel.id
    return office.guild.channels[channel.name]


async def files(channel: Any) -> list[str]:
    """What the files on top say."""
    kept = [file for it in channel.history() for file in it.attachments if "-earlier" in file.filename]
    return [(await file.read()).decode() for file in kept]


def said(channel: Any) -> list[str]:
    """The words of requesters and staff, without the times above them."""
    return [it.content.split("\n")[-1] for it in channel.history() if it.webhook_id]


async def test_the_newest_are_shown_with_their_times_and_the_rest_is_a_file(short_office: Office) -> None:
    ticket, channel = await short_office.open()
    agent = short_office.people["general"]
    for number in range(4):
        await short_office.say(ticket, f"asked {number}")
    await agent.slash(channel, "level", level="URGENT")
    await short_office.by_hand(agent.send(channel, "// old note"))
    for number in range(2):
        await short_office.say(ticket, f"late {number}")

    again = await rebuilt(short_office, ticket, channel)

    shown = [it.content for it in again.history()]
    (file,) = await files(again)
    assert said(again) == ["late 0", "late 1"]
    assert any("old note" in it for it in shown)
    assert all(it.startswith("-# <t:") for it in shown if "late" in it)
    assert not any("asked" in it or "set the level" in it for it in shown)
    assert [f"asked {number}" in file for number in range(4)] == [True] * 4
    assert "set the level from Normal to Urgent" in file
    assert "late" not in file
    assert "old note" not in file
    assert any(it.startswith(f"The newest {SHOWN} messages follow") for it in shown)


async def test_a_reopened_ticket_whose_channel_went_is_shown_likewise(tmp_path: Path) -> None:
    async with office(tmp_path, shown_again=1, close_grace=0) as short_office:
        ticket, channel = await short_office.open()
        await short_office.say(ticket, "first")
        await short_office.say(ticket, "second")
        await short_office.desk.close(CASEY, ticket.id, Status.RESOLVED)
        await short_office.shown()
        await _until_gone(short_office, ticket)

        await short_office.desk.reopen(CASEY, ticket.id)
        await short_office.shown()

        again = short_office.guild.channels[channel.name or ""]
        (file,) = await files(again)
        assert said(again) == ["second"]
        assert "first" in file
        assert any("opened this ticket again" in it.content for it in again.history())


async def _until_gone(office: Office, ticket: Ticket) -> None:
    async def is_gone() -> bool:
        place = await office.store.channels.of_ticket(ticket.id)
        return place is not None and place.state is ChannelState.GONE

    await until(is_gone)


async def test_few_messages_are_all_shown_and_there_is_no_file(short_office: Office) -> None:
    ticket, channel = await short_office.open()
    for number in range(SHOWN):
        await short_office.say(ticket, f"{number}")

    again = await rebuilt(short_office, ticket, channel)

    assert said(again) == ["0", "1", "2"]
    assert await files(again) == []


async def test_what_is_edited_or_deleted_later_is_so_in_the_file(short_office: Office) -> None:
    ticket, channel = await short_office.open()
    first = await short_office.say(ticket, "My password is 1234")
    second = await short_office.say(ticket, "the blue one")
    for number in range(SHOWN):
        await short_office.say(ticket, f"{number}")
    again = await rebuilt(short_office, ticket, channel)

    await short_office.desk.delete(CASEY, ticket.id, first.id)
    await short_office.desk.edit(CASEY, ticket.id, second.id, Said("the red one"))
    await short_office.shown()

    (file,) = await files(again)
    assert "1234" not in file
    assert "blue" not in file
    assert "the red one" in file


async def test_what_is_said_afterwards_follows_and_the_file_stays_one(short_office: Office) -> None:
    ticket, channel = await short_office.open()
    for number in range(SHOWN + 2):
        await short_office.say(ticket, f"{number}")
    again = await rebuilt(short_office, ticket, channel)

    await short_office.say(ticket, "and on")

    assert len(await files(again)) == 1
    assert said(again) == ["2", "3", "4", "and on"]


async def test_the_first_channel_shows_all_however_late_it_comes(short_office: Office) -> None:
    new = NewTicket(topic="It hurts", description="Everywhere.")
    short_office.client._ready.clear()
    ticket = await short_office.desk.open(CASEY, new)
    for number in range(SHOWN + 2):
        await short_office.desk.post(CASEY, ticket.id, Said(f"{number}"))
    short_office.client._ready.set()
    await short_office.shown()

    channel = short_office.guild.channels["ticket-0001"]
    assert said(channel) == ["0", "1", "2", "3", "4"]
    assert await files(channel) == []
