"""The file of a back-up: a tar with the database, the attachments, and at its end a manifest of their
hashes."""

import os
import re
import tarfile
import time
from collections.abc import Iterator
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import IO, Final

from pydantic import BaseModel, Field, ValidationError

from storage.keeping.problems import CannotBeDone
from storage.keeping.progress import Tell
from storage.private import ours_alone
from storage.sqlite.replacing import DATABASE, FILES

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
AT_ONCE: Final = 1024 * 1024
"""So many bytes are held in memory at a time."""

_MEMBER = re.compile(rf"{re.escape(DATABASE)}|{FILES}/[0-9a-f]{{2}}/[0-9a-f]{{64}}")


class Member(BaseModel):
    size: int
    sha256: str


class Manifest(BaseModel):
    """What a back-up holds. ``schema_version`` is that of the database."""

    format: int = FORMAT
    program: str
    made_at: str
    schema_version: int
    deployment: str
    tickets: int
    events: int
    members: dict[str, Member] = Field(default_factory=dict)


class _Hashed:
    """A stream whose bytes are hashed and reported as progress while they are read."""

    def __init__(self, stream: IO[bytes], tell: Tell, what: str, done: int, total: int) -> None:
        self._stream = stream
        self._hash = sha256()
        self._tell, self._what, self._done, self._total = tell, what, done, total
        self.size = 0

    def read(self, count: int = AT_ONCE) -> bytes:
        piece = self._stream.read(count)
        self._hash.update(piece)
        self.size += len(piece)
        self._tell(self._what, self._done + self.size, self._total)
        return piece

    @property
    def member(self) -> Member:
        return Member(size=self.size, sha256=self._hash.hexdigest())


class ArchiveWriter:
    """Writes members, then the manifest. ``total`` is roughly how many bytes there will be."""

    def __init__(self, target: IO[bytes], tell: Tell, total: int) -> None:
        self._tar = tarfile.TarFile(fileobj=target, mode="w", format=tarfile.PAX_FORMAT, copybufsize=AT_ONCE)
        self._members: dict[str, Member] = {}
        self._tell = tell
        self._done = 0
        self._total = total

    def add(self, name: str, stream: IO[bytes]) -> None:
        header = tarfile.TarInfo(name)
        header.size = os.fstat(stream.fileno()).st_size
        header.mode, header.mtime = 0o600, int(time.time())
        hashed = _Hashed(stream, self._tell, "writing the back-up", self._done, self._total)
        self._tar.addfile(header, hashed)
        self._members[name] = hashed.member
        self._done += hashed.size

    def finish(self, manifest: Manifest) -> dict[str, Member]:
        """Write the manifest, which lists the members, and return it."""
        text = manifest.model_copy(update={"members": self._members}).model_dump_json(indent=1).encode()
        header = tarfile.TarInfo(MANIFEST)
        header.size, header.mode, header.mtime = len(text), 0o600, int(time.time())
        self._tar.addfile(header, BytesIO(text))
        self._tar.close()
        return self._members


def unpack(archive: Path, into: Path, tell: Tell) -> Manifest:
    """Unpack a back-up into an empty folder. Raises CannotBeDone if a hash is wrong or something is missing;
    the content of the folder is useless then."""
    found: dict[str, Member] = {}
    manifest: Manifest | None = None
    try:
        total = archive.stat().st_size
        with tarfile.open(archive, "r:") as tar:
            for header in tar:
                tar.members.clear()  # type: ignore[attr-defined]  # they would all be kept
                stream = tar.extractfile(header) if header.isfile() else None
                if stream is None or manifest is not None:
                    raise CannotBeDone(f"{archive} holds {header.name}, which no back-up of Guildesk has")
                if header.name == MANIFEST:
                    manifest = Manifest.model_validate_json(stream.read())
                elif _MEMBER.fullmatch(header.name):
                    hashed = _Hashed(stream, tell, "reading the back-up", header.offset_data, total)
                    _write(into / header.name, hashed)
                    found[header.name] = hashed.member
                else:
                    raise CannotBeDone(f"{archive} holds {header.name}, which no back-up of Guildesk has")
    except (FileNotFoundError, IsADirectoryError) as error:
        if error.filename != str(archive):
            raise
        raise CannotBeDone(f"there is no file {archive}; name that of a back-up") from error
    except (tarfile.TarError, EOFError, ValidationError) as error:
        raise CannotBeDone(f"{archive} is not a whole back-up ({_short(error)}); take another") from error
    if manifest is None or DATABASE not in found:
        raise CannotBeDone(f"{archive} is not a whole back-up (its end is missing); take another")
    for fault in _faults(manifest.members, found):
        raise CannotBeDone(f"{archive} is damaged: {fault}; take another back-up")
    return manifest


def _write(path: Path, hashed: _Hashed) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(path, "xb", opener=ours_alone) as target:
        while piece := hashed.read():
            target.write(piece)


def _faults(told: dict[str, Member], found: dict[str, Member]) -> Iterator[str]:
    for name in sorted(told.keys() | found.keys()):
        if name not in found:
            yield f"{name} is missing"
        elif name not in told:
            yield f"{name} is not in its manifest"
        elif told[name] != found[name]:
            yield f"{name} is not what was put into it"


def _short(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return "its manifest cannot be read"
    return str(error) or "it breaks off"
