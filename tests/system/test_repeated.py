"""A request that is sent again with its key is done once, also when the program was killed in between."""

import asyncio
import random
from collections.abc import Mapping
from functools import partial
from typing import Any

import aiohttp

from chaos.house import Customer, House, until
from tests.system.test_two import another

KILLS = 6
AT_ONCE = 12


class Sender:
    """Sends one request after the other, each with a key of its own, and keeps what was answered."""

    def __init__(self, customer: Customer, ticket: str | None, name: str) -> None:
        self.customer = customer
        self.path = "/tickets" if ticket is None else f"/tickets/{ticket}/messages"
        self.name = name
        self.answers: dict[str, str | None] = {}
        """The text of each answer by key; None where none came."""

    async def send_until_killed(self) -> None:
        while True:
            key = f"{self.name}-{len(self.answers)}"
            self.answers[key] = None
            try:
                status, self.answers[key], _ = await self.send(key)
            except aiohttp.ClientError:
                return
            assert status == 201

    async def send(self, key: str) -> tuple[int, str, Mapping[str, str]]:
        body = {"topic": key, "description": key} if self.path == "/tickets" else {"content": key}
        async with self.customer.house.session.post(
            f"{self.customer.house.api_url}/api/v1{self.path}",
            json=body,
            headers={"Authorization": f"Bearer {self.customer.token}", "Idempotency-Key": key},
        ) as answer:
            return answer.status, await answer.text(), answer.headers

    async def repeat(self, key: str) -> bool:
        """Send it twice more, at the same time: whether the first answer had come."""
        first = self.answers[key]
        again = await asyncio.gather(self.send(key), self.send(key))
        assert [status for status, _, _ in again] == [201, 201]
        assert len({text for _, text, _ in again} | ({first} if first is not None else set())) == 1
        if first is not None:
            assert [headers["Idempotent-Replayed"] for _, _, headers in again] == ["true"] * 2
        return first is not None


async def _have_answers(senders: list[Sender], count: int) -> bool:
    return sum(it is not None for sender in senders for it in sender.answers.values()) >= count


async def test_what_was_sent_with_a_key_is_done_once_however_often_the_program_is_killed(
    house: House,
) -> None:
    assert house.guildesk is not None
    await house.guildesk.stop()
    house.settings = {**house.settings, "MAX_OPEN_TICKETS": "10000"}
    async with another(house, "--only", "api") as api:
        assert api.guildesk is not None
        casey, ticket = api.customer(), await api.customer().open()
        senders = []
        for number in range(KILLS):
            now = [
                Sender(casey, None if it % 4 == 0 else ticket["id"], f"{number}-{it}")
                for it in range(AT_ONCE)
            ]
            sending = [asyncio.create_task(it.send_until_killed()) for it in now]
            await until(partial(_have_answers, now, random.randint(AT_ONCE, 4 * AT_ONCE)))  # noqa: S311  no secret
            await api.kill_guildesk()
            await asyncio.gather(*sending)
            senders += now
            await api.guildesk.start()

        had_answers = [await it.repeat(key) for it in senders for key in it.answers]

        assert had_answers.count(True) > KILLS * AT_ONCE
        assert had_answers.count(False) == KILLS * AT_ONCE
        keys = sorted(key for it in senders if it.path != "/tickets" for key in it.answers)
        assert sorted(it["content"] for it in await casey.messages(ticket)) == keys
        opened: list[Any] = (await casey.ask("GET", "/tickets"))[1]
        topics = [key for it in senders if it.path == "/tickets" for key in it.answers]
        assert sorted(it["topic"] for it in opened) == sorted(["It broke", *topics])
