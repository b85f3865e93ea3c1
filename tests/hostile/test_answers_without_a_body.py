"""Bytes after an answer that has no body would be taken for the next answer on the connection."""

import re
from typing import Any

import aiohttp
import pytest

from api.app import ROUTES
from chaos.hostile.raw import connected
from chaos.house import Customer, House

pytestmark = pytest.mark.asyncio(loop_scope="module")

FORGED = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\nX-Forged: yes\r\n\r\nforged"
GETS = [it.path for it in ROUTES if it.method == "GET"]


class Known(dict[str, str]):
    """What stands in a path; the rest stays as it is."""

    def __missing__(self, name: str) -> str:
        return f"{{{name}}}"


async def upload(house: House, who: Customer, content: bytes) -> dict[str, Any]:
    form = aiohttp.FormData()
    form.add_field("file", content, filename="answer.bin")
    async with house.session.post(
        f"{house.api_url}/api/v1/attachments", data=form, headers={"Authorization": f"Bearer {who.token}"}
    ) as answer:
        assert answer.status == 201, await answer.text()
        return dict(await answer.json())


async def is_followed_by_the_next_answer(house: House, path: str, token: str) -> int:
    """The status of the answer to HEAD; what comes after it on the connection must be the next answer."""
    asks = (f"Authorization: Bearer {token}",)
    async with connected(house.api_port) as raw:
        await raw.send(f"HEAD {path} HTTP/1.1", *asks)
        await raw.send("GET /healthz HTTP/1.1", "X-Request-ID: the-next", "Connection: close")
        first = await raw.head()
        second = await raw.head()
        body = await raw.body(second)
        rest = await raw.rest()
    assert "x-forged" not in second.headers
    assert (second.headers["x-request-id"], body, rest) == ("the-next", b'{"status":"ok"}', b"")
    return first.status


@pytest.mark.parametrize("path", [it for it in GETS if "signature" not in it])
async def test_head_of_every_route_sends_no_body(house: House, path: str) -> None:
    admin = Customer(house, "ada", "ADMIN")
    ticket = await Customer(house, "casey").open()
    filled = re.sub("{[a-z_]+}", "nothing", path.format_map(Known(ticket_id=ticket["id"], user_id="ada")))

    assert await is_followed_by_the_next_answer(house, filled, admin.token) in (200, 404)


async def test_head_of_a_file_sends_none_of_its_bytes(house: House) -> None:
    mallory = Customer(house, "mallory")
    url = (await upload(house, mallory, FORGED * 1000))["url"]
    path = "/files/" + url.partition("/files/")[2]

    assert await is_followed_by_the_next_answer(house, path, mallory.token) == 200


async def test_head_announces_what_get_sends(house: House) -> None:
    mallory = Customer(house, "mallory")
    path = "/files/" + (await upload(house, mallory, FORGED))["url"].partition("/files/")[2]

    async with connected(house.api_port) as raw:
        await raw.send(f"HEAD {path} HTTP/1.1")
        told = await raw.head()
        await raw.send(f"GET {path} HTTP/1.1")
        sent = await raw.head()
        content = await raw.body(sent)

    assert told.headers["content-length"] == sent.headers["content-length"] == str(len(FORGED))
    assert content == FORGED


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        (("DELETE /api/v1/attachments/{id} HTTP/1.1",), 204),
        (
            (
                "OPTIONS /api/v1/tickets HTTP/1.1",
                "Origin: https://app.example",
                "Access-Control-Request-Method: POST",
            ),
            204,
        ),
    ],
)
async def test_204_sends_no_body(house: House, lines: tuple[str, ...], status: int) -> None:
    mallory = Customer(house, "mallory")
    file = await upload(house, mallory, b"a file")
    asks = [line.format(id=file["id"]) for line in lines]

    async with connected(house.api_port) as raw:
        await raw.send(*asks, f"Authorization: Bearer {mallory.token}")
        await raw.send("GET /healthz HTTP/1.1", "X-Request-ID: the-next", "Connection: close")
        first = await raw.head()
        second = await raw.head()

    assert first.status == status
    assert "content-length" not in first.headers
    assert second.headers["x-request-id"] == "the-next"
