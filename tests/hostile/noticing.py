"""What everybody else may notice of a hostile client: next to nothing."""

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp

from chaos.hostile.target import Target
from chaos.hostile.watch import Noticed, watching
from chaos.house import Customer, House


@asynccontextmanager
async def nobody_else_notices(house: House, *, memory_mb: float = 40.0) -> AsyncIterator[Noticed]:
    """Fails on leaving if others waited for more than 250 ms for an answer or lost their connection
    meanwhile, or the process grew by more than ``memory_mb``."""
    assert house.guildesk is not None
    async with watching(house.api_port, house.guildesk.pid) as noticed:
        yield noticed
    assert noticed.longest_stall <= 0.25, str(noticed)
    assert noticed.broken == 0, str(noticed)
    assert noticed.memory_grown_mb <= memory_mb, str(noticed)


def target_of(house: House, file: str = "", who: str = "mallory") -> Target:
    """The house, for a customer who means no good."""
    return Target(house.api_port, Customer(house, who).token, file)


async def large_file_of(who: Customer) -> str:
    """The path of a file of theirs that is larger than what fits on the way."""
    form = aiohttp.FormData()
    form.add_field("file", io.BytesIO(b"x" * 9_000_000), filename="large.bin")
    url, headers = f"{who.house.api_url}/api/v1/attachments", {"Authorization": f"Bearer {who.token}"}
    async with who.house.session.post(url, data=form, headers=headers, raise_for_status=True) as answer:
        return "/files/" + str((await answer.json())["url"]).partition("/files/")[2]
