"""Attachments in a folder of the file system."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import IO
from uuid import uuid4

from storage.codec import ATTACHMENT
from storage.drafts import IN_HAND, DraftOnDisk
from tickets.model import Attachment, FileId
from tickets.ports.files import Draft, Kept
from tickets.ports.store import FilesUnavailable


class FolderOfFiles:
    """The port ``Files``. A file begins with a line of JSON that describes the attachment; its bytes follow.

    Names are digests of the ids, because ids come from outside and must not become paths."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def draft(self) -> DraftOnDisk:
        return DraftOnDisk(self._folder)

    async def put(self, file: Attachment, content: bytes | Draft) -> None:
        await asyncio.to_thread(self._put, file, content)

    async def get(self, file_id: FileId) -> tuple[Attachment, bytes] | None:
        return await asyncio.to_thread(self._get, file_id)

    @asynccontextmanager
    async def opened(self, file_id: FileId) -> AsyncIterator[Kept | None]:
        found = await asyncio.to_thread(self._open, file_id)
        if found is None:
            yield None
            return
        stream, file, size = found
        try:
            yield Kept(file, size, partial(_pieces, stream, stream.tell()))
        finally:
            stream.close()

    async def delete(self, file_id: FileId) -> None:
        await asyncio.to_thread(self._delete, file_id)

    def _path(self, file_id: FileId) -> Path:
        digest = sha256(file_id.encode()).hexdigest()
        return self._folder / digest[:2] / digest

    def _put(self, file: Attachment, content: bytes | Draft) -> None:
        path = self._path(file.id)
        if path.exists():
            return
        try:
            _make_folder(path.parent)
            _write(path, ATTACHMENT.text(file).encode() + b"\n", content)
        except OSError as error:
            cure = f"Let this program write in {self._folder}, and see that its disk has room"
            raise FilesUnavailable(f"a file cannot be kept: {error}. {cure}") from error

    def _get(self, file_id: FileId) -> tuple[Attachment, bytes] | None:
        try:
            kept = self._path(file_id).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise FilesUnavailable(f"a file cannot be read: {error}") from error
        line, _, content = kept.partition(b"\n")
        return ATTACHMENT.from_text(line), content

    def _open(self, file_id: FileId) -> tuple[IO[bytes], Attachment, int] | None:
        """The open file, at the first byte of its content, and the number of bytes."""
        try:
            stream = self._path(file_id).open("rb")
        except FileNotFoundError:
            return None
        except OSError as error:
            raise FilesUnavailable(f"a file cannot be read: {error}") from error
        file = ATTACHMENT.from_text(stream.readline())
        return stream, file, os.fstat(stream.fileno()).st_size - stream.tell()

    def _delete(self, file_id: FileId) -> None:
        try:
            self._path(file_id).unlink(missing_ok=True)
        except OSError as error:
            raise FilesUnavailable(f"a file cannot be deleted: {error}") from error


def files_in(folder: Path) -> Iterator[Path]:
    """Every complete file in the folder of a store."""
    for shelf in sorted(folder.glob("[0-9a-f][0-9a-f]")):
        yield from (path for path in sorted(shelf.iterdir()) if "." not in path.name)


def attachment_in(path: Path) -> Attachment:
    """The attachment that a stored file describes in its first line."""
    with path.open("rb") as stream:
        return ATTACHMENT.from_text(stream.readline())


def _make_folder(folder: Path) -> None:
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        synced(folder.parent)


async def _pieces(stream: IO[bytes], start: int, first: int, count: int) -> AsyncIterator[bytes]:
    stream.seek(start + first)
    while count and (piece := await asyncio.to_thread(stream.read, min(IN_HAND, count))):
        count -= len(piece)
        yield piece


def _write(path: Path, about: bytes, content: bytes | Draft) -> None:
    """All or nothing, even if something crashes: the name appears once the bytes are on the disk."""
    unfinished = path.with_name(f"{path.name}.{uuid4().hex}")
    try:
        with unfinished.open("xb") as stream:
            stream.write(about)
            pieces: Iterable[bytes] = (content,) if isinstance(content, bytes) else content.pieces()
            for piece in pieces:
                stream.write(piece)
            stream.flush()
            os.fsync(stream.fileno())
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    synced(path.parent)


def synced(folder: Path) -> None:
    """Make the folder's new names survive a crash."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
