"""Forms: whatever stands before, around and behind the file, others do not wait for it."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from chaos.hostile.forms import BEGIN, END, FLOODS, cut, upload
from chaos.house import House
from tests.hostile.noticing import nobody_else_notices, target_of

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize(("begin", "flood"), FLOODS.values(), ids=FLOODS.keys())
async def test_a_flood_in_a_form_is_refused_and_holds_up_nobody(
    house: House, begin: bytes, flood: bytes
) -> None:
    async with nobody_else_notices(house):
        answers = await asyncio.gather(*(upload(target_of(house), cut(begin + flood)) for _ in range(4)))

    assert {status for status, _ in answers} <= {400, 413}


async def test_a_file_in_the_smallest_of_chunks_holds_up_nobody(house: House) -> None:
    whole = BEGIN + b"x" * 30_000 + END

    async with nobody_else_notices(house):
        answers = await asyncio.gather(*(upload(target_of(house), cut(whole, size=1)) for _ in range(20)))

    assert [status for status, _ in answers] == [201] * 20
    assert all('"name":"a;b;c.png"' in body and '"size":30000' in body for _, body in answers)


async def test_a_large_file_that_comes_slowly_arrives(house: House) -> None:
    async def slowly() -> AsyncIterator[bytes]:
        yield BEGIN
        for _ in range(100):
            yield b"x" * 100_000
            await asyncio.sleep(0.02)
        yield END

    async with nobody_else_notices(house):
        status, body = await upload(target_of(house, who="casey"), slowly())

    assert (status, '"size":10000000' in body) == (201, True)
