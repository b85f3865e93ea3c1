"""The bytes of attachments."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import IO, Protocol

from tickets.model import Attachment, FileId


class Draft(Protocol):
    """Bytes while they come in; little of them is held in memory. They are gone when the block ends."""

    @property
    def size(self) -> int: ...

    def __enter__(self) -> "Draft": ...

    def __exit__(self, *_: object) -> None: ...

    async def write(self, piece: bytes) -> None:
        """Add to it. Raises StoreUnavailable."""
        ...

    async def flush(self) -> None:
        """To be called after the last piece."""
        ...

    def stream(self) -> IO[bytes]:
        """All that was written, to be read in a thread."""
        ...

    def pieces(self) -> Iterator[bytes]:
        """The same."""
        ...


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that is there, of ``size`` bytes. ``read(first, count)`` gives so many of them piece by piece,
    from the offset ``first`` on; the bytes before it are never read."""

    file: Attachment
    size: int
    read: Callable[[int, int], AsyncIterator[bytes]]


class Files(Protocol):
    """Bytes of attachments, by id."""

    def draft(self) -> Draft:
        """A place for what is to be ``put`` later."""
        ...

    async def put(self, file: Attachment, content: bytes | Draft) -> None:
        """Keep the bytes durably; putting the same id again changes nothing."""
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
