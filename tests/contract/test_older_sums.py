"""Sums that an older program has kept are put in rows, piece by piece."""

from tests.clocks import Hands
from tests.contract.places import Place, opened_to_lead
from tickets.figures import BY_STEP, By, Figure, Sums, seconds_of


async def test_sums_of_months_are_put_in_rows_and_count_as_before(place: Place, clock: Hands) -> None:
    closed, took = ("a", Figure.CLOSED, "RESOLVED"), ("a", Figure.RESOLUTION, "100000")
    older = dict.fromkeys(By, Sums({closed: 5, took: 5}))
    async with opened_to_lead(place, clock) as store:
        for month in range(1, 10):
            await store.reports.keep(f"2026-0{month}", older)
        await store.reports.keep("2026-01-01", older)
    await place.write_version(place.before("seconds of statistics are kept in rows"))

    async with place.open(clock) as store:
        months = [await store.reports.sums(by, "2026-01", "2026-09") for by in By]
        days = await store.reports.sums(By.AGENT, "2026-01-01", "2026-01-01")

    assert days == {"2026-01-01": older[By.AGENT]}
    for kept in months:
        assert len(kept) == 9
        for sums in kept.values():
            assert sums[closed] == 5
            assert sums[took] == 0
            ((_, count),) = seconds_of(sums["a", Figure.RESOLUTION, BY_STEP])
            assert count == 5
