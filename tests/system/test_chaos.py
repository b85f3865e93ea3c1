"""A short campaign by a fixed seed; `make chaos` plays long ones."""

from pathlib import Path

import pytest

from chaos.__main__ import STORES
from chaos.campaign import campaigning
from chaos.kinds import OF_SERVERS, Kind
from chaos.plan import plan

SLOW = {Kind.LATE, Kind.THROTTLE, Kind.FILL_GUILD}
SEED = 1


@pytest.mark.slow
@pytest.mark.parametrize(("store", "processes"), [("sqlite", 1), ("sqlite", 2), ("mongo", 1), ("mongo", 2)])
async def test_the_books_balance_after_a_short_campaign(tmp_path: Path, store: str, processes: int) -> None:
    (chapter,) = plan(SEED, 6, set(Kind) - SLOW - (OF_SERVERS if store == "sqlite" else set()), tickets=3)

    async with campaigning(tmp_path, STORES[store], processes) as campaign:
        await campaign.play(chapter)

    assert [str(it) for it in campaign.found] == []
    assert campaign.tally.restarts.total() >= 6
    assert campaign.tally.seen > 0


def test_the_same_seed_makes_the_same_plan() -> None:
    assert plan(SEED, 25) == plan(SEED, 25)
    assert plan(SEED, 25) != plan(SEED + 1, 25)
