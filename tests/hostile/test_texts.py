"""Texts that are made to hurt: whatever they are, they are a handful of posts, and nobody waits for them."""

import pytest

from chaos.house import House, until
from tests.hostile.noticing import nobody_else_notices

pytestmark = pytest.mark.asyncio(loop_scope="module")

TEXTS = {
    "backticks": "`" * 4_000,
    "fences": "```\n```\n" * 500,
    "a fence that nobody closes": "```py\n" + "x\n" * 1_990,
    "fences of all widths": "".join("`" * width + "\n" for width in range(3, 80)),
    "tildes": "~~~\n" * 1_000,
    "newlines": "a" + "\n" * 3_998 + "b",
    "markers": "*_~|" * 1_000,
    "quotes in quotes": "> > >>> " * 500,
    "what grows": "](" * 2_000,
    "mentions": "<@" * 2_000,
    "everyone": "@everyone " * 400,
    "backslashes": "\\" * 4_000,
    "emoji": "😀" * 4_000,
    "families": ("👩\u200d👩\u200d👧\u200d👦" * 600)[:4_000],
    "accents": "a" + "\u0301" * 3_999,
    "turned directions": "\u202e" * 3_999 + "x",
    "nothing to see but the end": "\u200b" * 3_999 + "x",
    "one line": "x" * 4_000,
    "links": "https://a.example/" * 222,
}


async def test_a_hostile_text_is_a_handful_of_posts_and_holds_up_nobody(house: House) -> None:
    casey, ada = house.customer(), house.somebody("ada")
    ticket = await casey.open(description="](" * 2_000)
    channel = await house.channel_of(ticket)
    posts: dict[str, int] = {}

    async with nobody_else_notices(house):
        seen = 0
        for name, text in TEXTS.items():
            await casey.post(ticket, text)
            await casey.post(ticket, f"after {name}")

            async def is_there(last: str = f"after {name}") -> bool:
                return bool((await ada.read(channel))[-1]["content"] == last)

            await until(is_there, 30)
            said = await house.ever_said_by_requesters(channel)
            posts[name], seen = len(said) - seen - 1, len(said)

    assert {name: count for name, count in posts.items() if not 1 <= count <= 5} == {}


async def test_a_text_that_shows_nothing_is_refused(house: House) -> None:
    casey = house.customer()
    ticket = await casey.open()

    for text in ("\u200b" * 4_000, "\ufeff\u202e\u2060", " \u2800\u3164\n"):
        status, answer = await casey.ask("POST", f"/tickets/{ticket['id']}/messages", {"content": text})
        assert (status, answer["code"]) == (400, "body_invalid")
