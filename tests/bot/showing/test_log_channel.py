"""The log channel tells what becomes of tickets, by whom, once each."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from simcord.backend.models import Overwrite
from simcord.enums import OverwriteType

from bot.showing.lines import Lines
from bot.showing.log_channel import LogChannel, LogSink, RemovalsInLog
from tests.office import CASEY, Office, office
from tests.waiting import until
from texts.language import Language
from tickets.model import Status
from tickets.ports.channels import Channels, Link
from tickets.ports.sinks import Away, SinkName
from tickets.ports.timers import Timer, TimerKind


@pytest.fixture
async def log_office(tmp_path: Path) -> AsyncIterator[Office]:
    async with office(tmp_path, with_log=True, close_grace=0) as opened:
        yield opened


async def told(log_office: Office) -> list[str]:
    """What the log channel ever said, without times and links, once all of it is said."""
    await until(lambda: _nothing_due(log_office))
    lines = [it["content"] for it in log_office.ever_posted(log_office.guild.channels["log"])]
    return [re.sub(r"\[(#\d+)\]\(<[^>]*>\)", r"\1", re.sub(r"^<t:\d+:T> ", "", it)) for it in lines]


async def _nothing_due(log_office: Office) -> bool:
    store = log_office.store
    due = await store.backlog.earliest(SinkName.LOG), await store.timers.earliest(TimerKind.REMOVED)
    return due == (None, None)


async def test_it_tells_what_becomes_of_a_ticket_and_by_whom(log_office: Office) -> None:
    ticket, channel = await log_office.open(topic="It *hurts*")
    agent = log_office.people["general"]
    await agent.slash(channel, "claim")
    await agent.slash(channel, "level", level="URGENT")
    await agent.slash(channel, "topic", topic="Something else")
    await log_office.by_hand(agent.send(channel, "Hello"))
    await agent.slash(channel, "close", reason="All <@1> done")
    await log_office.shown()
    await until(lambda: len(log_office.ever_posted(log_office.guild.channels["log"])) == 5)
    await log_office.desk.reopen(CASEY, ticket.id)

    lines = await told(log_office)

    assert lines == [
        r"**#1** Casey opened this ticket. It \*hurts\*",
        r"**#1** general\-agent claimed this ticket.",
        r"**#1** general\-agent set the level from Normal to Urgent.",
        r"**#1** general\-agent closed this ticket as Resolved: All <@1\> done",
        r"**#1** The channel was removed, as general\-agent closed this ticket.",
        "**#1** Casey opened this ticket again.",
    ]


async def test_a_channel_that_somebody_removes_is_told(log_office: Office) -> None:
    _, channel = await log_office.open()

    await log_office.by_hand(log_office.client.http.delete_channel(channel.id))

    await until(lambda: len(log_office.ever_posted(log_office.guild.channels["log"])) == 2)
    assert (await told(log_office))[1:] == ["**#1** Somebody removed the channel by hand."]


async def test_who_removed_it_is_told_where_the_audit_log_says(log_office: Office) -> None:
    _, channel = await log_office.open()
    boss = log_office.people["admin"]
    await boss.slash(channel, "subscribe")

    log_office.env.backend.delete_channel(channel.id)
    log_office.env.backend.record_audit_log(log_office.guild.id, 12, target_id=channel.id, user_id=boss.id)
    await log_office.env.settle()

    await until(lambda: len(log_office.ever_posted(log_office.guild.channels["log"])) == 2)
    assert (await told(log_office))[1:] == [r"**#1** admin\-agent removed the channel."]
    assert log_office.ever_posted(log_office.guild.channels["log"])[1]["mentions"] == []


async def test_it_pings_nobody_and_leads_to_the_channel(log_office: Office) -> None:
    _, channel = await log_office.open(topic="@everyone <@&1>")
    await told(log_office)

    (line,) = log_office.ever_posted(log_office.guild.channels["log"])

    assert (line["mentions"], line["mention_roles"], line["mention_everyone"]) == ([], [], False)
    assert f"/{channel.id}>)" in line["content"] or "[" not in line["content"]


def another_process(log_office: Office) -> LogChannel:
    """It knows what the store knows, and no more."""
    it = log_office
    lines = Lines(it.store, it.guild_map.guild_id)
    return LogChannel(it.client, it.store, it.guild_map, lines, Language.EN)


class Killed(Exception):
    """A process ends."""


class KilledBeforeKeeping:
    """Channels to which a process does not come any more once it has posted."""

    def __init__(self, channels: Channels) -> None:
        self._channels = channels

    def __getattr__(self, name: str) -> Any:
        return getattr(self._channels, name)

    async def link(self, _: Link) -> None:
        raise Killed


async def test_what_was_posted_but_not_kept_is_not_posted_again(tmp_path: Path) -> None:
    async with office(tmp_path, with_board=True) as log_office:  # nothing else posts lines in it
        there = log_office.guild.channels["board"]
        log_office.guild_map = replace(log_office.guild_map, log_channel_id=there.id)
        ticket, channel = await log_office.open()
        for command in ("claim", "release", "claim", "release"):
            await log_office.people["general"].slash(channel, command)
        whole = log_office.store
        killed = replace(whole, channels=cast("Channels", KilledBeforeKeeping(whole.channels)))

        for event in await whole.log.events(ticket.id):
            log_office.store = killed
            dying = another_process(log_office)
            with pytest.raises(Killed):
                await LogSink(killed, dying).show(event)
            log_office.store = whole
            await LogSink(whole, another_process(log_office)).show(event)

        lines = [it["content"] for it in log_office.ever_posted(there) if it["content"]]
        ends = [line.split(" ", 2)[2] for line in lines]
        claimed, released = (rf"general\-agent {it} this ticket." for it in ("claimed", "released"))
        assert ends == ["Casey opened this ticket. It hurts", claimed, released, claimed, released]


async def test_showing_again_says_nothing_again(log_office: Office) -> None:
    ticket, channel = await log_office.open()
    await log_office.people["general"].slash(channel, "close")
    await log_office.shown()
    await until(lambda: len(log_office.ever_posted(log_office.guild.channels["log"])) == 3)
    before = await told(log_office)
    closed = await log_office.fresh(ticket)
    assert closed.status is Status.UNRESOLVED

    for event in await log_office.store.log.events(ticket.id):
        await LogSink(log_office.store, another_process(log_office)).show(event)
    removed = Timer(ticket.id, TimerKind.REMOVED, closed.closed_seq or 0, 0)
    await RemovalsInLog(log_office.store, another_process(log_office)).show(removed)

    assert await told(log_office) == before


async def test_while_everybody_reads_it_nothing_is_posted_and_nothing_is_lost(log_office: Office) -> None:
    there, everyone = log_office.guild.channels["log"], log_office.guild.id
    public = Overwrite(everyone, OverwriteType.ROLE, allow=1 << 10)
    log_office.env.backend.set_overwrite(there.id, public)
    await log_office.env.settle()

    ticket, _ = await log_office.open()
    (opened,) = await log_office.store.log.events(ticket.id)
    with pytest.raises(Away, match="LOG_CHANNEL_ID"):
        await LogSink(log_office.store, another_process(log_office)).show(opened)
    unsaid = log_office.ever_posted(there)
    private = Overwrite(everyone, OverwriteType.ROLE, deny=1 << 10)
    log_office.env.backend.set_overwrite(there.id, private)
    await log_office.env.settle()
    await LogSink(log_office.store, another_process(log_office)).show(opened)

    assert unsaid == []
    assert len(log_office.ever_posted(there)) == 1
