"""What the channel of a ticket says is true: at once, later, and in a channel that is built again."""

import re
from collections.abc import Sequence

import discord
import pytest
from simcord import ChannelHandle, InteractionResult

from tests.cards import card_in, texts
from tests.office import CASEY, Office
from tests.waiting import until
from tickets.desks.ticket_desk import Said
from tickets.model import IssueLevel, Ticket


def lines(channel: ChannelHandle) -> list[str]:
    """What stands in the channel, oldest first."""
    return [it.content for it in sorted(channel.history(), key=lambda it: it.id) if it.content]


def words(card: discord.Message) -> str:
    """Whether the ticket is new, its level and its support role."""
    said = [re.sub(r"\*|<@&?\d+>| · began waiting <t:\d+:R>", "", it).strip() for it in texts(card)]
    return " ".join(it for it in said[:3] if not it.startswith(("#", ">")))


async def test_the_words_above_the_card_follow_the_level_and_the_support_role(desk_office: Office) -> None:
    ticket, channel = await desk_office.open(issue_level=IssueLevel.URGENT)
    assert words(card_in(channel)) == "New ticket for Urgent · General"

    boss = desk_office.caller("admin")
    await desk_office.desk.change(boss, ticket.id, {"issue_level": "CRITICAL"})
    await desk_office.desk.change(boss, ticket.id, {"support_role": "TECHNICAL"})
    await desk_office.shown()

    assert words(card_in(channel)) == "Critical · Technical"


async def test_a_ticket_that_somebody_has_or_that_was_closed_is_not_new(desk_office: Office) -> None:
    (one, claimed), (two, reopened) = [await desk_office.open() for _ in range(2)]
    boss = desk_office.caller("admin")

    await desk_office.people["general"].slash(claimed, "claim")
    await desk_office.desk.close(boss, two.id)
    await desk_office.shown()
    await desk_office.desk.reopen(boss, two.id)
    await desk_office.shown()

    assert words(card_in(claimed)) == "Normal · General"
    assert words(card_in(reopened)) == "Normal · General"
    assert one.number != two.number


async def test_a_reopened_tickets_channel_does_not_say_that_it_goes(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    boss = desk_office.caller("admin")

    await desk_office.desk.close(boss, ticket.id)
    await desk_office.shown()
    assert any("This channel goes" in it for it in lines(channel))
    await desk_office.desk.reopen(boss, ticket.id)
    await desk_office.shown()

    assert not any("channel goes" in it for it in lines(channel))
    assert "Closed as Unresolved by admin\\-agent, and opened again since." in lines(channel)


async def test_a_move_by_hand_is_by_hand(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    there = desk_office.client.get_channel(channel.id)
    assert isinstance(there, discord.TextChannel)
    urgent = desk_office.client.get_channel(desk_office.guild_map.categories[IssueLevel.URGENT])
    assert isinstance(urgent, discord.CategoryChannel)

    await desk_office.by_hand(there.edit(category=urgent))
    history = await desk_office.people["general"].slash(channel, "history")

    told = "Somebody by hand set the level from Normal to Urgent."
    assert lines(channel).count(told) == 1
    assert told in answer(history)
    assert (await desk_office.fresh(ticket)).issue_level is IssueLevel.URGENT


async def test_the_second_to_close_is_told_who_was_first(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    await desk_office.people["technical"].slash(channel, "close")

    second = await desk_office.people["general"].slash(channel, "close")

    assert re.fullmatch(
        rf"Ticket {ticket.number} is closed\. technical\\-agent closed it as Unresolved <t:\d+:R>\.",
        answer(second),
    )


def answer(result: InteractionResult) -> str:
    """What the person was told alone."""
    assert result.response is not None
    return result.response.content


@pytest.fixture
async def rebuilt(desk_office: Office) -> tuple[Ticket, ChannelHandle]:
    """A channel that was built again after a conversation, an hour later."""
    ticket, channel = await desk_office.open(issue_level=IssueLevel.URGENT)
    agent, boss = desk_office.people["general"], desk_office.caller("admin")
    await desk_office.say(ticket, "Hello?")
    await agent.send(channel, "Hello! " + "x " * 900 + "end")
    await agent.send(channel, "// polite")
    await desk_office.taken()
    await desk_office.desk.change(boss, ticket.id, {"issue_level": "CRITICAL"})
    await desk_office.desk.close(boss, ticket.id, reason="Done")
    await desk_office.shown()
    await desk_office.desk.reopen(boss, ticket.id)
    await desk_office.shown()
    await desk_office.by_hand(desk_office.client.http.delete_channel(channel.id))

    async def is_there() -> bool:
        return channel.name in desk_office.guild.channels

    await until(is_there)
    await desk_office.shown()
    return ticket, desk_office.guild.channels[channel.name or ""]


def _times(events: Sequence[int]) -> set[str]:
    return {f"<t:{at // 1000}:f>" for at in events}


async def test_a_channel_that_is_built_again_keeps_times_and_lines(
    desk_office: Office, rebuilt: tuple[Ticket, ChannelHandle]
) -> None:
    ticket, channel = rebuilt
    events = await desk_office.store.log.events(ticket.id)
    shown = lines(channel)

    said = [it for it in shown if "Hello" in it or "polite" in it]
    assert [re.sub(r"<t:\d+:f>", "TIME", it).replace("x ", "") for it in said] == [
        "-# TIME\nHello?",
        "-# TIME\nHello! end",
        "📝 Note by general\\-agent, TIME:\n>>> polite",
    ]
    told = [re.sub(r"<t:\d+:f>", "TIME", it) for it in shown]
    for line in (
        "TIME Casey opened this ticket.",
        "TIME admin\\-agent set the level from Urgent to Critical.",
        "TIME admin\\-agent closed this ticket as Resolved: Done",
        "TIME admin\\-agent opened this ticket again.",
    ):
        assert told.count(line) == 1, line
    assert set(re.findall(r"<t:\d+:f>", "".join(shown))) <= _times([it.at for it in events])
    assert words(card_in(channel)) == "Critical · General"


async def test_what_comes_after_it_has_no_time_but_discords(
    desk_office: Office, rebuilt: tuple[Ticket, ChannelHandle]
) -> None:
    ticket, channel = rebuilt
    message = await desk_office.say(ticket, "Still here")
    (first, *_) = await desk_office.messages(ticket)

    await desk_office.desk.edit(CASEY, ticket.id, first.id, Said("Hello again?"))
    await desk_office.desk.edit(CASEY, ticket.id, message.id, Said("Still here!"))
    await desk_office.shown()

    assert "Still here!" in lines(channel)
    assert f"-# <t:{first.created_at // 1000}:f>\nHello again?" in lines(channel)
