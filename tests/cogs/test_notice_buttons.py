"""The line about a closing: its channel stays if somebody wants it to, and the ticket can be opened again."""

import re
from pathlib import Path

import discord
import pytest
from simcord import ChannelHandle
from simcord.backend.models import Overwrite

from tests.bot.hearing.test_guarding import ROLE, VIEW
from tests.cards import labels
from tests.cogs.test_card_buttons import told
from tests.office import Office, now, office
from tests.waiting import until
from tickets.desks.keeping_desk import KEPT_FOR, KeepingDesk
from tickets.events import ChannelKept
from tickets.model import Ticket
from tickets.ports.timers import TimerKind
from tickets.sources import from_command


def notice(channel: ChannelHandle) -> discord.Message:
    """The line about the closing."""
    (found,) = [it for it in channel.history() if it.content.startswith("Closed as")]
    return found


async def closed(office: Office) -> tuple[Ticket, ChannelHandle]:
    ticket, channel = await office.open()
    await office.people["general"].slash(channel, "close")
    await office.shown()
    return ticket, channel


async def removal(office: Office) -> int:
    """When the channel goes."""
    at = await office.store.timers.earliest(TimerKind.REMOVAL)
    assert at is not None
    return at


async def test_a_channel_that_somebody_keeps_stays_for_a_day(desk_office: Office) -> None:
    _, channel = await closed(desk_office)
    before = await removal(desk_office)
    assert labels(notice(channel)) == ["Keep open", "Reopen"]

    await desk_office.people["technical"].click(notice(channel), label="Keep open")

    await desk_office.shown()
    after = await removal(desk_office)
    assert KEPT_FOR - 60_000 <= after - before <= KEPT_FOR
    last = notice(channel).content.splitlines()[-1]
    assert re.fullmatch(rf"technical\\?-agent keeps this channel open until <t:{after // 1000}:R>\.", last)
    assert labels(notice(channel)) == ["Keep open", "Reopen"]


async def test_keeping_is_in_the_log_and_shown_however_the_press_ended(desk_office: Office) -> None:
    """As after a kill between the commit and the answer: what stands in the log is shown by the sink."""
    ticket, channel = await closed(desk_office)
    keeping = KeepingDesk(desk_office.desk, now, close_grace=0)
    source = from_command(77)

    for _ in range(2):
        kept = await keeping.keep_open(desk_office.caller("admin"), ticket.id, source=source)
    await desk_office.shown()

    events = await desk_office.store.log.events(ticket.id)
    assert [it.data for it in events if isinstance(it.data, ChannelKept)] == [
        ChannelKept(kept.kept_until or 0)
    ]
    assert await removal(desk_office) == kept.kept_until
    assert "keeps this channel open until" in notice(channel).content
    assert labels(notice(channel)) == ["Keep open", "Reopen"]


async def test_keeping_never_shortens_how_long_a_channel_stays(tmp_path: Path) -> None:
    week = 7 * KEPT_FOR
    async with office(tmp_path, close_grace=week) as long_office:
        ticket, channel = await long_office.open()
        await long_office.people["general"].slash(channel, "close")
        await long_office.shown()

        told_so = await long_office.people["general"].slash(channel, "keep")
        await long_office.shown()

        kept = await long_office.fresh(ticket)
        assert kept.kept_until == (kept.closed_at or 0) + week
        assert told(told_so) == f"This channel goes <t:{(kept.kept_until or 0) // 1000}:R>."


async def test_a_line_about_the_closing_that_is_gone_is_said_again(desk_office: Office) -> None:
    _, channel = await closed(desk_office)
    await desk_office.client.http.delete_message(channel.id, notice(channel).id)

    await desk_office.people["general"].slash(channel, "keep")
    await desk_office.shown()

    assert "keeps this channel open until" in notice(channel).content


async def test_a_closing_that_is_planned_is_called_off_by_button_and_command(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]
    for how in ("button", "command"):
        await agent.slash(channel, "close", reason="Done", **{"in": "2h"})
        await desk_office.shown()
        planned = next(it for it in channel.history() if "closes this ticket" in it.content)
        assert labels(planned) == ["Keep open"]

        pressed = await (
            agent.click(planned, label="Keep open") if how == "button" else agent.slash(channel, "keep")
        )
        await desk_office.shown()

        assert told(pressed) == "Ticket 1 stays open: its closing is called off."
        now_open = await desk_office.fresh(ticket)
        assert (now_open.closes_at, now_open.closing_reason, now_open.is_closed) == (None, None, False)
    again = await agent.slash(channel, "keep")
    assert told(again) == "Ticket 1 is open already."
    said = [it.content for it in channel.history() if "called the closing off" in it.content]
    assert said == [r"general\-agent called the closing off: this ticket stays open."] * 2


async def test_a_channel_that_nobody_keeps_goes(tmp_path: Path) -> None:
    async with office(tmp_path, close_grace=2_000) as short_office:
        one, kept = await short_office.open()
        two, left = await short_office.open()
        for ticket in (one, two):
            await short_office.desk.close(short_office.caller("admin"), ticket.id)
        await short_office.shown()

        await short_office.people["general"].click(notice(kept), label="Keep open")

        await until(lambda: left.name not in short_office.guild.channels)
        assert kept.name in short_office.guild.channels


async def test_reopen_opens_the_ticket_and_ends_the_buttons(desk_office: Office) -> None:
    ticket, channel = await closed(desk_office)

    opened = await desk_office.people["general"].click(notice(channel), label="Reopen")
    await desk_office.shown()

    assert told(opened) == f"Ticket {ticket.number} is open again."
    assert not (await desk_office.fresh(ticket)).is_closed
    assert "opened again since" in notice(channel).content
    assert labels(notice(channel)) == []


@pytest.mark.parametrize("label", ["Keep open", "Reopen"])
async def test_what_came_too_late_is_refused_in_words(desk_office: Office, label: str) -> None:
    ticket, channel = await closed(desk_office)
    before = notice(channel)
    await desk_office.desk.reopen(desk_office.caller("admin"), ticket.id)

    refused = await desk_office.people["general"].click(before, label=label)

    assert told(refused) == f"Ticket {ticket.number} is open already."


@pytest.mark.parametrize("label", ["Keep open", "Reopen"])
async def test_it_is_staffs_alone(tmp_path: Path, label: str) -> None:
    async with office(tmp_path, further_roles=["Auditors"]) as watched_office:
        (auditors,) = watched_office.guild_map.further_roles
        backend, outsider = watched_office.env.backend, watched_office.people["outsider"]
        backend.add_member_role(watched_office.guild.id, outsider.id, auditors)
        ticket, channel = await closed(watched_office)
        backend.set_overwrite(channel.id, Overwrite(auditors, ROLE, allow=VIEW))
        await watched_office.env.settle()

        refused = await outsider.click(notice(channel), label=label)

        assert told(refused) == "Only staff can do this."
        assert (await watched_office.fresh(ticket)).is_closed


async def test_its_buttons_are_known_by_their_ids_alone(desk_office: Office) -> None:
    """So they work after a restart: no process remembers the message."""
    _, channel = await closed(desk_office)

    views = desk_office.client._connection._view_store._views

    assert set(views) == {None}
    assert notice(channel).components
