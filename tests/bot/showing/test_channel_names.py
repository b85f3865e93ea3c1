"""Channels are called by the ticket's number, or, where that is wanted, by its topic too."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.showing.channel_names import names_of
from config.settings import ChannelNames
from tests.bot.strict import Strict
from tests.office import CASEY, Office, office
from tests.waiting import until
from tickets.desks.ticket_desk import NewTicket


@pytest.mark.parametrize(
    ("topic", "name"),
    [
        ("Export is stuck", "0001-export-is-stuck"),
        ("  #1: @everyone — *HELP*!", "0001-1-everyone-help"),
        ("Größe_falsch 大きい", "0001-grösse-falsch-大きい"),
        ("!!!", "ticket-0001"),
        ("one two three four five six seven eight nine ten", "0001-one-two-three-four-five-six-seven-eight"),
        ("a" * 90, "0001-" + "a" * 40),
    ],
)
async def test_a_name_of_a_topic_is_one_that_discord_shows(
    desk_office: Office, topic: str, name: str
) -> None:
    ticket, _ = await desk_office.open()

    assert names_of(replace(ticket, topic=topic), ChannelNames.TOPIC)[0] == name
    assert names_of(replace(ticket, topic=topic), ChannelNames.NUMBER)[0] == "ticket-0001"


async def test_a_channel_is_called_by_its_topic_where_that_is_wanted(tmp_path: Path) -> None:
    async with office(tmp_path, channel_names=ChannelNames.TOPIC) as desk_office:
        await desk_office.desk.open(CASEY, NewTicket(topic="Export is stuck", description="It is."))
        await desk_office.shown()

        assert "0001-export-is-stuck" in desk_office.guild.channels


async def test_a_topic_that_discord_refuses_leads_to_the_number(tmp_path: Path, strict: Strict) -> None:
    async with office(tmp_path, channel_names=ChannelNames.TOPIC) as desk_office:
        strict.words = {"name": ["export"]}

        await desk_office.desk.open(CASEY, NewTicket(topic="Export is stuck", description="It is."))

        await until(lambda: "ticket-0001" in desk_office.guild.channels)
