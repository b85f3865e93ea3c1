"""The cookie of each place, which renews the session there. No script can read it."""

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Self

from aiohttp import hdrs, web

from pages.frame.frame import FRAME, Frame

DAYS: Final = 30
"""How long an unused session lasts."""
MOST: Final = 512
"""The longest cookie that can be ours, in characters."""


@dataclass(frozen=True, slots=True)
class SignInPlace:
    """Where people sign in: ``name`` is ``portal`` or ``desk``. Each has a cookie of its own."""

    name: str
    is_for_staff: bool = False

    @property
    def path(self) -> str:
        return f"/{self.name}"

    @property
    def cookie(self) -> str:
        return f"guildesk_{self.name}"


PORTAL: Final = SignInPlace("portal")
DESK: Final = SignInPlace("desk", is_for_staff=True)


@dataclass(frozen=True, slots=True)
class OwnCookie:
    """A cookie as the browser keeps it. No script can read it, and it is not sent with forms of other sites.

    Another host of our domain could set a cookie of the same name, and so sign people in to an account of its
    own. Browsers accept a name that begins with ``__Host-`` only from the host itself, and for all of its
    paths. Where Guildesk has only a part of a host, the value is sent to that part alone, and a second cookie
    proves that it is ours: it has such a name, and holds nothing but a digest of the value."""

    name: str
    path: str
    secure: bool
    proof: str | None = None
    """The name of the second cookie."""

    @classmethod
    def of(cls, frame: Frame, name: str, path: str) -> Self:
        """The cookie of this name for the pages below ``path``."""
        own = f"__Host-{name}"
        if not (frame.secure and frame.origin.scheme == "https"):
            return cls(name, frame.path(path), frame.secure)
        if not frame.root:
            return cls(own, "/", True)
        return cls(name, frame.path(path), True, proof=own + re.sub(r"\W", "_", frame.root))

    def value(self, request: web.Request) -> str:
        """What the browser has kept, or nothing. Of several the first one counts, whose path is the longest
        (RFC 6265, 5.4)."""
        found = _values_of(request, self.name)
        if self.proof is not None:
            proofs = _values_of(request, self.proof)
            found = [it for it in found if _digest(it) in proofs]
        return found[0] if found else ""

    def keep(self, answer: web.StreamResponse, value: str, max_age: int) -> None:
        """Have the browser keep it for so many seconds."""
        self._set(answer, self.name, value, self.path, max_age)
        if self.proof is not None:
            self._set(answer, self.proof, _digest(value), "/", max_age)

    def forget(self, answer: web.StreamResponse) -> None:
        self._set(answer, self.name, "", self.path, 0)
        if self.proof is not None:
            self._set(answer, self.proof, "", "/", 0)

    def _set(self, answer: web.StreamResponse, name: str, value: str, path: str, max_age: int) -> None:
        answer.set_cookie(
            name, value, path=path, max_age=max_age, httponly=True, secure=self.secure, samesite="Lax"
        )


def _digest(value: str) -> str:
    return sha256(value.encode(errors="surrogateescape")).hexdigest()


def _of(request: web.Request, place: SignInPlace) -> OwnCookie:
    return OwnCookie.of(request.app[FRAME], place.cookie, place.path)


def cookie_of(request: web.Request, place: SignInPlace) -> str | None:
    found = _of(request, place).value(request)
    return found if 0 < len(found) <= MOST else None


def _values_of(request: web.Request, name: str) -> list[str]:
    """The values of all cookies of this name. Ours need no quotes. aiohttp would read all cookies, which
    takes it up to 100 ms for 8 kB that are made for it."""
    header = ";".join(request.headers.getall(hdrs.COOKIE, ()))
    name = re.escape(f"{name}=")
    return [it.strip() for it in re.findall(rf"{name}(?<![^; ]{name})([^;]*)", header)]


def keep(request: web.Request, answer: web.StreamResponse, place: SignInPlace, refresh_token: str) -> None:
    """Have the browser keep the session."""
    _of(request, place).keep(answer, refresh_token, DAYS * 24 * 3600)


def forget(request: web.Request, answer: web.StreamResponse, place: SignInPlace) -> None:
    _of(request, place).forget(answer)
