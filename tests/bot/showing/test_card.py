"""The card shows what it has room for, and a file the rest."""

from simcord import ChannelHandle

from bot.showing.parts import length
from tests.office import CASEY, Office
from tickets.model import Ticket

HIDDEN_LINKS = "[a](https://b.c)" * 250
"""4,000 characters that are 4,250 once they hide nothing."""


def description(channel: ChannelHandle) -> tuple[str, dict[str, int]]:
    (card,) = channel.pinned_messages()
    return str(card.embeds[0].description), {file.filename: file.size for file in card.attachments}


async def described(office: Office, ticket: Ticket, text: str) -> None:
    await office.desk.change(CASEY, str(ticket.id), {"description": text})
    await office.shown()


async def test_a_description_that_is_too_long_is_whole_in_a_file(desk_office: Office) -> None:
    _, channel = await desk_office.open(description=HIDDEN_LINKS)

    shown, files = description(channel)
    assert 3_800 < length(shown) <= 4_096
    assert shown.endswith("…")
    assert files == {"description.txt": 4_000}


async def test_the_file_follows_the_description(desk_office: Office) -> None:
    ticket, channel = await desk_office.open(description="Short")
    assert description(channel) == ("Short", {})

    await described(desk_office, ticket, HIDDEN_LINKS)
    assert description(channel)[1] == {"description.txt": 4_000}
    await described(desk_office, ticket, HIDDEN_LINKS[:-1])
    assert description(channel)[1] == {"description.txt": 3_999}
    await described(desk_office, ticket, "Short again")
    assert description(channel) == ("Short again", {})


async def test_code_on_a_card_is_closed_where_the_card_ends(desk_office: Office) -> None:
    _, channel = await desk_office.open(
        description=HIDDEN_LINKS[:2_400] + "\n```py\n" + "x = 1\n" * 260 + "```"
    )

    shown, _ = description(channel)
    assert shown.count("```") == 2
