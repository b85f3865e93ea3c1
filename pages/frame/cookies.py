"""The cookie of each place, which renews the session there. No script can read it."""

import re
from dataclasses import dataclass
from typing import Final

from aiohttp import hdrs, web

from pages.frame.frame import FRAME

DAYS: Final = 30
"""How long an unused session lasts."""
MOST: Final = 512
"""The longest cookie that can be ours, in characters."""


@dataclass(frozen=True, slots=True)
class SignInPlace:
    """Where people sign in: ``name`` is ``portal`` or ``desk``. Its cookie is sent nowhere else."""

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


def cookie_of(request: web.Request, place: SignInPlace) -> str | None:
    found = value_of(request, place.cookie)
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
    frame = request.app[FRAME]
    answer.set_cookie(
        place.cookie,
        refresh_token,
        path=frame.path(place.path),
        max_age=DAYS * 24 * 3600,
        httponly=True,
        secure=frame.secure,
        samesite="Lax",
    )


def forget(request: web.Request, answer: web.StreamResponse, place: SignInPlace) -> None:
    frame = request.app[FRAME]
    answer.del_cookie(
        place.cookie, path=frame.path(place.path), httponly=True, secure=frame.secure, samesite="Lax"
    )
