"""Static files: read once, served under an address that changes with their content.

All files stand below one hash, so that modules import each other by relative names."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources.abc import Traversable
from pathlib import PurePosixPath
from posixpath import normpath
from typing import Final

from aiohttp import web

TYPES: Final[Mapping[str, str]] = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "png": "image/png",
    "svg": "image/svg+xml",
}
"""Files of other kinds are not served."""
FOREVER: Final = "public, max-age=31536000, immutable"
_IMPORT: Final = re.compile(r"""^(?:import|export)[^"';]*["'](\.[^"']+\.js)["']""", re.MULTILINE)
PATH: Final = "/static/{version}/{name:.+}"


@dataclass(frozen=True, slots=True)
class StaticFile:
    body: bytes
    type: str


class StaticFiles:
    """Files by their names; a name may have folders."""

    def __init__(self, files: Mapping[str, StaticFile], root: str = "") -> None:
        """``root`` is the path of the public address, without a slash at its end."""
        self._files = files
        self._root = root
        self._modules: dict[str, list[str]] = {}
        self.version: Final = _hash(files)

    def url(self, name: str) -> str:
        """The path of the file for a browser. Raises KeyError if there is no such file."""
        self._files[name]
        return f"{self._root}/static/{self.version}/{name}"

    @property
    def names(self) -> Collection[str]:
        return self._files.keys()

    def body(self, name: str) -> bytes:
        return self._files[name].body

    def modules(self, name: str) -> list[str]:
        """The paths of all modules that this one imports, directly or not, so that a browser can load them at
        once."""
        if name not in self._modules:
            found, left = {name}, [name]
            while left:
                for imported in self._imports(left.pop()) - found:
                    found.add(imported)
                    left.append(imported)
            self._modules[name] = [self.url(it) for it in sorted(found - {name})]
        return self._modules[name]

    def _imports(self, name: str) -> set[str]:
        here = PurePosixPath("/", name).parent
        said = _IMPORT.findall(self._files[name].body.decode())
        return {normpath(here / it).lstrip("/") for it in said} & self._files.keys()

    def size(self, name: str) -> int:
        return len(self.body(name))

    async def serve(self, request: web.Request) -> web.Response:
        """The file, which browsers keep for good. A page of another version gets today's file, and asks again
        each time."""
        file = self._files.get(request.match_info["name"])
        if file is None:
            raise web.HTTPNotFound
        kept = FOREVER if request.match_info["version"] == self.version else "no-cache"
        return web.Response(body=file.body, headers={"Content-Type": file.type, "Cache-Control": kept})


def files_in(folders: Mapping[str, Traversable]) -> dict[str, StaticFile]:
    """All files in the folders that can be served. The name of each begins with its folder's key."""
    found = {}
    for prefix, folder in folders.items():
        for name, file in _walked(folder, prefix):
            if (kind := TYPES.get(name.rpartition(".")[2])) is not None:
                found[name] = StaticFile(file.read_bytes(), kind)
    return found


def _walked(folder: Traversable, prefix: str) -> Iterable[tuple[str, Traversable]]:
    for it in folder.iterdir():
        if it.is_dir():
            yield from _walked(it, f"{prefix}{it.name}/")
        else:
            yield f"{prefix}{it.name}", it


def _hash(files: Mapping[str, StaticFile]) -> str:
    hashed = sha256()
    for name, file in sorted(files.items()):
        hashed.update(f"{name}\0{len(file.body)}\0".encode() + file.body)
    return hashed.hexdigest()[:16]
