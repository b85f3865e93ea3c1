"""Appends as fast as it can, says what was acknowledged, and waits to be killed."""

import asyncio
import sys
import time
from pathlib import Path

from storage.sqlite.store import open_sqlite
from tests.contract.acts import open_ticket, post
from tickets.model import Ticket
from tickets.ports.store import Store


async def append_forever(store: Store, ticket: Ticket) -> None:
    while True:
        event = await post(store, ticket)
        sys.stdout.write(f"{event.ticket_id} {event.seq} {event.id}\n")
        sys.stdout.flush()


async def main(folder: Path) -> None:
    async with open_sqlite(folder, lambda: int(time.time() * 1000)) as store:
        tickets = [await open_ticket(store) for _ in range(8)]
        async with asyncio.TaskGroup() as tasks:
            for n in range(16):
                tasks.create_task(append_forever(store, tickets[n % 8]))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
