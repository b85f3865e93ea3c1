"""Content types that are costly to parse."""

import asyncio
from collections.abc import Mapping
from typing import Final

import pytest

from chaos.house import House
from tests.hostile.noticing import nobody_else_notices, target_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

KINDS: Final[Mapping[str, str]] = {
    "semicolons": ";" * 7_900,
    "parameters": ";a=b" * 1_900,
    "numbered parameters": "".join(f";a*{it}=x" for it in range(900)),
    "comments": "(" * 7_900,
    "commas": "," * 7_900,
}


@pytest.mark.parametrize("path", ["/api/v1/tickets", "/api/v1/attachments"])
async def test_types_of_bodies_are_parsed_in_no_time(house: House, path: str) -> None:
    target, before = target_of(house), (house.data_dir / "guildesk.log").read_text()

    async def send(kind: str, number: int) -> int:
        async with target.connected() as raw:
            given = f"Content-Type: application/json;n={number}{KINDS[kind]}"
            await raw.send(f"POST {path} HTTP/1.1", target.shown, given, "Content-Length: 2", body=b"{}")
            return (await raw.head()).status

    async with nobody_else_notices(house):
        answers = await asyncio.gather(*(send(kind, number) for kind in KINDS for number in range(6)))

    assert set(answers) <= {400, 415}
    assert "Traceback" not in (house.data_dir / "guildesk.log").read_text()[len(before) :]
