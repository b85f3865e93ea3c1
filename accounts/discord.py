"""Signing in with Discord: customers show there who they are, and need no password here.

OAuth 2 with a code, a state that only this browser has, and PKCE."""

import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, Final
from urllib.parse import urlencode

import aiohttp
from aiolimiter import AsyncLimiter
from pydantic import BaseModel, ValidationError

from accounts.refusals import DiscordIsAway, EmailIsTaken, LoginFailed
from accounts.registering import sortable_id
from accounts.signing_in import SignedIn, SigningIn
from accounts.tries import LoginTries
from tickets.characters import clean_line
from tickets.model import UserRole
from tickets.ports.accounts import Account, Accounts, Added
from tickets.ports.store import Clock

SCOPE: Final = "identify email"
PATIENCE: Final = aiohttp.ClientTimeout(total=10)
LONGEST_NAME: Final = 80
MOST_ASKED: Final = 120
"""Requests to Discord in a minute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscordApp:
    """The application that people allow to see who they are, and where Discord is."""

    client_id: str
    secret: str
    api_url: str
    authorize_url: str
    back_url: str
    """The page of ours to which Discord sends them back, as it is registered there."""


class _Token(BaseModel):
    access_token: str


class _User(BaseModel):
    id: str
    username: str
    global_name: str | None = None
    email: str | None = None
    verified: bool = False
    bot: bool = False


@dataclass(frozen=True, slots=True)
class Going:
    """Somebody on the way to Discord: where to, and what their browser keeps meanwhile."""

    url: str
    state: str
    verifier: str


class DiscordSignIn:
    """``session`` is for requests to Discord, until whoever made it closes it."""

    def __init__(
        self,
        app: DiscordApp,
        session: aiohttp.ClientSession,
        accounts: Accounts,
        signing_in: SigningIn,
        tries: LoginTries,
        clock: Clock,
    ) -> None:
        self._app = app
        self._session = session
        self._accounts = accounts
        self._signing_in = signing_in
        self._tries = tries
        self._clock = clock
        self._pace = AsyncLimiter(MOST_ASKED, 60)

    def begin(self) -> Going:
        """Where to send somebody, once."""
        state, verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(48)
        challenge = urlsafe_b64encode(sha256(verifier.encode()).digest()).decode().rstrip("=")
        query = {
            "response_type": "code",
            "client_id": self._app.client_id,
            "scope": SCOPE,
            "redirect_uri": self._app.back_url,
            "state": state,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            "prompt": "none",
        }
        return Going(f"{self._app.authorize_url}?{urlencode(query)}", state, verifier)

    async def end(self, code: str, verifier: str, *, network: str, device: str = "") -> SignedIn:
        """A session of whoever came back with this code.

        Raises LoginFailed where Discord does not confirm it, EmailIsTaken where their address has an account
        that they do not get into by that, TooManyTries, and DiscordIsAway."""
        await self._tries.begin_key(network)
        account = await self._account_of(await self._who(code, verifier))
        if account.disabled:
            raise LoginFailed
        await self._tries.key_succeeded(network)
        return await self._signing_in.begin(account.person, device, account)

    async def _who(self, code: str, verifier: str) -> _User:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._app.back_url,
            "code_verifier": verifier,
            "client_id": self._app.client_id,
            "client_secret": self._app.secret,
        }
        try:
            token = _Token.model_validate(await self._asked("POST", "/oauth2/token", data=form))
            headers = {"Authorization": f"Bearer {token.access_token}"}
            user = _User.model_validate(await self._asked("GET", "/users/@me", headers=headers))
        except ValidationError:
            raise LoginFailed from None
        if user.bot:
            raise LoginFailed
        return user

    async def _asked(self, method: str, path: str, **options: Any) -> Any:
        """Discord bans an address that is refused too often, and with it the bot: so strangers do not make us
        ask as often as they like."""
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

    async def _account_of(self, user: _User) -> Account:
        """The account of this user of Discord, made at their first sign-in."""
        if (account := await self._accounts.with_discord_id(user.id)) is not None:
            return account
        email = user.email if user.verified else None
        if email is not None and (known := await self._accounts.with_email(email)) is not None:
            return await self._linked(known, user)
        now = self._clock()
        account = Account(
            id=sortable_id(now),
            email=email or f"{user.id}@discord.invalid",
            username=_name_of(user),
            role=UserRole.CUSTOMER,
            created_at=now,
            email_verified=email is not None,
            discord_id=user.id,
        )
        if await self._accounts.add(account) is Added.TAKEN:  # they came twice at once
            return await self._accounts.with_discord_id(user.id) or await self._taken()
        return account

    async def _linked(self, account: Account, user: _User) -> Account:
        """The account of a customer who has confirmed the same address. Somebody else may have registered
        one that is not confirmed; and staff does not come in by this door."""
        if not account.email_verified or account.role is not UserRole.CUSTOMER or account.discord_id:
            raise EmailIsTaken
        if await self._accounts.link(account.id, user.id) is Added.TAKEN:
            raise EmailIsTaken
        return replace(account, discord_id=user.id)

    async def _taken(self) -> Account:
        raise EmailIsTaken


def _name_of(user: _User) -> str:
    return clean_line(user.global_name or user.username).strip()[:LONGEST_NAME] or user.id
