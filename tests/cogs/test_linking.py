"""Linked tickets in Discord: a line in both channels, and both cards name the other."""

from simcord import ChannelHandle, MemberActor

from tests.answers import told
from tests.cards import card_in, read
from tests.cogs.test_merging import BEN
from tests.office import Office
from tickets.desks.ticket_desk import NewTicket
from tickets.model import SupportRole


def lines(channel: ChannelHandle) -> list[str]:
    return [it.content for it in channel.history() if "link" in it.content]


async def offered(agent: MemberActor, channel: ChannelHandle, command: str, typed: str = "") -> list[int]:
    return [it["value"] for it in await agent.autocomplete(channel, command, "number", typed)]


async def test_both_channels_and_cards_name_the_other_until_it_is_taken_back(desk_office: Office) -> None:
    other, there = await desk_office.open(topic="No sound")
    ticket, channel = await desk_office.open(topic="No light")
    agent, at = (
        desk_office.people["general"],
        f"https://discord.com/channels/{desk_office.guild_map.guild_id}",
    )

    linked = await agent.slash(channel, "link", number=other.number)
    again = await agent.slash(there, "link", number=ticket.number)
    await desk_office.shown()
    cards = [read(card_in(it)) for it in (channel, there)]
    unlinked = await agent.slash(there, "unlink", number=ticket.number)
    await desk_office.shown()

    assert told(linked) == "Tickets 2 and 1 name each other now."
    assert told(again) == "Tickets 1 and 2 name each other now."
    assert f"Linked with [#1]({at}/{there.id})" in cards[0]
    assert f"Linked with [#2]({at}/{channel.id})" in cards[1]
    assert told(unlinked) == "Tickets 1 and 2 no longer name each other."
    who = r"general\-agent"
    for here, number, place in ((channel, 1, there), (there, 2, channel)):
        named = f"[#{number}](<{at}/{place.id}>)"
        assert lines(here) == [
            f"{who} linked this ticket with {named}.",
            f"{who} took the link with {named} back.",
        ]
    assert "Linked" not in read(card_in(channel))


async def test_theirs_are_offered_first_and_then_whatever_one_sees(desk_office: Office) -> None:
    await desk_office.open(support_role=SupportRole.ADMIN)
    await desk_office.desk.open(BEN, NewTicket(topic="Ben's", description="Really."))
    theirs, _ = await desk_office.open()
    _, channel = await desk_office.open()
    agent = desk_office.people["general"]

    before = await offered(agent, channel, "link")
    typed = await offered(agent, channel, "link", "2")
    await agent.slash(channel, "link", number=theirs.number)

    assert before == [3, 2], "neither the one that they do not see, nor this one"
    assert typed == [2]
    assert await offered(agent, channel, "link") == [2]
    assert await offered(agent, channel, "unlink") == [3]
    assert await offered(desk_office.people["outsider"], desk_office.lobby, "unlink") == []


async def test_what_cannot_be_linked_is_refused_in_words(desk_office: Office) -> None:
    await desk_office.open(support_role=SupportRole.ADMIN)
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]

    hidden = await agent.slash(channel, "link", number=1)
    itself = await agent.slash(channel, "link", number=ticket.number)
    not_staff = await desk_office.people["outsider"].slash(desk_office.lobby, "link", number=1)

    assert told(hidden) == "There is no ticket 1."
    assert told(itself) == "Ticket 2 cannot be linked with itself."
    assert told(not_staff) == "Only staff can do this."
    assert (await desk_office.fresh(ticket)).links == ()
