"""A state file, so that a sandbox killed at any moment has again all that it acknowledged.

The file holds one image of the world and, behind it, every call that changed something since,
each with its moment and the last identifier given out before it. A call depends on nothing else
(`WallClock`, `Discord.snowflake`), so carrying the calls out again gives the same world with the
same identifiers. That keeps the cost of a request at one short write, whatever the size of the
world, and needs no knowledge of what a call changes; the price is paid at the next start, which
replays some thousands of calls a second, and writes a new image when there were many.

A record is written to the operating system before its request is answered: a kill of the process
loses nothing, a power cut may. A record that was cut short was not answered, and is dropped.
"""

import fcntl
import os
import pickle
import struct
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from sandbox.calls import Answer, Call, Upload
from sandbox.perform import perform
from sandbox.start import new_world
from sandbox.world import Sizes, World

_MANY = 2_000
_LENGTH = struct.Struct(">Q")
_ENDLESS = Sizes(*[1 << 60] * 6)
_Record = tuple[datetime, int, tuple[Any, ...]]


class StateFile:
    """The file of one world; only one process may have it open."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._out: BinaryIO | None = None

    def open(self) -> World:
        """Open the world in the file, or begin a new one that is kept in it from now on. Raises
        BlockingIOError if another process has the file."""
        if not self._file.exists():
            return self._begin()
        self._out = _claimed(self._file.open("r+b", buffering=0))
        records, whole = self._read()
        world: World = next(records)
        calls = self._replay(world, records)
        if calls > _MANY:
            self._write_image(world)
        else:
            self._out.truncate(whole())
            self._out.seek(0, os.SEEK_END)
        return world

    def _begin(self) -> World:
        world = new_world()
        self._write_image(world)
        return world

    def keep(self, at: datetime, last_id: int, call: Call, answer: Answer) -> None:
        """Record a call that changed something."""
        is_kept = call.changes and answer.status < 400 and not call.path.endswith("/typing")
        if self._out is not None and is_kept:
            uploads = [(upload.filename, upload.data, upload.description) for upload in call.files]
            told = (call.method, call.path, call.params, call.body, uploads, call.reason, call.actor)
            self._out.write(_framed((at, last_id, told)))

    def close(self) -> None:
        """Close the file."""
        if self._out is not None:
            self._out.close()
            self._out = None

    def _write_image(self, world: World) -> None:
        draft = self._file.with_name(self._file.name + ".new")
        draft.touch(mode=0o600)
        out = _claimed(draft.open("wb", buffering=0))
        out.write(_framed(world))
        draft.replace(self._file)
        self.close()
        self._out = out

    def _read(self) -> tuple[Iterator[Any], Any]:
        """The whole records of the file, and the position behind the last of them."""
        data = self._file.read_bytes()
        end = 0

        def records() -> Iterator[Any]:
            nonlocal end
            while end + _LENGTH.size <= len(data):
                start = end + _LENGTH.size
                stop = start + _LENGTH.unpack_from(data, end)[0]
                if stop > len(data):
                    return
                end = stop
                yield pickle.loads(data[start:stop])  # noqa: S301 (our own file, mode 0600)

        return records(), lambda: end

    @staticmethod
    def _replay(world: World, records: Iterator[_Record]) -> int:
        sizes, world.sizes = world.sizes, _ENDLESS
        calls = 0
        for at, last_id, (method, path, params, body, uploads, reason, actor) in records:
            world.backend.wall.held = at
            world.backend.last_id = last_id
            files = tuple(Upload(*upload) for upload in uploads)
            perform(world, Call(method, path, params, body, files, reason, actor))
            calls += 1
        world.backend.wall.held = None
        world.sizes = sizes
        return calls


def _claimed(file: BinaryIO) -> BinaryIO:
    """Open the file and lock it until it is closed or the process ends."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise
    return file


def _framed(record: Any) -> bytes:
    data = pickle.dumps(record, protocol=pickle.HIGHEST_PROTOCOL)
    return _LENGTH.pack(len(data)) + data
