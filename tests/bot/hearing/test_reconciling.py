"""What people do to channels by hand, and what was done while the bot did not listen."""

import asyncio
import re
from dataclasses import replace
from pathlib import Path

import discord
from discord.http import handle_message_parameters
from simcord import ChannelHandle

from bot.hearing.card_watching import CardWatching
from bot.hearing.comparing import COMPARED
from config.faults import TICKET_STANDS_STILL
from tests.bot.strict import Strict
from tests.cards import card_in, cards_in
from tests.office import CASEY, Office, office
from tests.waiting import until
from tickets.desks.ticket_desk import Said
from tickets.model import IssueLevel, Status
from tickets.ports.channels import ChannelState


async def test_a_channel_moved_by_hand_changes_the_level(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()

    category = desk_office.guild_map.categories[IssueLevel.CRITICAL]
    await desk_office.by_hand(desk_office.client.http.edit_channel(channel.id, parent_id=category))

    moved = await desk_office.fresh(ticket)
    assert moved.issue_level is IssueLevel.CRITICAL


async def test_a_level_changed_elsewhere_moves_the_channel_and_that_changes_nothing_more(
    desk_office: Office,
) -> None:
    ticket, channel = await desk_office.open()
    boss = desk_office.caller("admin")

    await desk_office.desk.change(boss, ticket.id, {"issue_level": "URGENT"})
    await desk_office.shown()
    await desk_office.taken()

    there = desk_office.client.get_channel(channel.id)
    assert isinstance(there, discord.TextChannel)
    assert there.category_id == desk_office.guild_map.categories[IssueLevel.URGENT]
    assert (await desk_office.fresh(ticket)).seq == 2


async def test_a_category_that_levels_share_is_right_for_each_of_them(tmp_path: Path) -> None:
    async with office(tmp_path, one_category=True) as desk_office:
        ticket, channel = await desk_office.open(issue_level=IssueLevel.CRITICAL)
        boss = desk_office.caller("admin")

        await desk_office.desk.change(boss, ticket.id, {"issue_level": "URGENT"})
        await desk_office.shown()

        assert _asked(desk_office, "PATCH", rf"/channels/{channel.id}$") == 0
        assert (await desk_office.fresh(ticket)).issue_level is IssueLevel.URGENT


async def test_a_move_that_discord_refuses_holds_up_no_message_and_comes_later(
    desk_office: Office, strict: Strict
) -> None:
    ticket, channel = await desk_office.open()
    strict.refuses = [("PATCH", rf"^/channels/{channel.id}$", 403, 50013)]

    await desk_office.desk.change(desk_office.caller("admin"), ticket.id, {"issue_level": "URGENT"})
    await desk_office.say(ticket, "It burns")
    await desk_office.taken()

    assert desk_office.ever_said_by_requesters(channel) == ["It burns"]
    (fault,) = desk_office.work.admins.lasting
    assert (fault.code, str(ticket.number) in fault.what) == (TICKET_STANDS_STILL.code, True)
    assert (await desk_office.fresh(ticket)).issue_level is IssueLevel.URGENT

    strict.refuses = []
    await desk_office.new_session()
    await until(lambda: not desk_office.work.admins.lasting)
    there = desk_office.client.get_channel(channel.id)
    assert isinstance(there, discord.TextChannel)
    assert there.category_id == desk_office.guild_map.categories[IssueLevel.URGENT]
    assert (await desk_office.fresh(ticket)).issue_level is IssueLevel.URGENT


async def test_a_channel_deleted_by_hand_is_built_again_with_all_that_was_said(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]
    await desk_office.say(ticket, "Hello?")
    await agent.send(channel, "Hello!")
    await agent.send(channel, "// he is polite")
    await desk_office.taken()

    await desk_office.by_hand(desk_office.client.http.delete_channel(channel.id))

    again = desk_office.guild.channels[channel.name or ""]
    assert again.id != channel.id
    said = [(it.author.name, re.sub(r"^-# <t:\d+:f>\n", "", it.content)) for it in again.history()]
    assert ("Casey · requester", "Hello?") in said
    assert ("general-agent · staff", "Hello!") in said
    assert any("he is polite" in content for _, content in said)
    assert not any(it.role_mentions for it in again.history())
    assert (await desk_office.fresh(ticket)).status is Status.PENDING


async def test_a_process_that_ends_while_it_notices_a_deletion_leaves_nothing_out(
    desk_office: Office,
) -> None:
    ticket, channel = await desk_office.open()
    await desk_office.say(ticket, "Hello?")
    place = await desk_office.store.channels.of_ticket(ticket.id)
    assert place is not None
    await desk_office.store.channels.save(replace(place, state=ChannelState.GONE))  # and no further
    await desk_office.client.http.delete_channel(channel.id)

    await desk_office.say(ticket, "Still there?")

    again = await desk_office.store.channels.of_ticket(ticket.id)
    assert again is not None
    (there,) = [it for it in desk_office.guild.channels.values() if it.id == again.channel_id]
    said = desk_office.ever_said_by_requesters(there)
    assert [("Hello?" in it, "Still there?" in it) for it in said] == [(True, False), (False, True)]


async def test_what_is_said_after_a_rebuild_goes_both_ways(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    await desk_office.by_hand(desk_office.client.http.delete_channel(channel.id))
    again = desk_office.guild.channels[channel.name or ""]

    await desk_office.say(ticket, "Still here")
    await desk_office.people["general"].send(again, "So are we")
    await desk_office.taken()

    assert any(it.content == "Still here" for it in again.history())
    assert [it.content for it in await desk_office.messages(ticket)] == ["Still here", "So are we"]


async def test_a_deleted_channel_closes_the_ticket_where_that_is_set(tmp_path: Path) -> None:
    async with office(tmp_path, close_when_deleted=True) as desk_office:
        ticket, channel = await desk_office.open()

        await desk_office.by_hand(desk_office.client.http.delete_channel(channel.id))

        closed = await desk_office.fresh(ticket)
        assert closed.status is Status.UNRESOLVED
        assert closed.close_reason == "Its channel was deleted."
        assert channel.name not in desk_office.guild.channels
        assert len(desk_office.transcripts.history()) == 1


async def test_the_channel_of_a_closed_ticket_may_be_deleted_by_hand(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    await desk_office.people["general"].slash(channel, "close")
    await desk_office.shown()

    await desk_office.by_hand(desk_office.client.http.delete_channel(channel.id))

    known = await desk_office.store.channels.of_ticket(ticket.id)
    assert known is not None
    assert known.state is ChannelState.GONE
    assert channel.name not in desk_office.guild.channels


async def test_edits_and_deletions_that_came_by_no_event_are_found(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]
    kept, edited, deleted = [await agent.send(channel, text) for text in ("kept", "tpyo", "slip")]
    await desk_office.taken()

    async with desk_office.deaf():
        await agent.edit(edited, "typo")
        await agent.delete(deleted)
    await desk_office.new_session()

    async def found() -> bool:
        return [it.content for it in await desk_office.messages(ticket)] == [kept.content, "typo", ""]

    await until(found)


async def test_messages_whose_events_were_lost_are_found(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]
    await agent.send(channel, "one")
    await desk_office.taken()

    async with desk_office.deaf("on_message"):
        await agent.send(channel, "two")
        await agent.send(channel, "// a note")
        await agent.send(channel, "three")
        await desk_office.env.settle()
    await agent.send(channel, "four")
    await desk_office.taken()
    await desk_office.new_session()

    async def found() -> bool:
        return len(await desk_office.messages(ticket)) == 4

    await until(found)
    await desk_office.taken()
    assert {it.content for it in await desk_office.messages(ticket)} == {"one", "two", "three", "four"}
    assert [it.content for it in await desk_office.notes(ticket)] == ["a note"]


async def test_an_older_edit_that_is_told_of_later_changes_nothing(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]
    sent = await agent.send(channel, "frist")
    await desk_office.taken()
    told: list[discord.RawMessageUpdateEvent] = []

    async def keep(payload: discord.RawMessageUpdateEvent) -> None:
        told.append(payload)

    async with desk_office.deaf():
        desk_office.client.add_listener(keep, "on_raw_message_edit")
        await agent.edit(sent, "second")
        desk_office.env.backend.clock.advance(1)
        await agent.edit(sent, "third")
        await desk_office.env.settle()
        desk_office.client.remove_listener(keep, "on_raw_message_edit")
    await _swept(desk_office, channel.id, 1)
    for payload in told:
        await desk_office.inbox.on_raw_message_edit(payload)
    await desk_office.taken()

    assert len(told) == 2
    assert [it.content for it in await desk_office.messages(ticket)] == ["third"]
    assert len(await desk_office.store.log.events(ticket.id)) == 3


async def test_what_was_done_while_discord_had_lost_the_guild_is_caught_up(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]
    slip = await agent.send(channel, "slip")
    await desk_office.taken()
    guild = desk_office.client.get_guild(desk_office.guild.id)
    assert guild is not None

    guild.unavailable = True
    desk_office.client.dispatch("guild_unavailable", guild)
    async with desk_office.deaf("on_message", "on_raw_message_delete"):
        await agent.send(channel, "during the outage")
        await agent.delete(slip)
        await desk_office.env.settle()
    guild.unavailable = False
    desk_office.client.dispatch("guild_available", guild)

    async def caught_up() -> bool:
        return [it.content for it in await desk_office.messages(ticket)] == ["", "during the outage"]

    await until(caught_up)


async def test_a_guild_that_comes_later_than_the_session_is_caught_up_with(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    guild = desk_office.client.get_guild(desk_office.guild.id)
    assert guild is not None
    async with desk_office.deaf("on_message"):
        await desk_office.people["general"].send(channel, "before the session")
        await desk_office.env.settle()

    guild.unavailable = True
    await desk_office.new_session()
    await desk_office.env.settle()
    assert await desk_office.messages(ticket) == []
    guild.unavailable = False
    desk_office.client.dispatch("guild_available", guild)

    async def caught_up() -> bool:
        return [it.content for it in await desk_office.messages(ticket)] == ["before the session"]

    await until(caught_up)


async def test_the_first_thing_that_was_said_is_found_where_it_alone_was_lost(tmp_path: Path) -> None:
    async with office(tmp_path, sweep_every=0.05) as desk_office:
        await _lose_the_first_thing(desk_office)


async def _lose_the_first_thing(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()

    async with desk_office.deaf("on_message"):
        await desk_office.people["general"].send(channel, "lost")
        await desk_office.env.settle()
    await desk_office.desk.change(desk_office.caller("admin"), ticket.id, {"support_role": "TECHNICAL"})
    await desk_office.taken()

    async def found() -> bool:
        return [it.content for it in await desk_office.messages(ticket)] == ["lost"]

    await until(found)


async def test_a_comparison_takes_nothing_again(tmp_path: Path) -> None:
    async with office(tmp_path, sweep_every=0.05) as desk_office:
        ticket, channel = await desk_office.open()
        agent = desk_office.people["general"]
        await desk_office.say(ticket, "From the requester")
        await agent.send(channel, "kept")
        withdrawn = await agent.send(channel, "withdrawn over the API", attachments=[("plan.txt", b"secret")])
        hidden = await agent.send(channel, "soon a note")
        await agent.send(channel, "// a note")
        await desk_office.taken()
        await agent.edit(hidden, "// hidden")
        await desk_office.taken()
        boss = desk_office.caller("admin")
        mine = desk_office.caller("general")
        (message,) = [it for it in await desk_office.messages(ticket) if it.attachments]
        await desk_office.desk.delete(mine, ticket.id, message.id)
        await desk_office.desk.close(boss, ticket.id)
        await desk_office.shown()
        await agent.send(channel, "too late")
        await desk_office.taken()
        await desk_office.desk.reopen(boss, ticket.id)
        await desk_office.shown()
        before = await desk_office.store.log.events(ticket.id)
        shown_before = [it.content for it in channel.history()]

        await _swept(desk_office, channel.id, 3)

        assert await desk_office.store.log.events(ticket.id) == before
        assert [it.content for it in channel.history()] == shown_before
        assert await desk_office.store.files.get(message.attachments[0].id) is None
        assert withdrawn.id in {it.id for it in channel.history()}


async def test_a_lost_message_is_found_without_a_new_session(tmp_path: Path) -> None:
    async with office(tmp_path, sweep_every=0.05) as desk_office:
        ticket, channel = await desk_office.open()

        async with desk_office.deaf("on_message"):
            await desk_office.people["general"].send(channel, "lost, and nothing came after it")
            await desk_office.env.settle()

        async def found() -> bool:
            return len(await desk_office.messages(ticket)) == 1

        await until(found)


async def _swept(desk_office: Office, channel_id: int, times: int) -> None:
    """Wait until the channel has been compared so often."""
    for _ in range(times):
        done = asyncio.Event()

        async def compare(done: asyncio.Event = done) -> None:
            await desk_office.inbox.compare(channel_id)
            done.set()

        desk_office.inbox.do(channel_id, compare)
        await done.wait()
    await desk_office.taken()


async def test_a_deleted_webhook_is_made_again(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    await desk_office.say(ticket, "one")
    there = desk_office.client.get_channel(channel.id)
    assert isinstance(there, discord.TextChannel)

    (webhook,) = await there.webhooks()
    await desk_office.by_hand(webhook.delete())
    await desk_office.say(ticket, "two")

    assert desk_office.ever_said_by_requesters(channel) == ["one", "two"]


async def test_a_card_deleted_by_hand_comes_back(desk_office: Office) -> None:
    _, channel = await desk_office.open()
    (card,) = channel.pinned_messages()

    await desk_office.by_hand(desk_office.client.http.delete_message(channel.id, card.id))

    await until(lambda: channel.pinned_messages() and channel.pinned_messages()[0].id != card.id)
    (again,) = channel.pinned_messages()
    assert again.id != card.id
    assert not again.role_mentions


async def test_a_card_that_was_deleted_while_the_bot_was_away_comes_back(desk_office: Office) -> None:
    _, channel = await desk_office.open()
    await desk_office.by_hand(desk_office.people["general"].send(channel, "Hello"))
    gone, cog = card_in(channel), desk_office.client.get_cog("CardWatching")
    assert isinstance(cog, CardWatching)
    desk_office.client.remove_listener(cog.on_raw_message_delete, "on_raw_message_delete")
    await desk_office.by_hand(desk_office.client.http.delete_message(channel.id, gone.id))

    await desk_office.new_session()

    await until(channel.pinned_messages)
    assert [it.id for it in cards_in(channel)] == [card_in(channel).id]


async def lose_by_hand(desk_office: Office, channel: ChannelHandle, message_id: int) -> None:
    """A message is deleted, and no event tells of it."""
    cog = desk_office.client.get_cog("CardWatching")
    assert isinstance(cog, CardWatching)
    desk_office.client.remove_listener(cog.on_raw_message_delete, "on_raw_message_delete")
    await desk_office.by_hand(desk_office.client.http.delete_message(channel.id, message_id))
    desk_office.client.add_listener(cog.on_raw_message_delete, "on_raw_message_delete")


async def test_a_card_comes_back_where_nobody_has_written_anything(desk_office: Office) -> None:
    _, channel = await desk_office.open()
    gone = card_in(channel)
    await lose_by_hand(desk_office, channel, gone.id)

    await desk_office.new_session()

    await until(channel.pinned_messages)
    (again,) = cards_in(channel)
    assert again.id != gone.id


async def test_a_card_comes_back_above_which_nothing_is_compared(desk_office: Office) -> None:
    _, channel = await desk_office.open()
    gone = card_in(channel)
    for number in range(COMPARED):
        with handle_message_parameters(f"{number}") as said:
            await desk_office.client.http.send_message(channel.id, params=said)
    await lose_by_hand(desk_office, channel, gone.id)

    await desk_office.new_session()

    await until(channel.pinned_messages)
    assert len(cards_in(channel)) == 1


async def test_the_rest_of_a_card_comes_back(desk_office: Office) -> None:
    _, channel = await desk_office.open(description="Everywhere. " * 300)
    (rest,) = [it for it in channel.history() if it.components and it.id != card_in(channel).id]

    await desk_office.by_hand(desk_office.client.http.delete_message(channel.id, rest.id))

    def again() -> list[discord.Message]:
        return [
            it for it in channel.history() if it.components and it.id not in (card_in(channel).id, rest.id)
        ]

    await until(again)
    assert len(again()) == 1
    await lose_by_hand(desk_office, channel, again()[0].id)
    assert not again()
    await desk_office.new_session()
    await until(again)


async def test_a_category_that_is_gone_stops_no_ticket(desk_office: Office) -> None:
    await desk_office.client.http.delete_channel(desk_office.guild_map.categories[IssueLevel.URGENT])

    _, channel = await desk_office.open(issue_level=IssueLevel.URGENT)

    there = desk_office.client.get_channel(channel.id)
    assert isinstance(there, discord.TextChannel)
    assert there.category_id is None
    assert not there.permissions_for(there.guild.default_role).view_channel
    assert any("URGENT" in it.content for it in desk_office.transcripts.history())


async def test_a_role_that_is_gone_is_told_to_the_admins(desk_office: Office) -> None:
    role = desk_office.guild_map.roles
    guild = desk_office.client.get_guild(desk_office.guild.id)
    assert guild is not None
    technical = list(role.values())[1]

    await desk_office.client.http.delete_role(guild.id, technical)

    async def told() -> bool:
        return any("DEVELOPER_ROLE_ID" in it.content for it in desk_office.transcripts.history())

    await until(told)
    ticket = await desk_office.desk.post(CASEY, (await desk_office.open())[0].id, Said("goes on"))
    assert ticket.content == "goes on"


def _asked(desk_office: Office, method: str, path: str) -> int:
    """How many requests of a kind Discord has seen."""
    return sum(
        it.method == method and re.search(path, it.path) is not None for it in desk_office.env.http_requests
    )


async def test_catching_up_asks_for_a_member_once(desk_office: Office) -> None:
    (first, one), (second, two) = [await desk_office.open() for _ in range(2)]
    async with desk_office.deaf("on_message"):
        for channel in (one, two):
            for number in range(5):
                await desk_office.people["general"].send(channel, f"{number}")
        await desk_office.env.settle()
    before = _asked(desk_office, "GET", r"/members/\d+$")

    await desk_office.new_session()

    async def caught_up() -> bool:
        found = [it.content for ticket in (first, second) for it in await desk_office.messages(ticket)]
        return found == ["0", "1", "2", "3", "4"] * 2

    await until(caught_up)
    assert _asked(desk_office, "GET", r"/members/\d+$") - before == 1


async def test_a_session_asks_nothing_of_channels_in_which_nothing_is_new(tmp_path: Path) -> None:
    async with office(tmp_path, quiet_for=60.0) as desk_office:
        channels = [(await desk_office.open())[1] for _ in range(3)]
        for channel in channels:
            await desk_office.people["general"].send(channel, "We look.")
        await desk_office.taken()
        async with desk_office.deaf("on_message"):
            await desk_office.people["general"].send(channels[0], "And we found it.")
            await desk_office.env.settle()
        before = [_asked(desk_office, "GET", rf"/channels/{it.id}/") for it in channels]

        await desk_office.new_session()

        async def looked() -> bool:
            return _asked(desk_office, "GET", rf"/channels/{channels[0].id}/") > before[0]

        await until(looked)
        await desk_office.taken()
        assert [_asked(desk_office, "GET", rf"/channels/{it.id}/") for it in channels[1:]] == before[1:]
