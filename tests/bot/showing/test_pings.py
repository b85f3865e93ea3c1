"""Whose turn it is pings, once: in a new message, never in an edit, and nobody else."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from bot.showing.pings import Pings, WantedPings
from tests.office import CASEY, Office, office
from tests.tickets.logs import Logbook
from tickets.desks.ticket_desk import Said
from tickets.events import Event
from tickets.model import SupportRole, TicketId, UserKey
from tickets.ports.agents import Agent, Agents, Assignment
from tickets.ports.store import Log


def pinged(office: Office, message: Mapping[str, Any]) -> list[str]:
    """The members and roles that the message pings: not all that it mentions are to be."""
    found = office.env.backend.messages[int(message["channel_id"])].get(int(message["id"]))
    return [str(it) for it in (*found.ping_user_ids, *found.ping_role_ids)] if found else []


def said(desk_office: Office, channel: Any) -> list[tuple[str, list[str]]]:
    """What requesters said there, and whom that pinged."""
    copies = [it for it in desk_office.ever_posted(channel) if it.get("webhook_id")]
    return [(it["content"], pinged(desk_office, it)) for it in copies]


async def test_the_first_message_since_an_answer_pings_the_assignee(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]
    await agent.slash(channel, "claim")
    await desk_office.by_hand(agent.send(channel, "Is it plugged in?"))

    await desk_office.say(ticket, "No")
    await desk_office.say(ticket, "Wait, it is")
    await desk_office.by_hand(agent.send(channel, "And now?"))
    await desk_office.say(ticket, "Now it works")

    assert said(desk_office, channel) == [
        (f"{agent.mention} No", [str(agent.id)]),
        ("Wait, it is", []),
        (f"{agent.mention} Now it works", [str(agent.id)]),
    ]


async def test_an_edit_pings_nobody_anew(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]
    await agent.slash(channel, "claim")
    await desk_office.by_hand(agent.send(channel, "Is it plugged in?"))
    message = await desk_office.say(ticket, "No")
    before = len(desk_office.ever_posted())

    await desk_office.desk.edit(CASEY, ticket.id, message.id, Said("Yes"))
    await desk_office.shown()

    assert len(desk_office.ever_posted()) == before
    assert [it.content for it in channel.history() if it.webhook_id] == ["Yes"]


async def test_nobodys_ticket_pings_nobody_beyond_its_card(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()

    await desk_office.say(ticket, "Hello?")

    (card,) = channel.pinned_messages()
    assert said(desk_office, channel) == [("Hello?", [])]
    assert [it.id for it in card.role_mentions] == [desk_office.guild_map.roles[SupportRole.GENERAL]]


async def test_a_long_message_pings_in_its_first_part_alone(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]
    await agent.slash(channel, "claim")
    await desk_office.by_hand(agent.send(channel, "Tell me more"))

    await desk_office.say(ticket, "word " * 700)

    parts = said(desk_office, channel)
    assert [ping for _, ping in parts] == [[str(agent.id)], *([[]] * (len(parts) - 1))]
    assert len(parts) == 2


async def test_a_ticket_that_is_assigned_at_once_pings_its_assignee_alone(tmp_path: Path) -> None:
    async with office(tmp_path, assignment=Assignment.ROUND_ROBIN) as desk_office:
        agent = desk_office.people["general"]
        await agent.slash(desk_office.transcripts, "duty", state="on")

        _, channel = await desk_office.open()

        (card,) = channel.pinned_messages()
        assert {it.id for it in card.mentions} == {agent.id}
        assert card.role_mentions == []


async def test_what_nobody_wants_pings_nobody(tmp_path: Path) -> None:
    nothing = WantedPings(new_ticket=False, message=False, assigned=False, transferred=False, critical=False)
    async with office(tmp_path, pings=lambda: nothing) as desk_office:
        ticket, channel = await desk_office.open()
        one, other = desk_office.people["manager"], desk_office.people["admin"]
        await one.slash(channel, "assign", member=str(other.id))
        await desk_office.by_hand(one.send(channel, "Is it plugged in?"))
        await desk_office.say(ticket, "No")
        await one.slash(channel, "level", level="CRITICAL")
        await one.slash(channel, "team", role="MANAGER")
        await desk_office.shown()

        posted = desk_office.ever_posted(channel)
        assert len(posted) >= 6
        assert [it["content"] for it in posted if pinged(desk_office, it)] == []


async def test_whoever_takes_a_ticket_is_not_told_that_they_did(desk_office: Office) -> None:
    _, channel = await desk_office.open()
    before = len(desk_office.ever_posted(channel))

    await desk_office.people["general"].slash(channel, "claim")
    await desk_office.shown()

    (line, *_) = [it for it in desk_office.ever_posted(channel)[before:] if "claimed" in it["content"]]
    assert pinged(desk_office, line) == []


async def test_a_channel_that_is_built_again_pings_nobody_for_what_is_past(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]
    await agent.slash(channel, "claim")
    await desk_office.by_hand(agent.send(channel, "Is it plugged in?"))
    await desk_office.say(ticket, "No")
    before = len(desk_office.ever_posted())

    await desk_office.by_hand(desk_office.client.http.delete_channel(channel.id))

    again = desk_office.ever_posted()[before:]
    assert again
    assert [it["content"] for it in again if pinged(desk_office, it)] == []


async def test_whoever_has_a_ticket_is_called_by_a_word_however_they_got_it(desk_office: Office) -> None:
    """Claimed and not answered; put aside while the requester waits; opened again by staff; given on."""
    ticket, channel = await desk_office.open()
    agent, boss = desk_office.people["general"], desk_office.people["admin"]
    await agent.slash(channel, "claim")
    await desk_office.say(ticket, "One thing more")
    await desk_office.say(ticket, "Hello?")
    await agent.slash(channel, "snooze")
    await desk_office.say(ticket, "It is urgent now")
    await desk_office.desk.close(desk_office.caller("general"), ticket.id)
    await desk_office.desk.reopen(desk_office.caller("admin"), ticket.id)
    await desk_office.say(ticket, "Thank you")
    await boss.slash(channel, "subscribe")
    await desk_office.say(ticket, "Who is it now?")
    await desk_office.say(ticket, "Nobody?")

    assert [ping for _, ping in said(desk_office, channel)] == [
        [str(agent.id)],
        [],
        [str(agent.id)],
        [str(agent.id)],
        [str(boss.id)],
        [],
    ]


async def test_where_the_assignee_has_left_the_support_role_is_called_once(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]
    await agent.slash(channel, "claim")
    (known,) = await desk_office.store.agents.all()
    await desk_office.store.agents.change(known.key, lambda it: replace(it, sees=()))

    await desk_office.say(ticket, "Hello?")

    await desk_office.say(ticket, "Anybody?")

    role = desk_office.guild_map.roles[SupportRole.GENERAL]
    assert said(desk_office, channel) == [("Hello?", []), ("Anybody?", [])]
    lines = [it for it in desk_office.ever_posted(channel) if "not here any more" in it["content"]]
    assert [pinged(desk_office, it) for it in lines] == [[str(role)]]


class Written:
    """A log that somebody has written down."""

    def __init__(self, book: Logbook) -> None:
        self._book = book

    async def events(self, _: TicketId, *, after: int = 0) -> list[Event]:
        return [it for it in self._book.events if it.seq > after]


class NoAgents:
    async def all(self) -> list[Agent]:
        return []


async def test_a_message_pings_its_assignee_and_no_more_than_twenty_subscribers() -> None:
    book = Logbook()
    book.post()
    member = [UserKey(UserKey.DISCORD, str(n)) for n in range(40)]
    ticket = replace(book.ticket, assignee=member[0], subscribers=tuple(member[1:]))
    pings = Pings(cast(Agents, NoAgents()), cast(Log, Written(book)), {}, WantedPings)

    pinged = await pings.for_message(book.events[-1], ticket)

    assert pinged is not None
    assert (pinged.members, pinged.roles) == (tuple(range(21)), ())


async def test_a_message_that_calls_nobody_waits_for_nothing_that_is_read() -> None:
    book = Logbook()
    book.post()
    no_agents, no_log = cast(Agents, None), cast(Log, None)  # whoever asks them fails

    assert await Pings(no_agents, no_log, {}, WantedPings).for_message(book.events[-1], book.ticket) is None
