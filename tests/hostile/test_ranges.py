"""Parts of files over raw sockets: what is announced is what comes, and the connection stays good."""

import pytest

from chaos.hostile.raw import connected
from chaos.house import Customer, House
from tests.hostile.test_answers_without_a_body import upload

pytestmark = pytest.mark.asyncio(loop_scope="module")

CONTENT = bytes(range(256)) * 4_000


@pytest.mark.parametrize(
    ("lines", "status", "content"),
    [
        (("Range: bytes=0-1",), 206, CONTENT[:2]),
        (("Range: bytes=1000000-",), 206, CONTENT[1_000_000:]),
        (("Range: bytes=-5",), 206, CONTENT[-5:]),
        (("Range: bytes=-0",), 200, CONTENT),
        (("Range: bytes=0-0,2-2",), 200, CONTENT),
        (("Range: bytes=0-0", "Range: bytes=2-2"), 200, CONTENT),
        (("range:bytes=3-4",), 206, CONTENT[3:5]),
        (("Range: lines=1-2",), 200, CONTENT),
        (("Range: bytes=0-1", 'If-Range: "another"'), 200, CONTENT),
        (("Range: bytes=9999999-",), 416, None),
        (("If-None-Match: *", "Range: bytes=0-1"), 304, None),
    ],
)
async def test_a_part_is_as_long_as_it_says(
    house: House, lines: tuple[str, ...], status: int, content: bytes | None
) -> None:
    casey = Customer(house, "casey")
    path = "/files/" + (await upload(house, casey, CONTENT))["url"].partition("/files/")[2]

    async with connected(house.api_port) as raw:
        await raw.send(f"GET {path} HTTP/1.1", *lines)
        await raw.send(f"HEAD {path} HTTP/1.1", *lines)
        await raw.send("GET /healthz HTTP/1.1", "X-Request-ID: the-next", "Connection: close")
        told = await raw.head()
        body = b"" if status == 304 else await raw.body(told)
        head = await raw.head()
        following = await raw.head()

    assert told.status == status
    assert content is None or body == content
    assert ("content-range" in told.headers) is (status in (206, 416))
    assert head.status == (304 if status == 304 else 200)
    assert "content-range" not in head.headers
    assert status == 304 or head.headers["content-length"] == str(len(CONTENT))
    assert following.headers["x-request-id"] == "the-next"


async def test_many_parts_come_one_after_the_other(house: House) -> None:
    casey = Customer(house, "casey")
    path = "/files/" + (await upload(house, casey, CONTENT))["url"].partition("/files/")[2]

    async with connected(house.api_port) as raw:
        for first in range(200):
            await raw.send(f"GET {path} HTTP/1.1", f"Range: bytes={first}-{first}")
        for first in range(200):
            assert await raw.body(await raw.head()) == CONTENT[first : first + 1]
