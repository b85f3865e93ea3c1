"""The cookie of each place, which renews the session there. No script can read it."""

from dataclasses import dataclass
from typing import Final

from aiohttp import web

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
    found = request.cookies.get(place.cookie, "")
    return found if 0 < len(found) <= MOST else None


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
