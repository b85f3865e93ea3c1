"""Who sends thousands of requests at once waits for them as everybody else does for theirs."""

import asyncio

import pytest

from chaos.hostile.crowds import pipeline
from chaos.house import House
from tests.hostile.noticing import nobody_else_notices, target_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

REQUESTS = 2_000


@pytest.mark.slow
@pytest.mark.parametrize("path", ["/healthz", "/api/v1/tickets"])
async def test_thousands_of_requests_at_once_hold_up_nobody(house: House, path: str) -> None:
    async with nobody_else_notices(house):
        answers = await asyncio.gather(*(pipeline(target_of(house), path, REQUESTS) for _ in range(4)))

    assert answers == [REQUESTS] * 4
