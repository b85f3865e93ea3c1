"""The bytes of attachments."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import IO, Protocol

from tickets.model import Attachment, FileId


class Draft(Protocol):
    """The bytes of a file while it is uploaded, of which only a little is in memory. They are removed when
    the block ends."""

    @property
    def size(self) -> int: ...

    def __enter__(self) -> "Draft": ...

    def __exit__(self, *_: object) -> None: ...

    async def write(self, piece: bytes) -> None:
        """Add to it. Raises StoreUnavailable."""
        ...

    async def flush(self) -> None:
        """Must be called after the last piece."""
        ...

    def stream(self) -> IO[bytes]:
        """Everything that was written. Must be read in a thread."""
        ...

    def pieces(self) -> Iterator[bytes]:
        """The same."""
        ...


@dataclass(frozen=True, slots=True)
class Kept:
    """A stored file of ``size`` bytes. ``read(first, count)`` gives so many bytes from the offset ``first``
    on, piece by piece. Bytes before it are not read."""

    file: Attachment
    size: int
    read: Callable[[int, int], AsyncIterator[bytes]]


class Files(Protocol):
    """Bytes of attachments, by id."""

    def draft(self) -> Draft:
        """A place for a file that will be ``put`` later."""
        ...

    async def put(self, file: Attachment, content: bytes | Draft) -> None:
        """Store the bytes durably. Putting the same id again changes nothing."""
        ...

    async def get(self, file_id: FileId) -> tuple[Attachment, bytes] | None:
        """All bytes at once."""
        ...

    def opened(self, file_id: FileId) -> AbstractAsyncContextManager[Kept | None]:
        """While the block runs, the bytes can be read piece by piece, also if the file is deleted
        meanwhile."""
        ...

    async def delete(self, file_id: FileId) -> None:
        """Forget the bytes, if there are any."""
        ...
