"""``python -m chaos.hostile.people``: a process full of ordinary people, until it is terminated.

It reads who they are as JSON from standard input, and tells each request as a line of JSON. It is a process
of its own, so that nothing else in it delays a request or the look at the clock."""

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import Awaitable
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass
from typing import Any, Final

import aiohttp

from chaos.hostile.times import Asked
from chaos.hostile.watch import Queues

PAUSE: Final = 5.0
"""Seconds between two messages of a customer, which the limits allow."""
CHAPTER: Final = 30
"""Messages on a ticket, which is read whole after each. Then the customer opens the next one."""
HOME: Final = "127.0.2.{}"
"""Each of them has an address of their own."""
FILE: Final = b"a small screenshot " * 1_000


@dataclass(frozen=True)
class Person:
    """A customer with a first ticket."""

    name: str
    token: str
    ticket: str


class Life:
    """What one of them does again and again."""

    def __init__(self, api_url: str, person: Person, session: aiohttp.ClientSession, queues: Queues) -> None:
        self._api_url = f"{api_url}/api/v1"
        self._ticket = person.ticket
        self._person = person
        self._session = session
        self._queues = queues
        self._answer = b"{}"
        self._headers = {"Authorization": f"Bearer {person.token}"}

    async def live(self, number: int, people: int) -> None:
        await asyncio.sleep(PAUSE * number / people)
        count = 0
        while True:
            began = time.monotonic()
            if count and count % CHAPTER == CHAPTER * number // people:
                await self._open()
            count += 1
            await self._say(f"{self._person.name} {count}")
            ticket = f"{self._api_url}/tickets/{self._ticket}"
            await self._tell("messages are read", self._ask("GET", f"{ticket}/messages"))
            await self._tell("a ticket is read", self._ask("GET", ticket))
            if count % 12 == number % 12:
                await self._tell("a file is sent", self._send_a_file())
            await asyncio.sleep(max(PAUSE - (time.monotonic() - began), 0.0))

    async def _open(self) -> None:
        """Go on with another ticket, if it is opened."""
        body = {"topic": "Something else", "description": "Broke, too."}
        await self._tell("a ticket is opened", self._ask("POST", f"{self._api_url}/tickets", json=body))
        self._ticket = json.loads(self._answer).get("id", self._ticket)

    async def _say(self, word: str) -> None:
        asking = self._ask("POST", f"{self._api_url}/tickets/{self._ticket}/messages", json={"content": word})
        await self._tell("a message is posted", asking, word)

    async def _send_a_file(self) -> int:
        form = aiohttp.FormData(quote_fields=False)
        form.add_field("file", FILE, filename="file.bin", content_type="application/octet-stream")
        return await self._ask("POST", f"{self._api_url}/attachments", data=form)

    async def _ask(self, method: str, url: str, **what: Any) -> int:
        async with self._session.request(method, url, headers=self._headers, **what) as answer:
            self._answer = await answer.read()
            return answer.status

    async def _tell(self, what: str, asking: Awaitable[int], word: str = "") -> None:
        queued, began = self._queues.seconds(), time.monotonic()
        try:
            status = await asking
            fault = f"answered with {status}" if status >= 400 else ""
        except (aiohttp.ClientError, TimeoutError) as error:
            status, fault = 0, repr(error)
        took, waited = time.monotonic() - began, self._queues.seconds() - queued
        said = word if status == 201 else ""
        asked = Asked(what, began, took, waited, said=said, ticket=self._ticket, fault=fault)
        print(json.dumps(asdict(asked)), flush=True)


async def _live(api_url: str, pid: int, people: list[Person]) -> None:
    queues = Queues(pid)
    async with AsyncExitStack() as sessions, asyncio.TaskGroup() as tasks:
        for number, person in enumerate(people):
            connector = aiohttp.TCPConnector(local_addr=(HOME.format(number + 1), 0))
            session = await sessions.enter_async_context(aiohttp.ClientSession(connector=connector))
            tasks.create_task(Life(api_url, person, session, queues).live(number, len(people)))


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    told = json.loads(sys.stdin.readline())
    asyncio.run(_live(told["api_url"], told["pid"], [Person(**it) for it in told["people"]]))


if __name__ == "__main__":
    main()
