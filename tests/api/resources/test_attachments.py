"""Uploading files, and what becomes of them."""

import asyncio
import tracemalloc
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import FormData

from api.options import Process
from api.resources import attachments
from config.faults import DISK_FULL
from tests.api.stage import STAFF, TICKETS, Answer, Clock, Stage
from tickets.desks.attaching import sweep
from tickets.ports.store import Store
from tickets.ports.uploads import SWEPT_AFTER

UPLOADS = "/api/v1/attachments"
PNG = b"\x89PNG\r\n\x1a\n and so on"
ADMIN = {"role": "ADMIN"}


async def upload(
    stage: Stage, content: bytes = PNG, *, name: str = "cat.png", user: str = "ann", **options: Any
) -> Answer:
    form = FormData(quote_fields=False)
    form.add_field("file", content, filename=name, content_type="text/html")
    return await stage.ask("POST", UPLOADS, user, data=form, **options)


async def uploaded(stage: Stage, **options: Any) -> str:
    answer = await upload(stage, **options)
    assert answer.status == 201, answer.json
    return str(answer.json["id"])


async def say(stage: Stage, *files: str, content: str = "", **options: Any) -> Answer:
    body = {"content": content, "attachments": list(files)}
    return await stage.ask("POST", f"{TICKETS}/1/messages", json=body, **options)


async def bytes_at(stage: Stage, url: str) -> bytes | None:
    async with stage.http.get(url.removeprefix("https://desk.example.test/in")) as answer:
        return await answer.read() if answer.status == 200 else None


async def test_an_upload_tells_what_was_kept(stage: Stage) -> None:
    answer = await upload(stage, name="a cat.png")

    file = answer.json
    assert answer.status == 201
    assert (file["name"], file["type"], file["size"]) == ("a cat.png", "image/png", len(PNG))
    assert await bytes_at(stage, file["url"]) == PNG


async def test_an_empty_file_is_a_file(stage: Stage) -> None:
    answer = await upload(stage, b"", name="empty.log")
    await stage.ask("POST", TICKETS, json={"topic": "a", "description": "b"})
    said = await say(stage, answer.json["id"])

    assert (answer.json["name"], answer.json["size"]) == ("empty.log", 0)
    assert said.status == 201
    (url,) = said.json["attachments"]
    assert await bytes_at(stage, url) == b""


async def test_files_are_part_of_messages_and_tickets(stage: Stage) -> None:
    first, second, third = [await uploaded(stage, name=f"{n}.png") for n in range(3)]
    opened = await stage.ask("POST", TICKETS, json={"topic": "a", "description": "b", "attachments": [first]})

    posted = await say(stage, second, third)
    listed = await stage.ask("GET", f"{TICKETS}/1/attachments")

    assert (opened.status, posted.status, posted.json["content"]) == (201, 201, "")
    assert [it["id"] for it in listed.json] == [first, second, third]
    assert posted.json["attachments"] == [it["url"] for it in listed.json[1:]]
    assert await bytes_at(stage, posted.json["attachments"][0]) == PNG
    assert (await stage.ask("GET", f"{TICKETS}/1/attachments", "eve")).status == 404


async def test_a_file_tells_whose_it_is_since_when_and_what_it_is_part_of(stage: Stage, clock: Clock) -> None:
    unused = (await upload(stage)).json
    used = await uploaded(stage, name="b.png")
    new = {"topic": "a", "description": "b", "attachments": [used]}
    ticket = (await stage.ask("POST", TICKETS, json=new)).json["id"]
    message = (await say(stage, unused["id"])).json

    of_ticket, of_message = (await stage.ask("GET", f"{TICKETS}/1/attachments")).json

    assert (unused["uploader"], unused["ticket_id"], unused["message_id"]) == ("ann", None, None)
    assert abs(unused["created_at"] - clock.seconds) < 5
    assert (of_ticket["uploader"], of_ticket["ticket_id"], of_ticket["message_id"]) == ("ann", ticket, None)
    assert (of_message["uploader"], of_message["ticket_id"]) == ("ann", ticket)
    assert (of_message["message_id"], of_message["created_at"]) == (message["id"], message["created_at"])


async def test_an_upload_is_used_once_and_by_its_uploader(stage: Stage) -> None:
    await stage.opened()
    await stage.opened("ben")
    file = await uploaded(stage)

    others = await stage.ask(
        "POST", f"{TICKETS}/2/messages", "ben", json={"content": "x", "attachments": [file]}
    )
    first, second = await say(stage, file), await say(stage, file)
    nowhere = await say(stage, "nowhere")

    assert [it.status for it in (others, first, second, nowhere)] == [400, 201, 400, 400]


async def test_a_refused_message_leaves_the_upload_free(stage: Stage) -> None:
    await stage.opened()
    file = await uploaded(stage)
    await stage.ask("PATCH", f"{TICKETS}/1", json={"status": "CANCELED"})

    refused = await say(stage, file)
    await stage.ask("PATCH", f"{TICKETS}/1", json={"status": "OPEN"})

    assert (refused.status, (await say(stage, file)).status) == (403, 201)


async def test_a_key_makes_one_upload_and_one_message(stage: Stage) -> None:
    await stage.opened()
    key: dict[str, Any] = {"headers": {"Idempotency-Key": "k1"}}

    uploads = await asyncio.gather(*(upload(stage, **key) for _ in range(10)))
    other = await upload(stage, b"other", **key)
    file = uploads[0].json["id"]
    said = [await say(stage, file, **key) for _ in range(2)]

    assert {it.json["id"] for it in uploads} == {file}
    assert other.status == 422
    assert said[0].json == said[1].json
    assert len(await stage.messages("1")) == 1


async def test_a_deleted_message_takes_its_files_along_and_an_edited_one_keeps_them(stage: Stage) -> None:
    await stage.opened()
    posted = (await say(stage, await uploaded(stage), content="Look")).json
    address = f"{TICKETS}/1/messages/{posted['id']}"

    edited = await stage.ask("PATCH", address, json={"content": "See"})
    kept = await bytes_at(stage, posted["attachments"][0])
    deleted = await stage.ask("DELETE", address)

    assert edited.json["attachments"] == posted["attachments"]
    assert kept == PNG
    assert deleted.json["attachments"] == []
    assert await bytes_at(stage, posted["attachments"][0]) is None


@pytest.mark.parametrize("closed", [False, True])
async def test_a_deleted_file_is_gone_everywhere(stage: Stage, closed: bool) -> None:
    ours, first, second, alone, unused = [await uploaded(stage) for _ in range(5)]
    await stage.ask("POST", TICKETS, json={"topic": "a", "description": "b", "attachments": [ours]})
    await say(stage, first, second)
    await say(stage, alone)
    urls = {it["id"]: it["url"] for it in (await stage.ask("GET", f"{TICKETS}/1/attachments")).json}
    if closed:
        await stage.ask("PATCH", f"{TICKETS}/1", json={"status": "CANCELED"})

    for file in (ours, first, alone, unused):
        assert (await stage.ask("DELETE", f"{UPLOADS}/{file}")).status == 204
        assert (await stage.ask("DELETE", f"{UPLOADS}/{file}")).status == 404

    listed = await stage.ask("GET", f"{TICKETS}/1/attachments")
    assert [it["id"] for it in listed.json] == [second]
    assert [await bytes_at(stage, urls[it]) for it in (ours, first, second, alone)] == [None, None, PNG, None]
    messages = await stage.messages("1")
    assert [it["deleted"] for it in messages] == [False, True]


async def test_only_its_uploader_and_admins_delete_a_file(stage: Stage) -> None:
    file = await uploaded(stage)

    by_others = await stage.ask("DELETE", f"{UPLOADS}/{file}", "eve")
    by_staff = await stage.ask("DELETE", f"{UPLOADS}/{file}", "sam", claims=STAFF)
    by_admin = await stage.ask("DELETE", f"{UPLOADS}/{file}", "ada", claims=ADMIN)

    assert [it.status for it in (by_others, by_staff, by_admin)] == [404, 403, 204]


async def test_an_unused_upload_goes_after_a_day(stage: Stage, store: Store, clock: Clock) -> None:
    await stage.opened()
    unused = (await upload(stage)).json
    used = (await say(stage, await uploaded(stage))).json["attachments"][0]

    await sweep(store, clock() + SWEPT_AFTER + 5_000)

    assert await bytes_at(stage, unused["url"]) is None
    assert await bytes_at(stage, used) == PNG


async def test_what_is_too_large_is_413(store: Store, clock: Clock) -> None:
    async with Stage(store, clock).open(rate_limits=False, max_file_bytes=200_000) as stage:
        fits = await upload(stage, b"x" * 200_000)
        over = await upload(stage, b"x" * 200_001)

    assert (fits.status, over.status) == (201, 413)
    assert fits.json["size"] == 200_000


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        ("application/json", b"{}", 415),
        ("multipart/form-data", b"x", 400),
        ("multipart/form-data; boundary=b", b"x", 400),
        ("multipart/form-data; boundary=b", b"", 400),
        ("multipart/form-data; boundary=b", b"--b--\r\n", 400),
        (
            "multipart/form-data; boundary=b",
            b'--b\r\nContent-Disposition: form-data; name="other"\r\n\r\nx\r\n--b--\r\n',
            400,
        ),
        (
            "multipart/form-data; boundary=b",
            b'--b\r\nContent-Disposition: form-data; name="file"; filename=""\r\n\r\n\r\n--b--\r\n',
            400,
        ),
        (
            "multipart/form-data; boundary=b",
            2 * b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nx\r\n'
            + b"--b--\r\n",
            400,
        ),
    ],
)
async def test_what_is_no_file_is_refused(stage: Stage, content_type: str, body: bytes, status: int) -> None:
    answer = await stage.ask("POST", UPLOADS, data=body, headers={"Content-Type": content_type})

    assert answer.status == status


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "_.._etc_passwd"),
        ("\ufeffa\u202eb/c", "ab_c"),
        ("\u2066..\u200b", "file"),
        ("..", "file"),
        ("x" * 300, "x" * 150),
    ],
)
async def test_names_are_made_harmless(stage: Stage, name: str, kept: str) -> None:
    assert (await upload(stage, name=name)).json["name"] == kept


async def test_many_large_uploads_at_once_take_little_memory(store: Store, clock: Clock) -> None:
    async with Stage(store, clock).open(rate_limits=False, max_file_bytes=10_000_000) as stage:
        await upload(stage)
        tracemalloc.start()
        try:
            answers = await asyncio.gather(*(slow_upload(stage, 8_000_000, f"user{n}") for n in range(10)))
            _, most = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()

    assert [status for status, _ in answers] == [201] * 10
    assert [size for _, size in answers] == [8_000_000] * 10
    assert most < 20_000_000


async def test_an_upload_that_stops_coming_is_let_go(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attachments, "STALLED_AFTER", 0.2)
    never = asyncio.Event()

    async def body() -> AsyncIterator[bytes]:
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nhalf of it'
        await never.wait()

    said = {"Content-Type": "multipart/form-data; boundary=b"}
    answer = await asyncio.wait_for(stage.ask("POST", UPLOADS, data=body(), headers=said), 30)

    assert (answer.status, answer.json["error"]) == (408, "REQUEST_TIMEOUT")


async def slow_upload(stage: Stage, size: int, user: str = "ann") -> tuple[int, int]:
    """Of a client that has no more than a little of it in memory itself."""
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'

    async def body() -> AsyncIterator[bytes]:
        yield head
        for _ in range(size // 50_000):
            yield b"x" * 50_000
        yield b"\r\n--b--\r\n"

    said = {"Content-Type": "multipart/form-data; boundary=b"}
    answer = await stage.ask("POST", UPLOADS, user, data=body(), headers=said)
    return answer.status, answer.json["size"]


async def test_a_message_needs_words_or_files(stage: Stage) -> None:
    await stage.opened()

    answer = await say(stage, content=" ")

    assert answer.status == 400
    assert [it["location"] for it in answer.json["errors"]] == ["content"]


async def test_a_user_has_twenty_unused_uploads_at_most(store: Store, clock: Clock) -> None:
    async with Stage(store, clock).open(rate_limits=False) as stage:
        await stage.opened()
        files = [await uploaded(stage) for _ in range(20)]

        over = await upload(stage)
        used = await say(stage, files[0])
        again = await upload(stage)

    assert (over.status, over.json["code"]) == (403, "too_many_uploads")
    assert (used.status, again.status) == (201, 201)


async def test_without_room_on_the_disk_uploads_wait_and_all_else_goes_on(store: Store, clock: Clock) -> None:
    faults = [DISK_FULL.of(megabytes=100)]
    process = Process(disk_fault=lambda: faults[0] if faults else None)
    async with Stage(store, clock).open(process=process) as stage:
        refused = await upload(stage)
        await stage.opened()
        faults.clear()
        taken = await upload(stage)

    assert (refused.status, refused.json["error"], refused.json["code"]) == (503, "UNAVAILABLE", "disk_full")
    assert int(refused.headers["Retry-After"]) > 0
    assert taken.status == 201
