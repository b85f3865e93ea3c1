"""Lines of the bot fit into a message, whatever people wrote."""

import pytest

from tests.bot.strict import Strict
from tests.cogs.counter import all_shown, open_at, texts, with_panel
from tests.office import CASEY, Office
from texts.text import Text
from tickets.model import Status
from tickets.ports.timers import TimerKind

LONGEST = "*" * 1_000
"""The longest reason over the API. Its markdown is escaped, which takes twice the room."""


@pytest.mark.parametrize("in_thread", [False, True], ids=["channel", "thread"])
async def test_whatever_the_reason_of_a_closing_it_is_told_and_the_rest_follows(
    desk_office: Office, in_thread: bool
) -> None:
    if in_thread:
        await with_panel(desk_office)
        ticket, channel, there = await open_at(desk_office, desk_office.people["outsider"])
        caller = desk_office.caller("general")
    else:
        ticket, channel = await desk_office.open()
        there, caller = channel, CASEY

    await desk_office.desk.close(caller, ticket.id, None if in_thread else Status.CANCELED, LONGEST)
    await all_shown(desk_office)

    assert any(r"\*\*\*" in it for it in texts(there))
    kind = TimerKind.ARCHIVING if in_thread else TimerKind.REMOVAL
    assert await desk_office.store.timers.earliest(kind) is not None


@pytest.mark.parametrize("in_thread", [False, True], ids=["channel", "thread"])
async def test_a_line_about_a_closing_that_discord_never_takes_keeps_no_channel_and_no_thread(
    desk_office: Office, strict: Strict, in_thread: bool
) -> None:
    await with_panel(desk_office)
    ticket, channel, thread = await open_at(desk_office, desk_office.people["outsider"])
    there = thread if in_thread else channel
    strict.refuses = [("POST", rf"^/channels/{there.id}/messages$", 400, 240000)]

    await desk_office.desk.close(desk_office.caller("general"), ticket.id, None, "See https://evil.example")
    await all_shown(desk_office)

    kind = TimerKind.ARCHIVING if in_thread else TimerKind.REMOVAL
    assert await desk_office.store.timers.earliest(kind) is not None


async def test_admins_are_told_however_much_discord_says_of_a_refusal(desk_office: Office) -> None:
    """Of a form with many fields that are wrong, it says thousands of characters."""
    await desk_office.work.admins.tell(Text("commands-are-refused", why="In 0.options: wrong. " * 200))

    (told,) = texts(desk_office.transcripts)
    assert "Discord refuses the commands; all else goes on: In 0.options" in told
