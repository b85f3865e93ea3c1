"""A request to the API as a value, and its answer."""

from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from simcord.backend.errors import BackendError


@dataclass(frozen=True, slots=True)
class Upload:
    """A file of a multipart request, in the shape SimCord reads."""

    filename: str
    data: bytes
    description: str | None = None

    @property
    def fp(self) -> BytesIO:
        """The bytes as a stream, from the start."""
        return BytesIO(self.data)


@dataclass(frozen=True, slots=True)
class Call:
    """A request as the API understands it; `actor` is a user, or None where a token in the path decides."""

    method: str
    path: str
    params: dict[str, str] = field(default_factory=dict)
    body: Any = None
    files: tuple[Upload, ...] = ()
    reason: str | None = None
    actor: int | None = None

    @property
    def changes(self) -> bool:
        """Whether carrying it out may change anything."""
        return self.method != "GET"

    def fields(self) -> dict[str, Any]:
        """The body if it is an object, else an empty one."""
        return self.body if isinstance(self.body, dict) else {}


@dataclass(frozen=True, slots=True)
class Answer:
    """What the API answers: a status and a body, None for an empty one."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


class Gap(Exception):
    """A feature of Discord that this sandbox does not have."""


def invalid(path: str, code: str, message: str) -> BackendError:
    """Discord's "Invalid Form Body" (50035) with its tree of errors; `path` is dotted."""
    tree: dict[str, Any] = {"_errors": [{"code": code, "message": message}]}
    for part in reversed(path.split(".")):
        tree = {part: tree}
    return BackendError(400, 50035, "Invalid Form Body", errors=tree)
