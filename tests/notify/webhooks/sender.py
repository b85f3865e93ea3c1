"""Sends what waits for endpoints, and waits to be killed. On SIGABRT it tells where it is."""

import asyncio
import faulthandler
import sys
from pathlib import Path

from tests.notify.webhooks.backend import a_store, working


async def main(folder: Path) -> None:
    async with a_store(folder) as (store, _), working(store):
        await asyncio.Event().wait()


if __name__ == "__main__":
    faulthandler.enable()
    asyncio.run(main(Path(sys.argv[1])))
