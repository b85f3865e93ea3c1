"""Who may see a ticket's channel is put right at once when people change it by hand, and that is said."""

import asyncio
from collections.abc import Callable
from copy import copy
from pathlib import Path

import discord
import pytest
from simcord import ChannelHandle
from simcord.backend.models import Overwrite
from simcord.enums import OverwriteType

from tests.bot.strict import Strict
from tests.office import Office, office
from tests.waiting import until
from tickets.model import SupportRole

ROLE, MEMBER = OverwriteType.ROLE, OverwriteType.MEMBER
VIEW = discord.Permissions(view_channel=True).value
SEND = discord.Permissions(send_messages=True).value
Change = Callable[[Office, ChannelHandle], None]


def let_in(desk_office: Office, channel: ChannelHandle, target_id: int, kind: OverwriteType = ROLE) -> None:
    desk_office.env.backend.set_overwrite(channel.id, Overwrite(target_id, kind, allow=VIEW))


def everybody(it: Office, channel: ChannelHandle) -> None:
    let_in(it, channel, it.guild.id)


def everybody_forgotten(it: Office, channel: ChannelHandle) -> None:
    it.env.backend.delete_overwrite(channel.id, it.guild.id)


def another_role(it: Office, channel: ChannelHandle) -> None:
    let_in(it, channel, it.guild.create_role("Friends").id)


def a_member(it: Office, channel: ChannelHandle) -> None:
    let_in(it, channel, it.people["outsider"].id, MEMBER)


def our_role_removed(it: Office, channel: ChannelHandle) -> None:
    it.env.backend.delete_overwrite(channel.id, it.guild_map.roles[SupportRole.GENERAL])


def our_role_silenced(it: Office, channel: ChannelHandle) -> None:
    silent = Overwrite(it.guild_map.roles[SupportRole.MANAGER], ROLE, allow=VIEW, deny=SEND)
    it.env.backend.set_overwrite(channel.id, silent)


def synchronized(it: Office, channel: ChannelHandle) -> None:
    it.env.backend.edit_channel(channel.id, {}, overwrites=[])


CHANGES = [
    (everybody, "everybody was let in"),
    (everybody_forgotten, "everybody was let in"),
    (another_role, "the role Friends was let in"),
    (a_member, "was let in"),
    (our_role_removed, "the role GENERAL team was shut out"),
    (our_role_silenced, "the role MANAGER team was shut out"),
    (synchronized, "everybody was let in"),
]


def overwrites(it: Office, channel: ChannelHandle) -> dict[int, tuple[int, int]]:
    found = it.env.backend.get_channel(channel.id).overwrites
    return {each.target_id: (each.allow, each.deny) for each in found}


def warnings(channel: ChannelHandle) -> list[str]:
    return [it.content for it in channel.history() if it.content.startswith("⚠️ Who may see")]


async def until_told(channel: ChannelHandle, times: int = 1) -> str:
    await until(lambda: len(warnings(channel)) == times)
    return warnings(channel)[-1]


@pytest.mark.parametrize(("change", "told"), CHANGES, ids=[change.__name__ for change, _ in CHANGES])
async def test_what_is_changed_by_hand_is_put_right_and_said(
    desk_office: Office, change: Change, told: str
) -> None:
    _, channel = await desk_office.open()
    before = overwrites(desk_office, channel)

    change(desk_office, channel)
    assert overwrites(desk_office, channel) != before
    await until(lambda: overwrites(desk_office, channel) == before)

    said = await until_told(channel)
    assert told in said
    assert "by hand" in said


async def test_who_did_it_is_told_once_the_audit_log_knows(desk_office: Office) -> None:
    _, channel = await desk_office.open()
    culprit = desk_office.people["manager"]
    before = overwrites(desk_office, channel)

    everybody(desk_office, channel)
    await until(lambda: overwrites(desk_office, channel) == before)
    options = {"id": str(desk_office.guild.id), "type": "0", "role_name": "@everyone"}
    desk_office.env.backend.record_audit_log(
        desk_office.guild.id, 14, target_id=channel.id, options=options, user_id=culprit.id
    )

    assert await until_told(channel) == (
        "⚠️ Who may see this channel was changed by manager\\-agent: everybody was let in. "
        "It is as before, because the ticket decides who sees it."
    )


async def test_a_change_that_no_event_told_of_is_found(tmp_path: Path) -> None:
    async with office(tmp_path, sweep_every=0.2) as desk_office:
        _, channel = await desk_office.open()
        before = overwrites(desk_office, channel)

        desk_office.env.backend.get_channel(channel.id).overwrites = []  # and nobody is told

        await until(lambda: overwrites(desk_office, channel) == before)
        assert "everybody was let in" in await until_told(channel)


async def test_an_old_event_changes_nothing_and_is_not_said_again(desk_office: Office) -> None:
    _, channel = await desk_office.open()
    before = overwrites(desk_office, channel)
    there = desk_office.client.get_channel(channel.id)
    assert isinstance(there, discord.TextChannel)
    everybody(desk_office, channel)
    await until_told(channel)

    as_it_was = copy(there)
    there._overwrites = []  # the gateway's picture is an older one
    await desk_office.work.guarding.on_guild_channel_update(as_it_was, there)
    await desk_office.work.guarding.idle()
    await desk_office.env.settle()

    assert overwrites(desk_office, channel) == before
    assert len(warnings(channel)) == 1


async def test_a_support_role_that_changes_is_no_change_by_hand(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    boss = desk_office.caller("admin")

    for role in ("TECHNICAL", "GENERAL", "ADMIN"):
        await desk_office.desk.change(boss, ticket.id, {"support_role": role})
    await desk_office.shown()
    await desk_office.work.guarding.idle()
    await desk_office.env.settle()

    assert set(overwrites(desk_office, channel)) == {
        desk_office.guild.id,
        desk_office.guild_map.roles[SupportRole.ADMIN],
        desk_office.client.user.id if desk_office.client.user else 0,
    }
    assert warnings(channel) == []


async def test_what_changes_nothing_about_who_sees_it_is_left_alone(desk_office: Office) -> None:
    _, channel = await desk_office.open()
    backend, guild = desk_office.env.backend, desk_office.guild
    outsider = desk_office.people["outsider"]

    backend.set_overwrite(channel.id, Overwrite(outsider.id, MEMBER, deny=VIEW))
    await desk_office.client.http.edit_role(
        guild.id, desk_office.guild_map.roles[SupportRole.GENERAL], name="Crew"
    )
    await desk_office.env.settle()
    await desk_office.work.guarding.idle()

    assert overwrites(desk_office, channel)[outsider.id] == (0, VIEW)
    assert warnings(channel) == []


async def test_roles_that_the_operator_names_may_be_let_in_and_stay(tmp_path: Path) -> None:
    async with office(tmp_path, further_roles=["Auditors"]) as desk_office:
        ticket, channel = await desk_office.open()
        (auditors,) = desk_office.guild_map.further_roles

        let_in(desk_office, channel, auditors)
        await desk_office.env.settle()
        await desk_office.desk.change(desk_office.caller("admin"), ticket.id, {"support_role": "TECHNICAL"})
        await desk_office.shown()
        everybody(desk_office, channel)
        said = await until_told(channel)

        assert overwrites(desk_office, channel)[auditors] == (VIEW, 0)
        assert "Auditors" not in said


async def test_changes_that_follow_each_other_are_told_together(desk_office: Office) -> None:
    _, channel = await desk_office.open()
    before = overwrites(desk_office, channel)

    for _ in range(3):
        everybody(desk_office, channel)
        await until(lambda: overwrites(desk_office, channel) == before)
    another_role(desk_office, channel)

    said = await until_told(channel)
    assert "everybody was let in; the role Friends was let in" in said
    await desk_office.work.guarding.idle()
    await asyncio.sleep(0)
    assert len(warnings(channel)) == 1


async def test_a_colleague_who_was_added_gets_in_like_staff_and_no_further(desk_office: Office) -> None:
    await desk_office.open()
    guild, colleague = desk_office.client.get_guild(desk_office.guild.id), desk_office.people["outsider"]
    assert guild is not None

    wanted = desk_office.guild_map.overwrites(guild, SupportRole.ADMIN, [colleague.id])

    by_id = {target.id: overwrite.pair() for target, overwrite in wanted.items()}
    assert by_id[colleague.id] == by_id[desk_office.guild_map.roles[SupportRole.ADMIN]]
    assert by_id[colleague.id][0].view_channel
    assert not by_id[colleague.id][0].manage_channels


async def test_an_audit_log_that_is_refused_holds_up_no_telling(desk_office: Office, strict: Strict) -> None:
    """Nor does what cannot be told, because the channel takes nothing, hold up what comes later."""
    _, channel = await desk_office.open()
    strict.refuses = [("GET", "/audit-logs", 403, 50013)]

    everybody(desk_office, channel)
    assert "by hand: everybody was let in" in await until_told(channel)

    strict.refuses += [("POST", "/messages$", 403, 50013)]
    another_role(desk_office, channel)

    async def was_refused() -> bool:
        return (
            sum("Friends was let in" in str(it) for it in strict.asked_for("POST", "/messages", "content"))
            > 0
        )

    await until(was_refused, 30)
    await desk_office.work.guarding.idle()
    strict.refuses.pop()
    everybody(desk_office, channel)
    assert "by hand: everybody was let in" in await until_told(channel, 2)
