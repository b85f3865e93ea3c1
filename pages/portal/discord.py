"""Signing in to the portal with Discord: there, and back."""

import hmac
from typing import Final

from aiohttp import hdrs, web

from accounts.discord import DiscordSignIn
from accounts.refusals import DiscordIsAway, EmailIsTaken, LoginFailed, TooManyTries
from api.desks import DESKS
from api.door.addresses import address_of
from api.door.limits import network
from pages.frame.cookies import PORTAL, cookie_of
from pages.frame.frame import FRAME
from pages.frame.page import render
from pages.frame.sign_in import device_of, enter
from pages.frame.ways import NEXT, way_on
from texts.text import Text

PATH: Final = "/portal/discord"
COOKIE: Final = "guildesk_discord"
GOOD_FOR: Final = 600
"""Seconds in which somebody comes back from Discord."""
LONGEST_CODE: Final = 512


async def go(request: web.Request) -> web.StreamResponse:
    """``GET /portal/discord``: to Discord. The browser keeps what only it may come back with."""
    going = _discord(request).begin()
    answer = web.Response(status=303, headers={hdrs.LOCATION: going.url})
    kept = "|".join((going.state, going.verifier, way_on(request, PORTAL, request.query.get(NEXT))))
    frame = request.app[FRAME]
    answer.set_cookie(
        COOKIE,
        kept,
        path=frame.path(PATH),
        max_age=GOOD_FOR,
        httponly=True,
        secure=frame.secure,
        samesite="Lax",
    )
    return answer


async def come_back(request: web.Request) -> web.StreamResponse:
    """``GET /portal/discord/back``: signed in, or why not."""
    discord = _discord(request)
    state, _, rest = request.cookies.get(COOKIE, "").partition("|")
    verifier, _, asked = rest.partition("|")
    told, code = request.query.get("state", ""), request.query.get("code", "")
    if not state or not hmac.compare_digest(state.encode(), told.encode(errors="replace")):
        return _refused(request, 400, Text("sign-in-discord-failed"))
    if not 0 < len(code) <= LONGEST_CODE:  # they said no
        return _refused(request, 401, Text("sign-in-discord-failed"))
    try:
        signed = await discord.end(
            code, verifier, network=network(address_of(request)), device=device_of(request)
        )
    except LoginFailed:
        return _refused(request, 401, Text("sign-in-discord-failed"))
    except EmailIsTaken:
        return _refused(request, 409, Text("sign-in-discord-taken"))
    except TooManyTries:
        return _refused(request, 429, Text("sign-in-discord-failed"))
    except DiscordIsAway:
        return _refused(request, 503, Text("sign-in-discord-away"))
    if (before := cookie_of(request, PORTAL)) is not None:
        await request.app[DESKS].accounts.signing_in.logout(before)
    return _without_cookie(request, enter(request, PORTAL, signed, way_on(request, PORTAL, asked)))


def _discord(request: web.Request) -> DiscordSignIn:
    """Raises HTTPNotFound where it is not set up."""
    discord = request.app[DESKS].accounts.discord
    if discord is None:
        raise web.HTTPNotFound
    return discord


def _refused(request: web.Request, status: int, why: Text) -> web.Response:
    return _without_cookie(
        request,
        render(
            request,
            "portal/login.html.jinja",
            status=status,
            place=PORTAL.path,
            with_discord=True,
            next=way_on(request, PORTAL, None),
            email="",
            notice=None,
            problem=why,
        ),
    )


def _without_cookie(request: web.Request, answer: web.Response) -> web.Response:
    """What was kept is good once."""
    frame = request.app[FRAME]
    answer.del_cookie(COOKIE, path=frame.path(PATH), httponly=True, secure=frame.secure, samesite="Lax")
    return answer
