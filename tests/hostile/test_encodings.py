"""Bodies that unpack to far more than they are: nobody unpacks them."""

import asyncio

import pytest

from chaos.hostile.bombs import ENCODINGS, ROUTES, throw
from chaos.house import House
from tests.hostile.noticing import nobody_else_notices, target_of

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize("encoding", ENCODINGS)
async def test_packed_bodies_are_refused_and_hold_up_nobody(house: House, encoding: str) -> None:
    async with nobody_else_notices(house, memory_mb=20):
        answers = await asyncio.gather(
            *(throw(target_of(house), route, encoding) for route in ROUTES for _ in range(4))
        )

    assert {status for status, _ in answers} == {415}
    assert all(b"encoding_not_supported" in body for _, body in answers)
