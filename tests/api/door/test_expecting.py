"""``Expect: 100-continue``: nobody sends a body to hear what its headers have decided already."""

import json

import pytest

from api.door.bodies import MOST_BYTES
from api.door.errors import ErrorBody
from chaos.hostile.raw import Raw, connected
from tests.api.stage import TICKETS, Stage, headers

TICKET = json.dumps({"topic": "It is broken", "description": "Really."}).encode()
FORM = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nwords\r\n--b--\r\n'
UPLOADS = "/api/v1/attachments"
JSON = "Content-Type: application/json"
A_FORM = "Content-Type: multipart/form-data; boundary=b"
WAITS = "Expect: 100-continue"


def shown(user: str = "ann") -> str:
    return f"Authorization: {headers(user)['Authorization']}"


def sized(size: int) -> str:
    return f"Content-Length: {size}"


DECIDED = {
    "no token": (401, f"POST {TICKETS}", (JSON, sized(80))),
    "no token for a file": (401, f"POST {UPLOADS}", (A_FORM, sized(1_000))),
    "a bad token": (401, f"POST {TICKETS}", ("Authorization: Bearer x.y.z", JSON, sized(80))),
    "another type": (415, f"POST {TICKETS}", (shown(), "Content-Type: text/xml", sized(80))),
    "another type, with a key": (
        415,
        f"POST {TICKETS}",
        (shown(), "Idempotency-Key: a", "Content-Type: a/b", sized(8)),
    ),
    "another type for a file": (415, f"POST {UPLOADS}", (shown(), JSON, sized(80))),
    "an encoding": (415, f"POST {TICKETS}", (shown(), JSON, "Content-Encoding: gzip", sized(80))),
    "packed": (415, f"POST {TICKETS}", (shown(), JSON, "Transfer-Encoding: gzip, chunked")),
    "too large": (413, f"POST {TICKETS}", (shown(), JSON, sized(MOST_BYTES + 1))),
    "too large, with a key": (
        413,
        f"POST {TICKETS}",
        (shown(), "Idempotency-Key: a", JSON, sized(MOST_BYTES + 1)),
    ),
    "too large for a file": (413, f"POST {UPLOADS}", (shown(), A_FORM, sized(2**40))),
    "a bad key": (400, f"POST {TICKETS}", (shown(), f"Idempotency-Key: {'a' * 256}", JSON, sized(80))),
    "an unknown parameter": (400, f"POST {TICKETS}?a=b", (shown(), JSON, sized(80))),
    "no such path": (404, "POST /nowhere", (shown(), JSON, sized(80))),
    "no such method": (405, f"PUT {TICKETS}", (shown(), JSON, sized(80))),
    "no such socket": (400, "POST /socket.io/?EIO=4&transport=polling&sid=x", (sized(80),)),
    "nobody reads it": (200, "GET /healthz", (sized(80),)),
}


@pytest.mark.parametrize(("status", "request_line", "lines"), DECIDED.values(), ids=DECIDED)
async def test_what_the_headers_decide_is_answered_without_asking_for_the_body(
    stage: Stage, status: int, request_line: str, lines: tuple[str, ...]
) -> None:
    async with connected(stage.port) as raw:
        await raw.send(f"{request_line} HTTP/1.1", *lines, WAITS)
        head = await raw.head()
        body = await raw.body(head)

    assert head.status == status
    assert head.headers["connection"] == "close"  # the body may come all the same
    assert status == 200 or ErrorBody.model_validate_json(body)


@pytest.mark.parametrize("lines", [(WAITS,), (WAITS, "Idempotency-Key: a"), ("Expect: 100-CONTINUE",)])
async def test_a_body_that_is_wanted_is_asked_for_once(stage: Stage, lines: tuple[str, ...]) -> None:
    async with connected(stage.port) as raw:
        await raw.send(f"POST {TICKETS} HTTP/1.1", shown(), JSON, sized(len(TICKET)), *lines)
        statuses = await _sent(raw, TICKET)

    assert statuses == [100, 201]


async def test_a_file_is_asked_for(stage: Stage) -> None:
    async with connected(stage.port) as raw:
        await raw.send(f"POST {UPLOADS} HTTP/1.1", shown(), A_FORM, sized(len(FORM)), WAITS)
        statuses = await _sent(raw, FORM)

    assert statuses == [100, 201]


async def test_who_expects_and_does_not_wait_is_served_on_the_same_connection(stage: Stage) -> None:
    async with connected(stage.port) as raw:
        await raw.send(f"POST {TICKETS} HTTP/1.1", shown(), JSON, sized(len(TICKET)), WAITS, body=TICKET)
        await raw.send("GET /healthz HTTP/1.1", "X-Request-ID: the-next")
        heads = [await raw.head()]
        if heads[0].status == 100:
            heads.append(await raw.head())
        await raw.body(heads[-1])
        following = await raw.head()

    assert heads[-1].status == 201
    assert following.headers["x-request-id"] == "the-next"


@pytest.mark.parametrize("path", [TICKETS, "/nowhere"])
async def test_another_expectation_is_417_in_our_shape(stage: Stage, path: str) -> None:
    async with connected(stage.port) as raw:
        await raw.send(f"POST {path} HTTP/1.1", shown(), JSON, sized(len(TICKET)), "Expect: a-miracle")
        head = await raw.head()
        body = ErrorBody.model_validate_json(await raw.body(head))

    assert (head.status, body.error, body.code) == (417, "EXPECTATION_FAILED", "expectation_failed")
    assert "x-request-id" in head.headers


async def test_http_1_0_knows_no_expectations(stage: Stage) -> None:
    async with connected(stage.port) as raw:
        await raw.send(
            f"POST {TICKETS} HTTP/1.0", shown(), JSON, sized(len(TICKET)), "Expect: a-miracle", body=TICKET
        )

        assert (await raw.rest()).startswith(b"HTTP/1.0 201 ")


async def _sent(raw: Raw, body: bytes) -> list[int]:
    """Send the body once it is asked for; all statuses that came."""
    statuses = [(await raw.head()).status]
    raw.writer.write(body)
    return [*statuses, (await raw.head()).status]
