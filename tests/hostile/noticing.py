"""What everybody else may notice of a hostile client: next to nothing."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from chaos.hostile.watch import Noticed, watching
from chaos.house import House


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
