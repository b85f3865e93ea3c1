"""Bytes of attachments, by ids that are not to be trusted."""

import pytest

from tickets.model import Attachment, FileId
from tickets.ports import Store

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
