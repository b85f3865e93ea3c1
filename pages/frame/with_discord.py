"""Signs people in with Discord at a place: to Discord, and back."""

import hmac
from dataclasses import dataclass
from typing import Final, Protocol
from urllib.parse import quote, unquote

from aiohttp import hdrs, web

from accounts.discord import DiscordSignIn
from accounts.discord_oauth import Going
from accounts.discord_staff import DiscordStaff
from accounts.refusals import DiscordIsAway, EmailIsTaken, LoginFailed, NotStaffInDiscord, TooManyTries
from accounts.signing_in import SignedIn
from api.desks import DESKS
from api.door.addresses import address_of
from api.door.limits import network
from pages.frame.cookies import OwnCookie, SignInPlace, cookie_of
from pages.frame.frame import FRAME
from pages.frame.page import page
from pages.frame.sign_in import device_of, enter
from pages.frame.ways import NEXT, way_on
from texts.text import Text

GOOD_FOR: Final = 600
"""Seconds within which somebody has to come back from Discord."""
LONGEST_CODE: Final = 512
_FAILED: Final = Text("sign-in-discord-failed")


class Entrance(Protocol):
    """The page at which people sign in."""

    @property
    def place(self) -> SignInPlace: ...

    def shown(self, request: web.Request, status: int, problem: Text) -> web.Response: ...


@dataclass(frozen=True, slots=True)
class FromDiscord:
    """The handlers of one place."""

    entrance: Entrance

    @property
    def _path(self) -> str:
        return f"{self.entrance.place.path}/discord"

    def _cookie(self, request: web.Request) -> OwnCookie:
        return OwnCookie.of(request.app[FRAME], f"{self.entrance.place.cookie}_discord", self._path)

    def routes(self) -> list[web.RouteDef]:
        return [web.get(self._path, page(self.go)), web.get(f"{self._path}/back", page(self.come_back))]

    async def go(self, request: web.Request) -> web.StreamResponse:
        """``GET …/discord``: to Discord. The browser keeps what only it may come back with."""
        going: Going = discord_at(request, self.entrance.place).begin()
        answer = web.Response(status=303, headers={hdrs.LOCATION: going.url})
        asked = way_on(request, self.entrance.place, request.query.get(NEXT))
        kept = "|".join((going.state, going.verifier, quote(asked, safe="")))
        self._cookie(request).keep(answer, kept, GOOD_FOR)
        return answer

    async def come_back(self, request: web.Request) -> web.StreamResponse:
        """``GET …/discord/back``: signed in, or why not."""
        answer = await self._come_back(request)
        self._cookie(request).forget(answer)  # what was kept is good once
        return answer

    async def _come_back(self, request: web.Request) -> web.Response:
        place = self.entrance.place
        discord = discord_at(request, place)
        state, _, rest = self._cookie(request).value(request).partition("|")
        verifier, _, asked = rest.partition("|")
        told, code = request.query.get("state", ""), request.query.get("code", "")
        if not state or not hmac.compare_digest(state.encode(), told.encode(errors="replace")):
            return self.entrance.shown(request, 400, _FAILED)
        if not 0 < len(code) <= LONGEST_CODE:  # they said no
            return self.entrance.shown(request, 401, _FAILED)
        try:
            signed = await discord.end(
                code, verifier, network=network(address_of(request)), device=device_of(request)
            )
        except (LoginFailed, EmailIsTaken, TooManyTries, NotStaffInDiscord, DiscordIsAway) as error:
            return self.entrance.shown(request, *_why(error))
        if (before := cookie_of(request, place)) is not None:
            await request.app[DESKS].accounts.signing_in.logout(before)
        kept = signed.refresh_token if isinstance(signed, SignedIn) else signed
        return enter(request, place, kept, way_on(request, place, unquote(asked)))


def discord_at(request: web.Request, place: SignInPlace) -> DiscordSignIn | DiscordStaff:
    """Raises HTTPNotFound where nobody signs in with Discord."""
    accounts = request.app[DESKS].accounts
    discord = accounts.discord_staff if place.is_for_staff else accounts.discord
    if discord is None:
        raise web.HTTPNotFound
    return discord


def has_discord(request: web.Request, place: SignInPlace) -> bool:
    accounts = request.app[DESKS].accounts
    return (accounts.discord_staff if place.is_for_staff else accounts.discord) is not None


def _why(error: Exception) -> tuple[int, Text]:
    match error:
        case EmailIsTaken():
            return 409, Text("sign-in-discord-taken")
        case NotStaffInDiscord():
            return 403, Text("sign-in-discord-no-staff")
        case TooManyTries():
            return 429, _FAILED
        case DiscordIsAway():
            return 503, Text("sign-in-discord-away")
    return 401, _FAILED
