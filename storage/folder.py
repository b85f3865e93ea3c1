"""Files of attachments in a folder of the file system."""

import asyncio
import os
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

from storage.records import attachment_from_text, attachment_text
from tickets.model import Attachment, FileId
from tickets.ports import StoreUnavailable


class FolderOfFiles:
    """The port ``Files``. A file holds one line of JSON, what the attachment is, and then its bytes.

    Names are digests of the ids: ids come from outside and are no paths."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def put(self, file: Attachment, content: bytes) -> None:
        await asyncio.to_thread(self._put, file, content)

    async def get(self, file_id: FileId) -> tuple[Attachment, bytes] | None:
        return await asyncio.to_thread(self._get, file_id)

    async def delete(self, file_id: FileId) -> None:
        await asyncio.to_thread(self._delete, file_id)

    def _path(self, file_id: FileId) -> Path:
        digest = sha256(file_id.encode()).hexdigest()
        return self._folder / digest[:2] / digest

    def _put(self, file: Attachment, content: bytes) -> None:
        path = self._path(file.id)
        if path.exists():
            return
        try:
            _make_folder(path.parent)
            _write(path, attachment_text(file).encode() + b"\n" + content)
        except OSError as error:
            raise StoreUnavailable(f"a file cannot be kept: {error}") from error

    def _get(self, file_id: FileId) -> tuple[Attachment, bytes] | None:
        try:
            kept = self._path(file_id).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StoreUnavailable(f"a file cannot be read: {error}") from error
        line, _, content = kept.partition(b"\n")
        return attachment_from_text(line), content

    def _delete(self, file_id: FileId) -> None:
        try:
            self._path(file_id).unlink(missing_ok=True)
        except OSError as error:
            raise StoreUnavailable(f"a file cannot be deleted: {error}") from error


def _make_folder(folder: Path) -> None:
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        _sync(folder.parent)


def _write(path: Path, content: bytes) -> None:
    """All or nothing, whatever crashes: the name appears once the bytes are on the disk."""
    unfinished = path.with_name(f"{path.name}.{uuid4().hex}")
    try:
        with unfinished.open("xb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    _sync(path.parent)


def _sync(folder: Path) -> None:
    """Make the folder's new names survive a crash."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
