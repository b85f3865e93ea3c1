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
from tests.office import Office, office
from tests.waiting import until
from tickets.desks.keeping_desk import KEPT_FOR
from tickets.model import Ticket
from tickets.ports.timers import TimerKind


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

    after = await removal(desk_office)
    assert KEPT_FOR - 60_000 <= after - before <= KEPT_FOR
    last = notice(channel).content.splitlines()[-1]
    assert re.fullmatch(rf"technical\\?-agent keeps this channel open until <t:{after // 1000}:R>\.", last)
    assert labels(notice(channel)) == ["Keep open", "Reopen"]


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
