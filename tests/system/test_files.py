"""Files of all sizes, both ways, while Guildesk is killed at any moment: they arrive as they were sent."""

import asyncio
import io
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

import aiohttp
import pytest

from chaos.house import House, housed, until

MIB = 2**20
SIZES = (0, 1, 1_000, 99_999, 3 * MIB + 1, 10 * MIB - 1, 10 * MIB, 25 * MIB)
KILLS = 6


def contents(chance: Random) -> list[bytes]:
    return [chance.randbytes(size) for size in SIZES]


def digest(content: bytes) -> str:
    return sha256(content).hexdigest()


async def insisted(house: House, path: str, key: str, **said: Any) -> Any:
    """The answer of the API to a POST that is sent again, with the same key, until there is one."""
    headers = {"Authorization": f"Bearer {house.customer().token}", "Idempotency-Key": key}

    async def ask() -> Any:
        made = {name: it() if callable(it) else it for name, it in said.items()}
        try:
            async with house.session.post(f"{house.api_url}/api/v1{path}", headers=headers, **made) as answer:
                told = await answer.json()
                if 400 <= answer.status < 500 and answer.status != 409:
                    raise AssertionError(told)
                return told if answer.status in (200, 201) else None
        except aiohttp.ClientError:
            return None

    return await until(ask, 120)


async def sends_all(house: House, ticket: dict[str, Any], files: list[bytes]) -> None:
    """The requester posts each file in a message of its own."""
    for number, content in enumerate(files):

        def form(content: bytes = content, number: int = number) -> aiohttp.FormData:
            data = aiohttp.FormData()
            data.add_field(
                "file", io.BytesIO(content), filename=f"own-{number}.bin", content_type="application/zip"
            )
            return data

        upload = await insisted(house, "/attachments", f"upload-{number}", data=form)
        body = {"content": f"own {number}", "attachments": [upload["id"]]}
        await insisted(house, f"/tickets/{ticket['id']}/messages", f"message-{number}", json=body)


async def staff_sends_all(house: House, channel: str, files: list[bytes]) -> None:
    for number, content in enumerate(files):
        await house.somebody("ada").send_file(channel, f"staff {number}", f"staff-{number}.bin", content)


async def killed_at_random(house: House, chance: Random) -> None:
    for _ in range(KILLS):
        await asyncio.sleep(chance.uniform(0.1, 2.0))  # at no moment in particular
        await house.kill_guildesk()
        await house.start_guildesk(wait_for_discord=False)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
async def test_their_hashes_are_equal_on_both_sides(tmp_path: Path, seed: int) -> None:
    chance = Random(seed)  # noqa: S311  repeatable is what is wanted
    async with housed(tmp_path, MAX_FILE_MB="25", RATE_LIMITS="off") as house:
        own, staffs = contents(chance), contents(chance)
        ticket = await house.customer().open()
        channel = await house.channel_of(ticket)
        await house.limits(file_bytes=26 * MIB, request_bytes=27 * MIB)

        await asyncio.gather(
            sends_all(house, ticket, own),
            staff_sends_all(house, channel, staffs),
            killed_at_random(house, chance),
        )
        await house.limits(file_bytes=None, request_bytes=None)

        async def all_there() -> bool:
            said = await house.customer().messages(ticket)
            theirs = [it for it in said if it["author_type"] == "STAFF"]
            arrived = [it for it in said if it["author_type"] == "REQUESTER"]
            is_shown = all(it["delivery"] == "DELIVERED" for it in arrived)
            return is_shown and [len(arrived), len(theirs)] == [len(SIZES)] * 2

        await until(all_there, 240)
        said = await house.customer().messages(ticket)
        assert await read_by_requester(house, said, "STAFF") == [digest(it) for it in staffs]
        assert await read_by_requester(house, said, "REQUESTER") == [digest(it) for it in own]
        assert await read_by_staff(house, channel) == [digest(it) for it in own]


async def read_by_requester(house: House, said: list[dict[str, Any]], side: str) -> list[str]:
    urls = [url for it in said if it["author_type"] == side for url in it["attachments"]]
    return [await downloaded(house, url) for url in urls]


async def read_by_staff(house: House, channel: str) -> list[str]:
    """What staff downloads of the requester's messages: files, or links where Discord takes none so large."""
    urls = []
    for copy in await house.somebody("ada").read(channel):
        if copy.get("webhook_id"):
            words, _, link = copy["content"].partition("\n")
            urls.append(copy["attachments"][0]["url"] if copy["attachments"] else link)
            assert words.startswith("own ")
    return [await downloaded(house, url) for url in urls]


async def downloaded(house: House, url: str) -> str:
    async with house.session.get(url, raise_for_status=True) as answer:
        return digest(await answer.read())
