"""Files while they are uploaded. They are on disk without a name, so a crash leaves nothing behind."""

import asyncio
import tempfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import IO, Final, Self

from tickets.ports.store import StoreUnavailable

IN_HAND: Final = 64 * 1024
"""Bytes held in memory at a time."""


class DraftOnDisk:
    """The port ``Draft``, in ``folder``, or where the system keeps temporary files. A small file is only held
    in memory: each step on the disk takes long beside a busy event loop."""

    def __init__(self, folder: Path | None = None) -> None:
        self.size = 0
        self._folder = folder
        self._in_hand = bytearray()
        self._stream: IO[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._stream is not None:
            self._stream.close()

    async def write(self, piece: bytes) -> None:
        self.size += len(piece)
        self._in_hand += piece
        if len(self._in_hand) > IN_HAND:
            await asyncio.to_thread(self._write)

    async def flush(self) -> None:
        if self._stream is not None and self._in_hand:
            await asyncio.to_thread(self._write)

    def stream(self) -> IO[bytes]:
        """The whole file, from its beginning."""
        if self._stream is None:
            return BytesIO(self._in_hand)
        self._stream.seek(0)
        return self._stream

    def pieces(self) -> Iterator[bytes]:
        stream = self.stream()
        while piece := stream.read(IN_HAND):
            yield piece

    def _write(self) -> None:
        try:
            if self._stream is None:
                self._stream = self._made()
            left = memoryview(bytes(self._in_hand))
            while left:
                left = left[self._stream.write(left) :]
        except OSError as error:
            raise StoreUnavailable(f"a file cannot be taken in: {error}") from error
        self._in_hand.clear()

    def _made(self) -> IO[bytes]:
        if self._folder is not None:
            self._folder.mkdir(parents=True, exist_ok=True)
        return tempfile.TemporaryFile(dir=self._folder, buffering=0)
