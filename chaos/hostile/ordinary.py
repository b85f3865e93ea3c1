"""Everybody else: customers who write, read and send files while hostile clients are about."""

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import aiohttp

from chaos.house import Customer, House, until

CUSTOMERS: Final = 25
PAUSE: Final = 5.0
"""Seconds between two messages of a customer, which the limits allow."""
BALANCED_WITHIN: Final = 120.0
FILE: Final = b"a small screenshot " * 1_000


@dataclass
class Times:
    """How long requests took, by what was asked for, in seconds; and those that were not answered well."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    failed: list[str] = field(default_factory=list)

    def add(self, more: "Times") -> None:
        for what, them in more.seconds.items():
            self.seconds[what] += them
        self.failed += more.failed

    @property
    def all(self) -> list[float]:
        return [it for them in self.seconds.values() for it in them]


def p99(seconds: Sequence[float]) -> float:
    return sorted(seconds)[int(len(seconds) * 0.99)] if seconds else 0.0


@dataclass
class Person:
    """A customer with one ticket, and what was acknowledged of it."""

    customer: Customer
    ticket: dict[str, Any]
    said: list[str] = field(default_factory=list)


class Ordinary:
    """All of them. ``times`` may be replaced: what follows is counted there."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._people: list[Person] = []
        self.times = Times()

    @property
    def acknowledged(self) -> int:
        return sum(len(it.said) for it in self._people)

    async def arrive(self) -> None:
        for number in range(CUSTOMERS):
            customer = Customer(self._house, f"customer-{number}")
            self._people.append(Person(customer, await customer.open()))

    @asynccontextmanager
    async def living(self) -> AsyncIterator[None]:
        async with asyncio.TaskGroup() as tasks:
            lives = [tasks.create_task(self._live(it, number)) for number, it in enumerate(self._people)]
            try:
                yield
            finally:
                for life in lives:
                    life.cancel()

    async def lost(self) -> list[str]:
        """What was acknowledged and is not there, or is there twice, for the requester and for staff."""
        try:
            await until(self._is_balanced, BALANCED_WITHIN)
        except TimeoutError:
            return await self._differences()
        return []

    async def _is_balanced(self) -> bool:
        return not await self._differences()

    async def _differences(self) -> list[str]:
        differences = []
        for person in self._people:
            stored = [it["content"] for it in await person.customer.messages(person.ticket)]
            channel = await self._house.channel_of(person.ticket)
            shown = await self._house.ever_said_by_requesters(channel)
            for where, there in (("in the store", stored), ("in Discord", shown)):
                differences += [
                    f"{word!r}: {there.count(word)} times {where}"
                    for word in person.said
                    if there.count(word) != 1
                ]
        return differences

    async def _live(self, person: Person, number: int) -> None:
        await asyncio.sleep(PAUSE * number / CUSTOMERS)
        count = 0
        while True:
            began = time.monotonic()
            count += 1
            await self._say(person, f"{person.customer.name} {count}")
            path = f"/tickets/{person.ticket['id']}/messages"
            await self._ask("messages are read", person, "GET", path)
            await self._ask("a ticket is read", person, "GET", f"/tickets/{person.ticket['id']}")
            if count % 12 == number % 12:
                await self._send_a_file(person)
            await asyncio.sleep(max(PAUSE - (time.monotonic() - began), 0.0))

    async def _say(self, person: Person, word: str) -> None:
        path = f"/tickets/{person.ticket['id']}/messages"
        if await self._ask("a message is posted", person, "POST", path, {"content": word}) == 201:
            person.said.append(word)

    async def _ask(self, what: str, person: Person, method: str, path: str, body: object = None) -> int:
        began = time.monotonic()
        try:
            status, _ = await person.customer.ask(method, path, body)
        except (aiohttp.ClientError, TimeoutError) as error:
            self.times.failed.append(f"{what}: {error!r}")
            return 0
        self.times.seconds[what].append(time.monotonic() - began)
        if status >= 400:
            self.times.failed.append(f"{what}: {status}")
        return status

    async def _send_a_file(self, person: Person) -> None:
        began = time.monotonic()
        try:
            await person.customer.upload(FILE)
        except (aiohttp.ClientError, TimeoutError) as error:
            self.times.failed.append(f"a file is sent: {error!r}")
            return
        self.times.seconds["a file is sent"].append(time.monotonic() - began)
