"""Everybody else: customers who write, read and send files while hostile clients are about."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from chaos.hostile.people import Person
from chaos.hostile.times import Asked, Times
from chaos.house import Customer, House, until

CUSTOMERS: Final = 25
BALANCED_WITHIN: Final = 120.0


@dataclass
class _Known:
    """One of them, and what was acknowledged of theirs."""

    customer: Customer
    first: str
    """The id of their first ticket."""
    said: dict[str, list[str]] = field(default_factory=dict)
    """By the id of the ticket."""


class Ordinary:
    """All of them."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._people: dict[str, _Known] = {}
        self._asked: list[Asked] = []

    @property
    def times(self) -> Times:
        """Of all requests so far."""
        return Times(self._asked)

    @property
    def acknowledged(self) -> int:
        """Messages."""
        return sum(len(words) for it in self._people.values() for words in it.said.values())

    async def arrive(self) -> None:
        for number in range(CUSTOMERS):
            customer = Customer(self._house, f"customer-{number}")
            self._people[customer.name] = _Known(customer, (await customer.open())["id"])

    @asynccontextmanager
    async def living(self) -> AsyncIterator[None]:
        """Have all of them live while inside, in a process of their own."""
        assert self._house.guildesk is not None
        people = [Person(name, it.customer.token, it.first) for name, it in self._people.items()]
        told = {
            "api_url": self._house.api_url,
            "pid": self._house.guildesk.pid,
            "people": [*map(asdict, people)],
        }
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "chaos.hostile.people"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            cwd=Path(__file__).parents[2],
            start_new_session=True,
        )
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(told).encode() + b"\n")
        reading = asyncio.create_task(self._read(process.stdout))
        try:
            yield
        finally:
            with suppress(ProcessLookupError):
                process.terminate()
            await process.wait()
            await reading

    async def lost(self) -> list[str]:
        """What was acknowledged and is not there, or is there twice, for the requester and for staff."""
        try:
            await until(self._is_balanced, BALANCED_WITHIN)
        except TimeoutError:
            return await self._differences()
        return []

    async def _read(self, lines: asyncio.StreamReader) -> None:
        while line := await lines.readline():
            asked = Asked(**json.loads(line))
            self._asked.append(asked)
            if asked.said:
                said = self._people[asked.said.partition(" ")[0]].said
                said.setdefault(asked.ticket, []).append(asked.said)

    async def _is_balanced(self) -> bool:
        return not await self._differences()

    async def _differences(self) -> list[str]:
        differences = []
        spoken = [(it.customer, *said) for it in self._people.values() for said in it.said.items()]
        for customer, ticket_id, words in spoken:
            ticket = await _read(customer, f"/tickets/{ticket_id}")
            stored = [it["content"] for it in await _read(customer, f"/tickets/{ticket_id}/messages")]
            channel = await self._house.channel_of(ticket)
            shown = await self._house.ever_said_by_requesters(channel)
            for where, there in (("in the store", stored), ("in Discord", shown)):
                differences += [
                    f"{word!r}: {there.count(word)} times {where}" for word in words if there.count(word) != 1
                ]
        return differences


async def _read(customer: Customer, path: str) -> Any:
    """What the customer reads there, as soon as the limits allow."""

    async def look() -> Any:
        status, answer = await customer.ask("GET", path)
        assert status in (200, 429), answer
        return answer if status == 200 else await asyncio.sleep(1)

    return await until(look)
