"""Asks Discord who somebody is: OAuth 2 with a code, PKCE, and a state that only this browser has."""

import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final
from urllib.parse import urlencode

import aiohttp
from aiolimiter import AsyncLimiter
from pydantic import BaseModel, ValidationError

from accounts.refusals import DiscordIsAway, LoginFailed

PATIENCE: Final = aiohttp.ClientTimeout(total=10)
MOST_ASKED: Final = 120
"""Requests to Discord in a minute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscordApp:
    """The application that people allow to see who they are, and the address of Discord."""

    client_id: str
    secret: str
    api_url: str
    authorize_url: str
    back_url: str
    """The page of the portal to which Discord sends customers back, as it is registered there."""
    desk_back_url: str = ""
    """The same for staff, at the desk."""


class DiscordUser(BaseModel):
    id: str
    username: str
    global_name: str | None = None
    email: str | None = None
    verified: bool = False
    bot: bool = False


class _Token(BaseModel):
    access_token: str


@dataclass(frozen=True, slots=True)
class Going:
    """Somebody on the way to Discord: where they go, and what their browser keeps until they are back."""

    url: str
    state: str
    verifier: str


class DiscordOAuth:
    """``session`` makes the requests to Discord. Whoever made it closes it."""

    def __init__(self, app: DiscordApp, session: aiohttp.ClientSession) -> None:
        self._app = app
        self._session = session
        self._pace = AsyncLimiter(MOST_ASKED, 60)

    def begin(self, scope: str, back_url: str) -> Going:
        """The address at Discord to which to send somebody; it is good for one sign-in."""
        state, verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(48)
        challenge = urlsafe_b64encode(sha256(verifier.encode()).digest()).decode().rstrip("=")
        query = {
            "response_type": "code",
            "client_id": self._app.client_id,
            "scope": scope,
            "redirect_uri": back_url,
            "state": state,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            "prompt": "none",
        }
        return Going(f"{self._app.authorize_url}?{urlencode(query)}", state, verifier)

    async def who(self, code: str, verifier: str, back_url: str) -> DiscordUser:
        """The person who came back with this code; never a bot. Raises LoginFailed if Discord does not
        confirm it, and DiscordIsAway."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back_url,
            "code_verifier": verifier,
            "client_id": self._app.client_id,
            "client_secret": self._app.secret,
        }
        try:
            token = _Token.model_validate(await self._asked("POST", "/oauth2/token", data=form))
            headers = {"Authorization": f"Bearer {token.access_token}"}
            user = DiscordUser.model_validate(await self._asked("GET", "/users/@me", headers=headers))
        except ValidationError:
            raise LoginFailed from None
        if user.bot:
            raise LoginFailed
        return user

    async def _asked(self, method: str, path: str, **options: Any) -> Any:
        """Asks Discord. Discord bans addresses whose requests it refuses too often, and the bot has the same
        address. So strangers cannot make us ask Discord as often as they like."""
        if not self._pace.has_capacity():
            raise DiscordIsAway
        await self._pace.acquire()  # does not wait
        url = f"{self._app.api_url}{path}"
        try:
            async with self._session.request(
                method, url, timeout=PATIENCE, allow_redirects=False, **options
            ) as answer:
                if answer.status >= 500 or answer.status == 429:
                    raise DiscordIsAway
                if answer.status != 200:
                    raise LoginFailed
                return await answer.json(content_type=None)
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise DiscordIsAway from error
