"""The card shows what it has room for, and a second message the rest."""

from pathlib import Path

import discord
from simcord import ChannelHandle

from bot.showing.parts import length
from tests.cards import card_in, read, texts
from tests.office import CASEY, Office, office
from tickets.forms import Form, Forms, Question, QuestionKind
from tickets.model import Ticket

HIDDEN_LINKS = "[a](https://b.c)" * 250
"""4,000 characters that are 4,250 once they hide nothing."""
LONG = "All of it. " * 200
"""2,200 characters: too many for the card, and not for another message."""


def description(channel: ChannelHandle) -> str:
    """What of it the card shows."""
    shown = next(it for it in texts(card_in(channel)) if it.startswith(">>> "))
    return shown.removeprefix(">>> ")


def rests(channel: ChannelHandle) -> list[discord.Message]:
    """The second messages of the card."""
    return [it for it in channel.history() if texts(it)[:1] == ["**Description**"]]


def files(message: discord.Message) -> dict[str, int]:
    return {file.filename: file.size for file in message.attachments}


async def described(office: Office, ticket: Ticket, text: str) -> None:
    await office.desk.change(CASEY, str(ticket.id), {"description": text})
    await office.shown()


async def test_a_description_that_is_too_long_is_whole_in_a_second_message(desk_office: Office) -> None:
    _, channel = await desk_office.open(description=LONG.strip())

    shown = description(channel)
    (rest,) = rests(channel)
    assert 1_100 < length(shown) <= 1_200
    assert shown.endswith("…")
    assert "The rest is in a message below." in read(card_in(channel))
    assert texts(rest)[1] == f">>> {LONG.strip()}"
    assert files(rest) == {}


async def test_what_no_message_has_room_for_is_a_file(desk_office: Office) -> None:
    _, channel = await desk_office.open(description=HIDDEN_LINKS)

    (rest,) = rests(channel)
    assert sum(map(length, texts(rest))) <= 4_000
    assert files(rest) == {"ticket-0001.txt": len("Description\n\n") + 4_000}


async def test_the_second_message_follows_the_description(desk_office: Office) -> None:
    ticket, channel = await desk_office.open(description="Short")
    assert (description(channel), rests(channel)) == ("Short", [])

    await described(desk_office, ticket, HIDDEN_LINKS)
    (first,) = rests(channel)
    await described(desk_office, ticket, LONG)
    (second,) = rests(channel)
    assert (second.id, files(second)) == (first.id, {})
    await described(desk_office, ticket, "Short again")
    assert (description(channel), rests(channel)) == ("Short again", [])
    await described(desk_office, ticket, LONG)
    assert len(rests(channel)) == 1


async def test_code_on_a_card_is_closed_where_the_card_ends(desk_office: Office) -> None:
    _, channel = await desk_office.open(
        description=HIDDEN_LINKS[:800] + "\n```py\n" + "x = 1\n" * 260 + "```"
    )

    assert description(channel).count("```") == 2


async def test_the_card_shows_category_and_answers_as_they_were_given(tmp_path: Path) -> None:
    steps = Question(id="steps", label="What *did* you do?", kind=QuestionKind.LONG, max_length=2000)
    forms = Forms((*Forms().all, Form(slug="bug-report", name="Bug", questions=(steps,))))
    answers = {"steps": "I clicked.\n@everyone **saw** it."}
    async with office(tmp_path, forms=forms) as desk_office:
        _, channel = await desk_office.open(category="bug-report", answers=answers)
        _, other = await desk_office.open(category="bug-report", answers={"steps": "All of it. " * 150})

        (shown,) = [it for it in texts(card_in(channel)) if "Category" in it]
        (rest,) = [it for it in other.history() if texts(it)[:1] == ["**Answers**"]]

    assert shown.splitlines() == [
        "-# Category: bug\\-report",
        "**What \\*did\\* you do?**",
        "I clicked.",
        "@everyone \\*\\*saw\\*\\* it.",
    ]
    assert texts(rest)[1].count("All of it") == 150
