"""Files by signed URL."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import cast

import pytest
from aiohttp import ClientPayloadError

from api.resources.files import disposition
from tests.api.stage import Clock, Stage
from tickets.file_urls import FileUrls
from tickets.model import Attachment, FileId
from tickets.ports.files import Files, Kept
from tickets.ports.store import Store, StoreUnavailable


async def kept(store: Store, name: str = "cat.png", media_type: str = "image/png") -> str:
    """The path of a file that was kept."""
    file = Attachment(FileId("f1"), name, media_type, 4)
    await store.files.put(file, b"\x89PNG")
    return FileUrls("", store.deployment.secret).url(file)


async def test_whoever_has_the_url_has_the_file(stage: Stage, store: Store) -> None:
    path = await kept(store, "a cat.png")

    async with stage.http.get(path) as answer:
        content = await answer.read()

    assert (answer.status, content) == (200, b"\x89PNG")
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="a cat.png"')
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "immutable" in answer.headers["Cache-Control"]


async def test_the_name_in_the_url_is_for_people(stage: Stage, store: Store) -> None:
    path = await kept(store)

    assert (await stage.ask("GET", path.rpartition("/")[0] + "/another.txt", None)).status == 200


async def test_a_wrong_signature_and_a_missing_file_are_404(stage: Stage, store: Store) -> None:
    path = await kept(store)
    _, _, file_id, signature, name = path.split("/")
    others = FileUrls("", b"another secret").url(Attachment(FileId("f1"), "cat.png", "image/png", 4))

    for wrong in (
        f"/files/{file_id}/{signature[:-1]}/{name}",
        f"/files/{file_id}/{signature}A/{name}",
        f"/files/{file_id}/%C3%A9/{name}",
        f"/files/f2/{signature}/{name}",
        f"/files/{file_id}/{signature}",
        others,
    ):
        assert (await stage.ask("GET", wrong, None)).status == 404
    await store.files.delete(FileId("f1"))
    assert (await stage.ask("GET", path, None)).status == 404


DIGITS = b"0123456789"


async def digits(store: Store) -> str:
    file = Attachment(FileId("f1"), "digits.txt", "text/plain", len(DIGITS))
    await store.files.put(file, DIGITS)
    return FileUrls("", store.deployment.secret).url(file)


@pytest.mark.parametrize(
    ("asked", "content", "said"),
    [
        ("bytes=0-1", b"01", "bytes 0-1/10"),
        ("bytes=0-", DIGITS, "bytes 0-9/10"),
        ("bytes=3-3", b"3", "bytes 3-3/10"),
        ("bytes=9-", b"9", "bytes 9-9/10"),
        ("bytes=7-99999999999999999999999", b"789", "bytes 7-9/10"),
        ("bytes=-3", b"789", "bytes 7-9/10"),
        ("bytes=-99", DIGITS, "bytes 0-9/10"),
        ("Bytes = 2-4 ", b"234", "bytes 2-4/10"),
    ],
)
async def test_a_part_is_given_to_whoever_asks_for_one(
    stage: Stage, store: Store, asked: str, content: bytes, said: str
) -> None:
    async with stage.http.get(await digits(store), headers={"Range": asked}) as answer:
        assert (answer.status, await answer.read()) == (206, content)

    assert answer.headers["Content-Range"] == said
    assert answer.headers["Content-Length"] == str(len(content))
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "asked",
    [
        *("bytes=0-1,3-4", "bytes=0-0, -1", "bytes=-0", "bytes=-", "bytes=20-10", "bytes=a-b", "bytes=1-2-3"),
        *(
            "bytes",
            "",
            "bytes=",
            "items=0-1",
            "0-1",
            "bytes=0x1-2",
            "bytes=+1-2",
            "bytes=\u0661-2",
            "bytes=1_0-",
        ),
        *("bytes=" + "9" * 5_000 + "-", "bytes=0-1 junk", "bytes=--1", "bytes=1.5-2", "bytes=\u0661-2"),
    ],
)
async def test_several_parts_and_what_is_none_are_the_whole(stage: Stage, store: Store, asked: str) -> None:
    async with stage.http.get(await digits(store), headers={"Range": asked}) as answer:
        assert (answer.status, await answer.read()) == (200, DIGITS)

    assert answer.headers["Accept-Ranges"] == "bytes"
    assert "Content-Range" not in answer.headers


async def test_two_lines_that_ask_for_a_part_each_ask_for_several(stage: Stage, store: Store) -> None:
    asked = [("Range", "bytes=0-1"), ("Range", "bytes=3-4")]

    async with stage.http.get(await digits(store), headers=asked) as answer:
        assert answer.status == 200


@pytest.mark.parametrize("asked", ["bytes=10-", "bytes=10-20", "bytes=99999999999999999999-"])
async def test_behind_the_end_there_is_nothing(stage: Stage, store: Store, asked: str) -> None:
    async with stage.http.get(await digits(store), headers={"Range": asked}) as answer:
        assert answer.status == 416
        assert (await answer.json())["code"] == "range_not_satisfiable"

    assert answer.headers["Content-Range"] == "bytes */10"


async def test_of_an_empty_file_there_is_no_part(stage: Stage, store: Store) -> None:
    empty = Attachment(FileId("f1"), "empty", "text/plain", 0)
    await store.files.put(empty, b"")
    url = FileUrls("", store.deployment.secret).url(empty)

    statuses = []
    for asked in ("bytes=0-", "bytes=-5", "bytes=-0"):
        async with stage.http.get(url, headers={"Range": asked}) as answer:
            statuses.append(answer.status)

    assert statuses == [416, 200, 200]


async def test_who_has_the_file_already_gets_nothing_again(stage: Stage, store: Store) -> None:
    url = await digits(store)
    async with stage.http.get(url) as answer:
        etag = answer.headers["ETag"]

    for known in (etag, f'"other", {etag}', f"W/{etag}", "*"):
        for method in ("GET", "HEAD"):
            said = {"If-None-Match": known, "Range": "bytes=0-1"}
            async with stage.http.request(method, url, headers=said) as answer:
                assert (answer.status, await answer.read()) == (304, b"")
                assert answer.headers["ETag"] == etag
                assert "immutable" in answer.headers["Cache-Control"]
    for known in ('"other"', etag.strip('"'), "junk", ""):
        async with stage.http.get(url, headers={"If-None-Match": known}) as answer:
            assert (answer.status, await answer.read()) == (200, DIGITS)
    await store.files.delete(FileId("f1"))
    async with stage.http.get(url, headers={"If-None-Match": etag}) as answer:
        assert answer.status == 404


async def test_a_part_of_another_version_is_the_whole(stage: Stage, store: Store) -> None:
    url = await digits(store)
    async with stage.http.get(url) as answer:
        etag = answer.headers["ETag"]

    statuses = {}
    for known in (etag, f"W/{etag}", '"other"', "Wed, 21 Oct 2026 07:28:00 GMT", "junk"):
        async with stage.http.get(url, headers={"Range": "bytes=0-1", "If-Range": known}) as answer:
            statuses[known] = answer.status

    assert list(statuses.values()) == [206, 200, 200, 200, 200]


async def test_head_tells_of_the_whole_whatever_part_is_asked_for(stage: Stage, store: Store) -> None:
    for asked in ("bytes=0-1", "bytes=99-"):
        async with stage.http.head(await digits(store), headers={"Range": asked}) as answer:
            assert (answer.status, answer.headers["Content-Length"]) == (200, "10")
            assert answer.headers["Accept-Ranges"] == "bytes"


async def test_different_files_have_different_tags(stage: Stage, store: Store) -> None:
    tags = set()
    for file_id, content in (("a", b"1"), ("b", b"1"), ("c", b"22")):
        file = Attachment(FileId(file_id), "x", "text/plain", len(content))
        await store.files.put(file, content)
        async with stage.http.get(FileUrls("", store.deployment.secret).url(file)) as answer:
            tags.add(answer.headers["ETag"])

    assert len(tags) == 3


class Broken:
    """Files of which the second piece cannot be read."""

    @asynccontextmanager
    async def opened(self, file_id: FileId) -> AsyncIterator[Kept | None]:
        yield Kept(Attachment(file_id, "x", "text/plain", 100), 100, self._read)

    async def _read(self, first: int, count: int) -> AsyncIterator[bytes]:
        yield b"half"
        raise StoreUnavailable("gone")


async def test_a_file_that_breaks_off_is_not_taken_for_a_whole_one(store: Store, clock: Clock) -> None:
    broken = replace(store, files=cast("Files", Broken()))
    url = FileUrls("", store.deployment.secret).url(Attachment(FileId("f1"), "x", "text/plain", 100))
    async with Stage(broken, clock).open() as stage, stage.http.get(url) as answer:
        assert answer.status == 200
        with pytest.raises(ClientPayloadError):
            await answer.read()


async def test_a_file_that_is_deleted_meanwhile_comes_whole(stage: Stage, store: Store) -> None:
    content = bytes(range(256)) * 40_000
    file = Attachment(FileId("f1"), "x", "text/plain", len(content))
    await store.files.put(file, content)

    async with stage.http.get(FileUrls("", store.deployment.secret).url(file)) as answer:
        await store.files.delete(file.id)
        assert await answer.read() == content


@pytest.mark.parametrize(
    ("stored", "served"),
    [
        ("text/html", "application/octet-stream"),
        ("image/svg+xml", "application/octet-stream"),
        ("application/javascript", "application/octet-stream"),
        ("IMAGE/PNG; x=y", "image/png"),
        ("text/plain", "text/plain; charset=utf-8"),
        ("nonsense\r\nX-Evil: 1", "application/octet-stream"),
    ],
)
async def test_only_harmless_types_are_named(stage: Stage, store: Store, stored: str, served: str) -> None:
    path = await kept(store, media_type=stored)

    answer = await stage.ask("GET", path, None)

    assert answer.headers["Content-Type"] == served
    assert "X-Evil" not in answer.headers


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("cat.png", "attachment; filename=\"cat.png\"; filename*=UTF-8''cat.png"),
        ('a"b\\c.png', "attachment; filename=\"a_b_c.png\"; filename*=UTF-8''a%22b_c.png"),
        ("../../etc/passwd", "attachment; filename=\"_.._etc_passwd\"; filename*=UTF-8''_.._etc_passwd"),
        ("a\r\nb\0", "attachment; filename=\"a  b_\"; filename*=UTF-8''a%20%20b_"),
        ("a;b;c.png", "attachment; filename=\"a_b_c.png\"; filename*=UTF-8''a%3Bb%3Bc.png"),
        ("gnp\u202eexe.x", "attachment; filename=\"gnpexe.x\"; filename*=UTF-8''gnpexe.x"),
        ("мышь.png", "attachment; filename=\"____.png\"; filename*=UTF-8''%D0%BC%D1%8B%D1%88%D1%8C.png"),
        ("..", "attachment; filename=\"file\"; filename*=UTF-8''file"),
        ("", "attachment; filename=\"file\"; filename*=UTF-8''file"),
        ("\ud800", "attachment; filename=\"_\"; filename*=UTF-8''_"),
    ],
)
def test_names_are_safe_to_save_under(name: str, said: str) -> None:
    assert disposition(name) == said


@pytest.mark.parametrize("name", ["a/b.png", "..", "\ud800", "мышь", "a?b#c", "%2e%2e", ""])
async def test_any_name_makes_a_url_that_works(stage: Stage, store: Store, name: str) -> None:
    path = await kept(store, "x")
    url = FileUrls("", store.deployment.secret).url(Attachment(FileId("f1"), name, "image/png", 4))

    assert url.rpartition("/")[0] == path.rpartition("/")[0]
    assert (await stage.ask("GET", url, None)).status == 200
