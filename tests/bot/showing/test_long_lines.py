"""Lines of the bot fit into a message, whatever people wrote."""

import pytest

from tests.cogs.counter import all_shown, open_at, texts, with_panel
from tests.office import CASEY, Office
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
