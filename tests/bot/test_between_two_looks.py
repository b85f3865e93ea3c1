"""Whoever looks at two things in a row does nothing that only a mixture of old and new asks for."""

from collections.abc import Callable
from copy import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

import discord
import pytest
from simcord import ChannelHandle

from bot.hearing.reconciling import Reconciling
from bot.showing.doubles import remove_double
from tests.bot.hearing.test_guarding import another_role, overwrites, until_told
from tests.office import Office, office
from tests.waiting import until
from tickets.model import IssueLevel, MessageId, Status, SupportRole, UserKey
from tickets.ports.agents import Agent
from tickets.ports.channels import Channel, ChannelState
from tickets.ports.sinks import SinkName


def reconciling(office: Office) -> Reconciling:
    cog = office.client.get_cog("Reconciling")
    assert isinstance(cog, Reconciling)
    return cog


def as_cached(office: Office, channel: ChannelHandle) -> discord.TextChannel:
    """The channel as the gateway has told of it."""
    there = office.client.get_channel(channel.id)
    assert isinstance(there, discord.TextChannel)
    return there


async def test_a_post_whose_link_is_recorded_between_two_looks_is_no_double(
    desk_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket, channel = await desk_office.open()
    await desk_office.say(ticket, "It hurts")
    (shown,) = [it async for it in as_cached(desk_office, channel).history() if it.webhook_id]
    places, backlog = desk_office.store.channels, desk_office.store.backlog
    asked: list[int] = []
    found = places.shown_by

    async def shown_by(*key: Any) -> MessageId | None:
        asked.append(1)
        return None if len(asked) == 1 else await found(*key)  # the first look was just before

    monkeypatch.setattr(places, "shown_by", shown_by)
    assert await remove_double(shown, places, backlog, SinkName.DISCORD)

    assert desk_office.ever_said_by_requesters(channel) == ["It hurts"]
    assert [it.id for it in channel.history() if it.id == shown.id] == [shown.id]


async def test_a_support_role_that_changes_while_discord_is_asked_who_sees_the_channel_stays_changed(
    desk_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or the support role that was to see it no more is let in again."""
    ticket, channel = await desk_office.open()
    fetch = desk_office.client.fetch_channel
    asked: list[int] = []

    async def fetch_channel(channel_id: int, /) -> Any:
        asked.append(channel_id)
        if len(asked) == 1:
            change = {"support_role": "ADMIN"}
            await desk_office.desk.change(desk_office.caller("admin"), ticket.id, change)
            await desk_office.shown()
            another_role(desk_office, channel)
        return await fetch(channel_id)

    monkeypatch.setattr(desk_office.client, "fetch_channel", fetch_channel)
    another_role(desk_office, channel)
    said = await until_told(channel)
    await desk_office.work.guarding.idle()

    assert "the role Friends was let in" in said
    assert "team" not in said
    assert desk_office.guild_map.roles[SupportRole.GENERAL] not in overwrites(desk_office, channel)


async def test_a_move_of_ours_of_which_the_gateway_has_not_told_yet_is_not_by_hand(
    desk_office: Office,
) -> None:
    ticket, channel = await desk_office.open()
    await desk_office.desk.change(desk_office.caller("admin"), ticket.id, {"issue_level": "URGENT"})
    await desk_office.shown()
    await desk_office.env.settle()
    await desk_office.taken()

    there = as_cached(desk_office, channel)
    before = copy(there)
    there.category_id = desk_office.guild_map.categories[IssueLevel.NORMAL]  # an older event comes late
    await reconciling(desk_office).on_guild_channel_update(before, there)
    await desk_office.taken()

    assert (await desk_office.fresh(ticket)).issue_level is IssueLevel.URGENT


async def test_a_channel_that_was_built_again_meanwhile_is_not_the_one_that_is_gone(
    desk_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket, channel = await desk_office.open()
    there, lost = as_cached(desk_office, channel), await desk_office.store.channels.of_ticket(ticket.id)
    await desk_office.by_hand(desk_office.client.http.delete_channel(channel.id))
    again = await desk_office.store.channels.of_ticket(ticket.id)
    assert lost is not None
    assert again is not None
    assert again.channel_id != lost.channel_id

    async def at(_: int) -> Channel | None:
        return lost  # as it was before the new one was recorded

    monkeypatch.setattr(desk_office.store.channels, "at", at)
    await reconciling(desk_office).on_guild_channel_delete(there)
    await desk_office.inbox.idle()

    assert not await desk_office.store.backlog.pending(SinkName.DISCORD, ticket.id)
    there_now = await desk_office.store.channels.of_ticket(ticket.id)
    assert there_now is not None
    assert (there_now.channel_id, there_now.state) == (again.channel_id, ChannelState.OPEN)


async def test_a_ticket_that_was_opened_again_stays_open_though_the_event_of_its_channels_removal_is_late(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with office(tmp_path, close_when_deleted=True, close_grace=0) as desk_office:
        ticket, channel = await desk_office.open()
        there = as_cached(desk_office, channel)
        boss = desk_office.caller("admin")
        await desk_office.desk.close(boss, ticket.id, Status.UNRESOLVED)
        await until(lambda: channel.name not in desk_office.guild.channels)
        await desk_office.taken()
        removed = await desk_office.store.channels.of_ticket(ticket.id)
        assert removed is not None
        await desk_office.desk.reopen(boss, ticket.id)
        await desk_office.shown()

        async def at(_: int) -> Channel | None:
            return removed  # as while the ticket waits for another channel

        monkeypatch.setattr(desk_office.store.channels, "at", at)
        await reconciling(desk_office).on_guild_channel_delete(there)
        await desk_office.inbox.idle()

        assert not (await desk_office.fresh(ticket)).is_closed


async def test_who_goes_off_duty_while_the_roles_of_others_are_noted_stays_off_duty(
    desk_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("general", "manager"):
        await desk_office.people[name].slash(desk_office.transcripts, "duty", state="on")
    agents = desk_office.store.agents
    change = agents.change
    for agent in await agents.all():  # so the roster has something to note for both
        await change(agent.key, lambda it: replace(it, sees=()))
    saved: list[str] = []

    async def change_and_more(key: UserKey, how: Callable[[Agent], Agent]) -> Agent | None:
        if not saved:
            (other,) = [it for it in await agents.all() if it.key != key]
            await change(other.key, lambda it: replace(it, on_duty=False))
        changed = await change(key, how)
        assert changed is not None
        saved.append(changed.name)
        return changed

    monkeypatch.setattr(agents, "change", change_and_more)
    await desk_office.work.roster.look()

    assert {it.name: it.on_duty for it in await agents.all()} == {saved[0]: True, saved[1]: False}
