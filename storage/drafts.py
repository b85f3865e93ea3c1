"""Files while they are uploaded. They are on disk without a name, so a crash leaves nothing behind."""

import asyncio
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final, Self

from tickets.ports.store import StoreUnavailable

IN_HAND: Final = 64 * 1024
"""Bytes held in memory at a time."""


class DraftOnDisk:
    """The port ``Draft``, in ``folder``, or where the system keeps temporary files."""

    def __init__(self, folder: Path | None = None) -> None:
        self.size = 0
        self._in_hand = bytearray()
        try:
            if folder is not None:
                folder.mkdir(parents=True, exist_ok=True)
            self._stream: IO[bytes] = tempfile.TemporaryFile(dir=folder, buffering=0)  # noqa: SIM115  closed on leaving
        except OSError as error:
            raise StoreUnavailable(f"a file cannot be taken in: {error}") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()

    async def write(self, piece: bytes) -> None:
        self.size += len(piece)
        self._in_hand += piece
        if len(self._in_hand) >= IN_HAND:
            await self.flush()

    async def flush(self) -> None:
        if self._in_hand:
            await asyncio.to_thread(self._write)

    def stream(self) -> IO[bytes]:
        """The whole file, from its beginning."""
        self._stream.seek(0)
        return self._stream

    def pieces(self) -> Iterator[bytes]:
        stream = self.stream()
        while piece := stream.read(IN_HAND):
            yield piece

    def _write(self) -> None:
        try:
            left = memoryview(bytes(self._in_hand))
            while left:
                left = left[self._stream.write(left) :]
        except OSError as error:
            raise StoreUnavailable(f"a file cannot be taken in: {error}") from error
        self._in_hand.clear()
