"""The two ways in which the gateway compresses its stream."""

import zlib
from importlib import import_module
from typing import Any, Protocol


class Compressor(Protocol):
    """Turns one gateway message into the bytes of one frame."""

    def __call__(self, text: str) -> bytes:
        """The frame for a message, decompressible as soon as it arrives."""


class ZlibStream:
    """One zlib stream for the connection, flushed after every message."""

    def __init__(self) -> None:
        self._stream = zlib.compressobj(level=1)

    def __call__(self, text: str) -> bytes:
        return self._stream.compress(text.encode()) + self._stream.flush(zlib.Z_SYNC_FLUSH)


class ZstdStream:
    """One Zstandard stream for the connection; only where the `zstandard` package is installed."""

    def __init__(self, zstandard: Any) -> None:
        self._stream = zstandard.ZstdCompressor(level=1).compressobj()
        self._flush = zstandard.COMPRESSOBJ_FLUSH_BLOCK

    def __call__(self, text: str) -> bytes:
        block: bytes = self._stream.compress(text.encode()) + self._stream.flush(self._flush)
        return block


def compressor(wanted: str | None) -> Compressor | None:
    """The compressor a client asked for, or None for plain text, which every client reads too."""
    if wanted == "zlib-stream":
        return ZlibStream()
    if wanted == "zstd-stream":
        try:
            return ZstdStream(import_module("zstandard"))
        except ImportError:
            return None
    return None
