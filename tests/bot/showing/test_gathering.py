"""When a card may be shown again."""

import asyncio

import pytest

from bot.showing.gathering import LOOKS, Gathering
from tickets.model import TicketId

TICKET, OTHER = TicketId("one"), TicketId("two")


def wait(gathering: Gathering, ticket: TicketId) -> float:
    return gathering.may_be_shown_at(ticket) - asyncio.get_running_loop().time()


async def test_a_card_that_was_only_looked_at_is_looked_at_again_soon() -> None:
    gathering = Gathering(between=1_000.0)

    gathering.looked(TICKET)

    assert wait(gathering, TICKET) == pytest.approx(1_000.0 / LOOKS, abs=50)
    assert wait(gathering, OTHER) <= 0


async def test_a_card_that_was_edited_waits_for_all_of_the_time_between_two_edits() -> None:
    gathering = Gathering(between=1_000.0)

    gathering.edited(TICKET)
    gathering.looked(TICKET)

    assert wait(gathering, TICKET) == pytest.approx(1_000.0, abs=50)
