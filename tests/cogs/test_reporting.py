"""Statistics in Discord, and to whom commands are shown."""

from pathlib import Path

import discord
import pytest

from bot.showing.figures import _span
from tests.answers import told
from tests.office import Office, office


async def test_stats_tell_how_many_tickets_there_were_and_who_had_them(desk_office: Office) -> None:
    agent = desk_office.people["general"]
    _, first = await desk_office.open()
    await desk_office.open()
    await agent.slash(first, "claim")
    await desk_office.by_hand(agent.send(first, "Hello"))
    await agent.slash(first, "close")
    await desk_office.shown()

    lines = told(await agent.slash(desk_office.transcripts, "stats")).splitlines()

    assert lines[:2] == [
        "**Tickets of the last 7 days**",
        "2 opened · 1 resolved · 0 unresolved · 0 canceled · 1 still open",
    ]
    assert lines[2].startswith("First answer: half of them within ")
    assert lines[-2] == "**By assignee**"
    assert lines[-1].startswith(r"general\-agent · 1 · 1 resolved · first answer ")


async def test_where_there_was_nothing_they_say_so_and_strangers_are_refused(desk_office: Office) -> None:
    people = desk_office.people

    nothing = await people["admin"].slash(desk_office.transcripts, "stats", days=1)
    refused = await people["outsider"].slash(desk_office.lobby, "stats")

    assert told(nothing) == "**Tickets of the last day**\nNone was opened."
    assert told(refused) == "Only staff can do this."


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (59, "59 s"), (60, "1 min"), (5_400, "1.5 h"), (172_799, "48 h"), (259_200, "3 d")],
)
def test_spans_of_time_are_short(seconds: int, words: str) -> None:
    assert _span(seconds) == words


async def test_commands_of_staff_are_hidden_from_whoever_lacks_a_permission(tmp_path: Path) -> None:
    needed = discord.Permissions(manage_messages=True)
    async with office(tmp_path, commands_need=needed) as desk_office:
        guild = discord.Object(desk_office.guild.id)
        commands = desk_office.client.tree.get_commands(guild=guild)
        shown = {it.name for it in commands if it.default_permissions is None}

        assert {it.default_permissions for it in commands if it.name not in shown} == {needed}
        assert "open" in shown
        assert {"claim", "close", "find", "Edit"}.isdisjoint(shown)


async def test_as_usual_commands_are_shown_to_all(desk_office: Office) -> None:
    commands = desk_office.client.tree.get_commands(guild=discord.Object(desk_office.guild.id))

    assert {it.default_permissions for it in commands} == {None}
