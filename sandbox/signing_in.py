"""Signing in with Discord elsewhere, by OAuth 2: people of the sandbox choose who they are on a page."""

import secrets
from base64 import b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from html import escape
from typing import Final
from urllib.parse import urlencode, urlsplit

from aiohttp import web
from simcord.backend import serializers

from sandbox.stage import STAGE

MOST: Final = 1_000
_NEEDED: Final = ("client_id", "redirect_uri", "state", "code_challenge")


@dataclass
class Grants:
    """The codes and tokens that were given out; each code can be used once."""

    codes: dict[str, tuple[int, str, str, str]] = field(default_factory=dict)
    """Whose it is, and for which client, address and challenge."""
    tokens: dict[str, int] = field(default_factory=dict)


GRANTS: Final = web.AppKey("GRANTS", Grants)
routes = web.RouteTableDef()


@routes.get("/oauth2/authorize")
async def authorize(request: web.Request) -> web.Response:
    """A page with a button for each person."""
    query = request.query
    if any(not query.get(name) for name in _NEEDED) or query.get("response_type") != "code":
        return web.Response(status=400, text="This is no request to sign in.")
    people = request.app[STAGE].world.people
    hidden = "".join(
        f'<input type="hidden" name="{name}" value="{escape(query[name], quote=True)}">' for name in _NEEDED
    )
    buttons = "".join(
        f'<p><button name="who" value="{escape(name, quote=True)}">{escape(name)}</button></p>'
        for name in people
    )
    page = (
        "<!doctype html><html lang=en><meta charset=utf-8><title>Discord: sign in</title>"
        f"<h1>Who are you in Discord?</h1><form method=post>{hidden}{buttons}</form>"
    )
    headers = {"Content-Security-Policy": "default-src 'none'"}
    return web.Response(text=page, content_type="text/html", headers=headers)


@routes.post("/oauth2/authorize")
async def choose(request: web.Request) -> web.Response:
    """Send the person back to the site they came from, with a code."""
    form = {name: str(value) for name, value in (await request.post()).items()}
    person = request.app[STAGE].world.people.get(form.get("who", ""))
    back = form.get("redirect_uri", "")
    if person is None or urlsplit(back).scheme not in ("http", "https"):
        return web.Response(status=400, text="There is nobody of this name, or no way back.")
    grants, code = request.app[GRANTS], secrets.token_urlsafe(24)
    if len(grants.codes) >= MOST:
        grants.codes.clear()
    grants.codes[code] = (person.id, form.get("client_id", ""), back, form.get("code_challenge", ""))
    query = urlencode({"code": code, "state": form.get("state", "")})
    return web.Response(status=303, headers={"Location": f"{back}?{query}"})


@routes.post("/api/v10/oauth2/token")
async def token(request: web.Request) -> web.Response:
    """Give a token for a code, if everything fits. Any secret of the application is accepted except
    "wrong"."""
    form = {name: str(value) for name, value in (await request.post()).items()}
    if form.get("grant_type") == "client_credentials":
        proof = request.headers.get("Authorization", "").removeprefix("Basic ")
        if not proof or b64decode(proof).endswith(b":wrong"):
            return web.json_response({"error": "invalid_client"}, status=401)
        return web.json_response({"access_token": "its own", "token_type": "Bearer", "expires_in": 604_800})
    grants = request.app[GRANTS]
    whose, client_id, back, challenge = grants.codes.pop(form.get("code", ""), (0, "", "", ""))
    proof = urlsafe_b64encode(sha256(form.get("code_verifier", "").encode()).digest()).decode().rstrip("=")
    fits = (client_id, back, challenge) == (form.get("client_id"), form.get("redirect_uri"), proof)
    if not whose or not fits or not form.get("client_secret"):
        return web.json_response({"error": "invalid_grant"}, status=400)
    if len(grants.tokens) >= MOST:
        grants.tokens.clear()
    given = secrets.token_urlsafe(24)
    grants.tokens[f"Bearer {given}"] = whose
    said = {"access_token": given, "token_type": "Bearer", "expires_in": 604_800, "scope": "identify email"}
    return web.json_response(said)


def signed_in(request: web.Request) -> web.Response | None:
    """The answer to ``GET /users/@me`` for the holder of a token of this file; None for others."""
    whose = request.app[GRANTS].tokens.get(request.headers.get("Authorization", ""))
    if whose is None:
        return None
    user = request.app[STAGE].world.backend.users[whose]
    shown = dict(serializers.user_payload(user))
    return web.json_response({**shown, "email": f"{user.name}@example.test", "verified": True})
