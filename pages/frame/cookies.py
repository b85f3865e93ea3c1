"""The cookie of each place, which renews the session there. No script can read it."""

import re
from dataclasses import dataclass
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
    paths. Where Guildesk has only a part of a host, the cookie is sent to that part alone instead."""

    name: str
    path: str
    secure: bool

    @classmethod
    def of(cls, frame: Frame, name: str, path: str) -> Self:
        """The cookie of this name for the pages below ``path``."""
        if frame.secure and frame.origin.scheme == "https" and not frame.root:
            return cls(f"__Host-{name}", "/", True)
        return cls(name, frame.path(path), frame.secure)

    def keep(self, answer: web.StreamResponse, value: str, max_age: int) -> None:
        """Have the browser keep it for so many seconds."""
        answer.set_cookie(
            self.name,
            value,
            path=self.path,
            max_age=max_age,
            httponly=True,
            secure=self.secure,
            samesite="Lax",
        )

    def forget(self, answer: web.StreamResponse) -> None:
        answer.del_cookie(self.name, path=self.path, httponly=True, secure=self.secure, samesite="Lax")


def _of(request: web.Request, place: SignInPlace) -> OwnCookie:
    return OwnCookie.of(request.app[FRAME], place.cookie, place.path)


def cookie_of(request: web.Request, place: SignInPlace) -> str | None:
    found = value_of(request, _of(request, place).name)
    return found if 0 < len(found) <= MOST else None


def value_of(request: web.Request, name: str) -> str:
    """The value of the cookie, or nothing. Of several with this name the first one counts, whose path is the
    longest (RFC 6265, 5.4). Ours need no quotes. aiohttp would read all cookies, which takes it up to 100 ms
    for 8 kB that are made for it."""
    header = ";".join(request.headers.getall(hdrs.COOKIE, ()))
    name = re.escape(f"{name}=")
    found = re.search(rf"{name}(?<![^; ]{name})([^;]*)", header)
    return found[1].strip() if found else ""


def keep(request: web.Request, answer: web.StreamResponse, place: SignInPlace, refresh_token: str) -> None:
    """Have the browser keep the session."""
    _of(request, place).keep(answer, refresh_token, DAYS * 24 * 3600)


def forget(request: web.Request, answer: web.StreamResponse, place: SignInPlace) -> None:
    _of(request, place).forget(answer)
