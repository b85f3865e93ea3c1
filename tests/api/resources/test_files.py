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


class Broken:
    """Files of which the second piece cannot be read."""

    @asynccontextmanager
    async def opened(self, file_id: FileId) -> AsyncIterator[Kept | None]:
        yield Kept(Attachment(file_id, "x", "text/plain", 100), 100, self._pieces())

    async def _pieces(self) -> AsyncIterator[bytes]:
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
