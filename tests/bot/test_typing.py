"""Typing, between the sockets' side and the channels of tickets."""

from dataclasses import replace

import pytest

from tests.office import CASEY, Office
from tests.waiting import until
from tickets.events import Place
from tickets.model import Actor, AuthorType, Status, Ticket, UserKey
from tickets.ports.channels import Channel
from tickets.ports.signals import Signals, Typing
from tickets.ports.users import Block


@pytest.fixture
def signals(desk_office: Office) -> Signals:
    return desk_office.store.signals


@pytest.fixture
def heard(signals: Signals) -> list[Typing]:
    heard: list[Typing] = []
    signals.listen(heard.append)
    return heard


def by_casey(ticket: Ticket) -> Typing:
    return Typing(ticket.id, ticket.requester, Actor(AuthorType.REQUESTER, CASEY.key), Place.API)


def signs(office: Office) -> list[int]:
    """The channels in which the bot has asked Discord to show that somebody types, in order."""
    asked = [it.path.split("/") for it in office.env.http_requests if it.path.endswith("/typing")]
    return [int(parts[2]) for parts in asked]


async def test_staff_typing_in_a_tickets_channel_is_whispered(
    desk_office: Office, heard: list[Typing]
) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]

    await agent.typing(channel)
    await desk_office.env.settle()

    key = UserKey(UserKey.DISCORD, str(agent.id))
    assert heard == [Typing(ticket.id, CASEY.key, Actor(AuthorType.STAFF, key), Place.DISCORD)]
    assert (await desk_office.store.people.people([key]))[key].name == agent.name


async def test_nobody_elses_typing_is_whispered(desk_office: Office, heard: list[Typing]) -> None:
    ticket, channel = await desk_office.open()
    await desk_office.people["outsider"].typing(desk_office.lobby)
    await desk_office.people["general"].typing(desk_office.lobby)
    await desk_office.client.http.send_typing(channel.id)
    await desk_office.desk.close(desk_office.caller("general"), ticket.id, Status.UNRESOLVED)
    await desk_office.people["general"].typing(channel)
    await desk_office.env.settle()

    assert heard == []


async def test_the_typing_of_staff_who_is_blocked_is_not_whispered(
    desk_office: Office, heard: list[Typing]
) -> None:
    _, channel = await desk_office.open()
    await desk_office.store.users.block(desk_office.caller("general").key, Block())

    await desk_office.people["general"].typing(channel)
    await desk_office.env.settle()

    assert heard == []


async def test_a_requester_typing_shows_in_the_channel_once_in_a_while(
    desk_office: Office, signals: Signals
) -> None:
    ticket, channel = await desk_office.open()
    other, others_channel = await desk_office.open()
    third, thirds_channel = await desk_office.open()

    for _ in range(3):
        signals.say(by_casey(ticket))
    signals.say(by_casey(other))
    await until(lambda: len(signs(desk_office)) == 2)
    signals.say(by_casey(third))
    await until(lambda: len(signs(desk_office)) == 3)

    assert signs(desk_office) == [channel.id, others_channel.id, thirds_channel.id]


async def test_who_types_in_discord_is_shown_there_by_discord_alone(
    desk_office: Office, signals: Signals, heard: list[Typing]
) -> None:
    _, channel = await desk_office.open()
    other, others_channel = await desk_office.open()

    await desk_office.people["general"].typing(channel)
    await until(lambda: heard)
    signals.say(by_casey(other))
    await until(lambda: others_channel.id in signs(desk_office))

    assert signs(desk_office) == [others_channel.id]


async def test_what_discord_refuses_is_forgotten(desk_office: Office, signals: Signals) -> None:
    ticket, channel = await desk_office.open()
    gone, gones_channel = await desk_office.open()
    await desk_office.store.channels.save(
        replace(await _channel(desk_office, gone), channel_id=gones_channel.id + 1)
    )

    signals.say(by_casey(gone))
    signals.say(by_casey(ticket))
    await until(lambda: channel.id in signs(desk_office))

    assert signs(desk_office) == [gones_channel.id + 1, channel.id]


async def _channel(office: Office, ticket: Ticket) -> Channel:
    channel = await office.store.channels.of_ticket(ticket.id)
    assert channel is not None
    return channel
