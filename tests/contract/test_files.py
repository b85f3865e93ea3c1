"""Bytes of attachments, by ids that are not to be trusted."""

import pytest

from tickets.model import Attachment, FileId
from tickets.ports.store import Store

BYTES = bytes(range(256)) * 40


def file(file_id: str = "f1") -> Attachment:
    return Attachment(FileId(file_id), 'a "photo"\0\n\U0001f600/../x.png', "image/png", len(BYTES))


async def test_a_file_comes_back_as_it_was(store: Store) -> None:
    await store.files.put(file(), BYTES)
    await store.files.put(file("empty"), b"")

    assert await store.files.get(FileId("f1")) == (file(), BYTES)
    assert await store.files.get(FileId("empty")) == (file("empty"), b"")
    assert await store.files.get(FileId("f2")) is None


async def test_putting_the_same_id_again_changes_nothing(store: Store) -> None:
    await store.files.put(file(), BYTES)

    await store.files.put(file(), b"other")

    assert await store.files.get(FileId("f1")) == (file(), BYTES)


async def test_a_deleted_file_is_gone(store: Store) -> None:
    await store.files.put(file(), BYTES)
    await store.files.put(file("f2"), BYTES)

    for _ in range(2):
        await store.files.delete(FileId("f1"))

    assert await store.files.get(FileId("f1")) is None
    assert await store.files.get(FileId("f2")) == (file("f2"), BYTES)


@pytest.mark.parametrize(
    "hostile", ["../../etc/passwd", "/etc/passwd", "..", ".", "", "a/b", "x" * 300, "a\0b", "CON", "é:*?"]
)
async def test_a_hostile_id_is_an_id_like_any_other(store: Store, hostile: str) -> None:
    assert await store.files.get(FileId(hostile)) is None

    await store.files.put(file(hostile), BYTES)

    assert await store.files.get(FileId(hostile)) == (file(hostile), BYTES)
    await store.files.delete(FileId(hostile))
    assert await store.files.get(FileId(hostile)) is None


async def test_what_was_drafted_is_kept_as_if_it_had_come_at_once(store: Store) -> None:
    with store.files.draft() as draft:
        for _ in range(100):
            await draft.write(BYTES)
        await draft.flush()
        await store.files.put(file(), draft)
        await store.files.put(file("again"), draft)

    assert draft.size == 100 * len(BYTES)
    for file_id in ("f1", "again"):
        assert await store.files.get(FileId(file_id)) == (file(file_id), BYTES * 100)


async def test_an_opened_file_is_read_in_small_pieces(store: Store) -> None:
    await store.files.put(file(), BYTES * 100)

    async with store.files.opened(FileId("f1")) as kept, store.files.opened(FileId("none")) as none:
        assert kept is not None
        pieces = [piece async for piece in kept.read(0, kept.size)]

    assert none is None
    assert (kept.file, kept.size, b"".join(pieces)) == (file(), len(BYTES) * 100, BYTES * 100)
    assert max(map(len, pieces)) <= 256 * 1024


@pytest.mark.parametrize(
    ("first", "count"),
    [(0, 1), (0, 1_024_000), (1, 2), (261_119, 3), (700_000, 300_000), (1_023_999, 1), (5, 0)],
)
async def test_a_part_is_read_from_where_it_begins(store: Store, first: int, count: int) -> None:
    content = BYTES * 100
    await store.files.put(file(), content)

    async with store.files.opened(FileId("f1")) as kept:
        assert kept is not None
        pieces = [piece async for piece in kept.read(first, count)]
        again = [piece async for piece in kept.read(first, count)]

    assert b"".join(pieces) == b"".join(again) == content[first : first + count]
