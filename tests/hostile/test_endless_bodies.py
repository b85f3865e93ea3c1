"""Requests that have no end, at full speed: nobody keeps what they bring, and they end all the same."""

import asyncio

import pytest

from chaos.hostile.endless import KINDS, send_on
from chaos.house import House
from tests.hostile.noticing import nobody_else_notices, target_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

AT_ONCE = 5
ENDS_WITHIN = 20.0


@pytest.mark.slow
@pytest.mark.parametrize(("begin", "block"), KINDS.values(), ids=KINDS.keys())
async def test_what_has_no_end_is_ended(house: House, begin: str, block: bytes) -> None:
    async with nobody_else_notices(house, memory_mb=20):
        await asyncio.gather(*(send_on(target_of(house), begin, block, ENDS_WITHIN) for _ in range(AT_ONCE)))
