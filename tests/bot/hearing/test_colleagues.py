"""What staff says to a colleague is a note, unless it is switched off, and the bot says so."""

from pathlib import Path

import discord
import pytest

from bot.hearing.intake import InboxOptions
from tests.office import Office, office
from tickets.model import SupportRole, Ticket

BECAUSE = "Kept as a note, because it mentions a colleague or a role"


async def kept(desk_office: Office, ticket: Ticket) -> tuple[list[str], list[str]]:
    """What the requester sees, and what only staff does."""
    messages, notes = await desk_office.messages(ticket), await desk_office.notes(ticket)
    return [it.content for it in messages], [it.content for it in notes]


def answers(desk_office: Office) -> list[str]:
    return [it["content"] for it in desk_office.ever_posted() if BECAUSE in it["content"]]


@pytest.mark.parametrize("whom", ["a colleague", "a role", "everybody"])
async def test_who_calls_colleagues_speaks_to_them(desk_office: Office, whom: str) -> None:
    ticket, channel = await desk_office.open()
    role = desk_office.guild_map.roles[SupportRole.TECHNICAL]
    call = {
        "a colleague": desk_office.people["technical"].mention,
        "a role": f"<@&{role}>",
        "everybody": "@everyone",
    }[whom]

    loud = desk_office.guild.create_role("Loud", permissions=discord.Permissions(mention_everyone=True))
    roles = [desk_office.guild.roles["ADMIN team"], loud]
    agent = desk_office.guild.add_member(desk_office.env.create_user("agent"), roles=roles)

    sent = await agent.send(channel, f"{call} he is angry")
    await desk_office.taken()

    messages, notes = await kept(desk_office, ticket)
    assert messages == []
    assert len(notes) == len(answers(desk_office)) == 1
    assert notes[0].endswith(" he is angry")
    (shown,) = [it for it in channel.history() if it.id == sent.id]
    assert [str(it.emoji) for it in shown.reactions] == ["📝"]


async def test_others_can_be_named_to_the_requester(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    agent, other = desk_office.people["general"], desk_office.people["technical"]
    outsider = desk_office.people["outsider"]

    for text in (f"Ask {outsider.mention}", f"I am {agent.mention}", f"Type `{other.mention}`", "<#123>"):
        await agent.send(channel, text)
    await desk_office.taken()

    messages, notes = await kept(desk_office, ticket)
    assert len(messages) == 4
    assert notes == answers(desk_office) == []


async def test_the_ping_of_a_reply_does_not_count(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    said = await desk_office.people["technical"].send(channel, "Hello")

    reply = await desk_office.people["general"].send(channel, "As my colleague says", reply_to=said)
    await desk_office.taken()

    assert [it.id for it in reply.mentions] in ([], [desk_office.people["technical"].id])
    assert await kept(desk_office, ticket) == (["Hello", "As my colleague says"], [])


async def test_a_mention_that_is_added_or_stays_in_an_edit_changes_nothing(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    agent, other = desk_office.people["general"], desk_office.people["technical"]
    sent = await agent.send(channel, "Look")
    note = await agent.send(channel, f"{other.mention} lok")

    await desk_office.by_hand(agent.edit(sent, f"Look, {other.mention}"))
    await desk_office.by_hand(agent.edit(note, f"{other.mention} look"))

    assert await kept(desk_office, ticket) == (
        ["Look, @technical-agent"],
        ["@technical-agent look"],
    )
    assert len(answers(desk_office)) == 1
    assert not [it for it in desk_office.ever_posted() if "still a note" in it["content"]]


async def test_a_note_whose_mention_is_taken_away_stays_one_and_says_so(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    agent, other = desk_office.people["general"], desk_office.people["technical"]
    note = await agent.send(channel, f"{other.mention} look")

    await desk_office.by_hand(agent.edit(note, "look"))

    assert await kept(desk_office, ticket) == ([], ["look"])
    assert [it for it in desk_office.ever_posted() if "still a note" in it["content"]]


async def test_what_was_missed_is_read_likewise(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    agent, other = desk_office.people["general"], desk_office.people["technical"]
    async with desk_office.deaf("on_message"):
        await agent.send(channel, f"{other.mention} look")

    await desk_office.new_session()
    await agent.send(channel, "Hello")
    await desk_office.taken()

    assert await kept(desk_office, ticket) == (["Hello"], ["@technical-agent look"])


async def test_it_can_be_switched_off(tmp_path: Path) -> None:
    async with office(tmp_path, inbox=InboxOptions(mention_is_note=False)) as desk_office:
        ticket, channel = await desk_office.open()
        other = desk_office.people["technical"]

        await desk_office.people["general"].send(channel, f"Ask {other.mention}")
        await desk_office.taken()

        assert await kept(desk_office, ticket) == (["Ask @technical-agent"], [])
        assert answers(desk_office) == []
