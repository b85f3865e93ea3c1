"""A client that hangs up, whenever it does, is nothing that people are told of."""

import pytest

from chaos.hostile.leaving import REQUESTS, ask_and_go
from chaos.hostile.watch import descriptors_of
from chaos.house import Customer, House, until
from tests.hostile.noticing import large_file_of, nobody_else_notices, target_of

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize("without_a_word", [True, False])
@pytest.mark.parametrize("kind", REQUESTS)
async def test_who_hangs_up_is_no_fault(house: House, kind: str, without_a_word: bool) -> None:
    path = await large_file_of(Customer(house, "mallory")) if kind == "a large answer" else ""
    assert house.guildesk is not None
    pid, log = house.guildesk.pid, house.data_dir / "guildesk.log"
    said_before, descriptors_before = len(log.read_text()), descriptors_of(pid)

    async def is_over() -> bool:
        return descriptors_of(pid) <= descriptors_before

    async with nobody_else_notices(house):
        for _ in range(20):
            await ask_and_go(target_of(house, path), kind, without_a_word=without_a_word)
    await until(is_over)

    said = log.read_text()[said_before:].splitlines()
    assert not [it for it in said if it.startswith(("WARNING", "ERROR", "CRITICAL", "Traceback"))]
