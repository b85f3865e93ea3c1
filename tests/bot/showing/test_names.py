"""Discord refuses names by lists that nobody publishes: a neutral name stands in, at once."""

import pytest
from simcord import ChannelHandle

from bot.showing.channel_marks import Marks
from bot.showing.texts import webhook_names
from tests.bot.strict import Strict
from tests.cards import card_in, texts
from tests.office import CASEY, Office
from tests.waiting import until
from tickets.desks.ticket_desk import NewTicket, Said
from tickets.model import Delivery, IssueLevel, Ticket, TicketId

CHANNELS = ("POST", "/channels")
WEBHOOKS = ("POST", "/webhooks")


async def opened(office: Office, **fields: str) -> tuple[Ticket, ChannelHandle]:
    """A ticket, and its channel whatever it is called."""
    new = NewTicket(**{"topic": "It hurts", "description": "Everywhere.", **fields})  # type: ignore[arg-type]
    ticket = await office.desk.open(CASEY, new)
    await office.shown()
    place = await office.store.channels.of_ticket(ticket.id)
    assert place is not None
    return ticket, next(it for it in office.guild.channels.values() if it.id == place.channel_id)


@pytest.mark.parametrize(
    "says", ["Contains words not allowed.", "Enthält verbotene Wörter.", "", "許可されていません"]
)
async def test_a_channel_whose_name_is_refused_gets_a_neutral_one_at_once(
    desk_office: Office, strict: Strict, says: str
) -> None:
    strict.words, strict.says = {"name": ["0001"]}, says

    ticket, channel = await opened(desk_office)
    await desk_office.say(ticket, "Hello?")

    assert channel.name == "ticket"
    assert strict.asked_for(*CHANNELS, "name") == ["ticket-0001", "ticket"]
    assert desk_office.ever_said_by_requesters(channel) == ["Hello?"]
    assert "### #1 · It hurts" in texts(card_in(channel))


async def test_a_refused_name_is_remembered(desk_office: Office, strict: Strict) -> None:
    strict.words = {"name": ["0001"]}
    _, channel = await opened(desk_office)

    await desk_office.by_hand(desk_office.client.http.delete_channel(channel.id))

    assert strict.asked_for(*CHANNELS, "name") == ["ticket-0001", "ticket", "ticket"]


@pytest.mark.parametrize(
    ("words", "name"),
    [({"name": ["ticket"]}, "desk"), ({"topic": ["1"]}, "ticket-0001"), ({"topic": [":"]}, "ticket-0001"),
     ({"topic": ["guildesk"]}, "ticket-0001"), ({"topic": ["guildesk"], "name": ["1"]}, "ticket")],
    ids=str,
)  # fmt: skip
async def test_whatever_is_refused_of_a_channel_the_ticket_has_one(
    desk_office: Office, strict: Strict, words: dict[str, list[str]], name: str
) -> None:
    strict.words = words

    ticket, channel = await opened(desk_office)
    await desk_office.say(ticket, "Hello?")

    assert channel.name == name
    assert desk_office.ever_said_by_requesters(channel) == ["Hello?"]


async def test_a_refusal_that_names_nothing_is_taken_for_one_of_the_name(desk_office: Office) -> None:
    desk_office.env.inject_error("POST", "/guilds/*/channels", status=400, code=50035, message="Nein.")

    _, channel = await opened(desk_office)

    assert channel.name == "ticket"


def test_each_mark_leads_to_its_ticket() -> None:
    ticket_id = TicketId("0123456789abcdef" * 2)
    marks, others = Marks("00ff14881488"), Marks("00ff14881489")

    *topics, last = marks.topics(1488, ticket_id)

    assert [marks.ticket_in(it) for it in topics] == [ticket_id] * 3
    assert [others.ticket_in(it) for it in topics] == [None] * 3
    assert last is None
    assert marks.ticket_in(last) is None
    assert not any(digit in (topics[-1] or "") for digit in "0123456789")


async def test_who_may_not_be_called_so_is_somebody_and_that_is_remembered(
    desk_office: Office, strict: Strict
) -> None:
    ticket, channel = await desk_office.open()
    strict.words = {"username": ["casey"]}

    await desk_office.say(ticket, "one")
    await desk_office.say(ticket, "two")

    said = sorted((it for it in channel.history() if it.webhook_id), key=lambda it: it.id)
    assert [(it.author.name, it.content) for it in said] == [
        ("Somebody · requester", "one"),
        ("Somebody · requester", "two"),
    ]
    names = [
        body["username"] for _, path, body in strict.asked if "/webhooks/" in path and "username" in body
    ]
    assert names == ["Casey · requester", "Somebody · requester", "Somebody · requester"]
    assert {it.delivery for it in await desk_office.messages(ticket)} == {Delivery.DELIVERED}


@pytest.mark.parametrize("word", ["requester", "o"])
async def test_whatever_name_is_refused_the_words_arrive(
    desk_office: Office, strict: Strict, word: str
) -> None:
    ticket, channel = await desk_office.open()
    strict.words = {"username": [word]}

    await desk_office.say(ticket, "Hello?")

    assert desk_office.ever_said_by_requesters(channel) == ["Hello?"]


async def test_a_webhook_of_ours_may_be_called_otherwise(desk_office: Office, strict: Strict) -> None:
    strict.words = {"name": ["guildesk"]}
    ticket, channel = await desk_office.open()

    await desk_office.say(ticket, "Hello?")

    assert strict.asked_for(*WEBHOOKS, "name") == ["Guildesk", "Support"]
    assert desk_office.ever_said_by_requesters(channel) == ["Hello?"]


STRANGE = (
    "😀😀😀",
    "דני · admin",
    "\u202eevil",
    "x" * 100,
    "😀" * 60,
    "discord",
    "Clyde",
    "everyone",
    "here",
)


@pytest.mark.parametrize("name", [*STRANGE, "System Message", "", "\u200b"])
def test_every_name_has_neutral_ones_behind_it(name: str) -> None:
    wanted, *neutral = webhook_names(name, "requester")

    assert wanted is not None
    assert wanted.endswith(" · requester")
    assert len(wanted) <= 80
    assert "\u202e" not in wanted
    assert neutral == ["Somebody · requester", "Requester", "Somebody", None]


async def test_a_further_category_whose_name_is_refused_belongs_to_its_level(
    desk_office: Office, strict: Strict
) -> None:
    base = desk_office.guild_map.categories[IssueLevel.NORMAL]
    strict.words = {"name": ["tickets 2", "NORMAL 2"]}
    guild = desk_office.guild_map.guild(desk_office.client)
    category = desk_office.guild_map.category(guild, IssueLevel.NORMAL)
    assert category is not None

    names = desk_office.guild_map.names_beside(guild, category)
    made = await guild.create_category(names[-1])

    assert names == ["NORMAL tickets 2", "NORMAL 2", "NORMAL tickets 3", "NORMAL 3"]
    assert desk_office.guild_map.level_of(guild, made.id) is IssueLevel.NORMAL
    assert desk_office.guild_map.level_of(guild, base) is IssueLevel.NORMAL


def told(office: Office) -> list[str]:
    """What the admins read of it."""
    return [it.content for it in office.transcripts.history() if "has no channel" in it.content]


@pytest.mark.parametrize(("status", "code"), [(400, 50035), (403, 50013)])
async def test_a_ticket_whose_channel_is_refused_is_told_of_until_it_has_one(
    desk_office: Office, status: int, code: int
) -> None:
    admins = desk_office.work.admins
    desk_office.env.inject_error(
        "POST", "/guilds/*/channels", status=status, code=code, message="No.", times=None
    )
    ticket = await desk_office.desk.open(CASEY, NewTicket(topic="It hurts", description="Everywhere."))
    message = await desk_office.desk.post(CASEY, ticket.id, Said("Hello?"))
    await until(lambda: told(desk_office))

    assert "Ticket 1 has no channel" in told(desk_office)[0]
    assert [it.code for it in admins.lasting] == ["ticket_without_channel"]
    assert await desk_office.store.depths.without_channel() == 1
    assert message.delivery is Delivery.QUEUED

    desk_office.env.backend.faults.clear()
    await desk_office.hasten(ticket)
    await desk_office.shown()
    assert desk_office.ever_said_by_requesters(desk_office.guild.channels["ticket-0001"]) == ["Hello?"]
    assert admins.lasting == []
    assert len(told(desk_office)) == 1
