"""What the leader does to tell people, as a process that is killed.

``python -m tests.notify.sending FOLDER URL``"""

import asyncio
import sys
import time
from pathlib import Path

from tests.new_stores import open_new_sqlite
from tests.notify.conftest import Known, notifying
from tickets.model import UserKey
from tickets.ports.notifications import Reach


class EverybodyHasMail(Known):
    async def reach(self, user: UserKey) -> Reach:
        return Reach(email=f"{user.id}@example.org")


def now() -> int:
    return time.time_ns() // 1_000_000


async def main(folder: Path, url: str) -> None:
    async with open_new_sqlite(folder, now) as store:
        seen = await store.lease.observe()
        term = await store.lease.acquire(f"sender {now()}", seen)
        assert term is not None
        async with store.lead(term) as led, notifying(led, EverybodyHasMail(), now, url, notify_after=200):
            print("sending", flush=True)  # noqa: T201  so that it can be killed
            await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
