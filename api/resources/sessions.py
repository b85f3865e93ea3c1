"""Signing in and out, and the sessions of an account."""

from typing import Annotated, Final

from aiohttp import web
from pydantic import BaseModel, Field, StringConstraints, TypeAdapter

from accounts.passwords import LONGEST
from accounts.signing_in import SignedIn
from api.desks import DESKS
from api.documents.documented import documented
from api.door.accounts import session_of
from api.door.answers import json_answer
from api.door.auth import token_in
from api.door.bodies import body_of
from api.door.limits import Limit
from api.door.routes import API, OpenRoute, reads, writes
from api.resources.accounts import network_of
from api.resources.me import MeBody, body_of_account, body_of_person
from tickets.model import Caller
from tickets.ports.accounts import Session

RefreshToken = Annotated[str, StringConstraints(min_length=1, max_length=256)]


class LoginBody(BaseModel, extra="forbid"):
    email: Annotated[str, StringConstraints(min_length=1, max_length=320)] = Field(
        examples=["casey@example.com"]
    )
    password: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST)] = Field(
        examples=["a horse of another kind"]
    )


class RefreshBody(BaseModel, extra="forbid"):
    refresh_token: RefreshToken


class SignedInBody(BaseModel):
    """``token`` is valid until ``expires_at``, for 15 minutes. ``refresh_token`` gives the next token, for
    30 days, and is replaced each time."""

    token: str
    expires_at: int
    refresh_token: str
    user: MeBody


class SessionBody(BaseModel):
    """Times are in Unix seconds. ``device`` is the client's name for itself."""

    id: str
    device: str
    created_at: int
    last_used_at: int
    expires_at: int
    current: bool = Field(description="Whether the request's token belongs to this session.")


_SESSIONS = TypeAdapter(list[SessionBody])


@documented(
    "Sign in with an e-mail address and a password",
    description="A wrong address, a wrong password, an unconfirmed and a disabled account all get the same "
    "401. After 5 tries for an account, or 20 from an address, further tries get 429 until a pause is "
    "over, which grows.",
    body=LoginBody,
    answer=SignedInBody,
    errors=(401, 404, 429, 503),
)
async def login(request: web.Request) -> web.Response:
    body = await body_of(request, LoginBody)
    signed_in = await request.app[DESKS].accounts.signing_in.login(
        body.email, body.password, network=network_of(request), device=device_of(request)
    )
    return signed_in_answer(signed_in)


@documented(
    "Get the next token of a session",
    description="A used refresh token gives the same successor again for 30 s, for clients with two tabs. "
    "After that, its use ends the session with 401, because somebody else must have it.",
    body=RefreshBody,
    answer=SignedInBody,
    errors=(401, 429, 503),
)
async def refresh_session(request: web.Request) -> web.Response:
    body = await body_of(request, RefreshBody)
    return signed_in_answer(await request.app[DESKS].accounts.signing_in.refresh(body.refresh_token))


@documented("Sign out: end the session", body=RefreshBody, status=204, media_types=(), errors=(429, 503))
async def logout(request: web.Request) -> web.Response:
    """``POST /accounts/logout``: also if it was over already."""
    body = await body_of(request, RefreshBody)
    await request.app[DESKS].accounts.signing_in.logout(body.refresh_token)
    return web.Response(status=204)


@documented("Read your sessions, the last used first", answer=list[SessionBody])
async def list_sessions(request: web.Request, caller: Caller) -> web.Response:
    current = session_of(token_in(request.headers.get("Authorization")))
    sessions = await request.app[DESKS].accounts.signing_in.sessions(caller)
    return json_answer(_SESSIONS.dump_json([_body(it, current) for it in sessions]))


@documented("End all your sessions except that of this token", status=204, media_types=(), errors=())
async def end_sessions(request: web.Request, caller: Caller) -> web.Response:
    current = session_of(token_in(request.headers.get("Authorization")))
    await request.app[DESKS].accounts.signing_in.end_all(caller.key, but=current)
    return web.Response(status=204)


@documented("End one of your sessions", status=204, media_types=(), errors=(404,))
async def end_session(request: web.Request, caller: Caller) -> web.Response:
    await request.app[DESKS].accounts.signing_in.end(caller, request.match_info["session_id"])
    return web.Response(status=204)


def signed_in_answer(signed_in: SignedIn, *, status: int = 200) -> web.Response:
    """The answer to somebody who has signed in. No cache may keep it."""
    account = signed_in.account
    user = body_of_person(signed_in.person) if account is None else body_of_account(account)
    body = SignedInBody(
        token=signed_in.token,
        expires_at=signed_in.expires_at // 1000,
        refresh_token=signed_in.refresh_token,
        user=user,
    )
    return json_answer(body.model_dump_json(), status=status, headers={"Cache-Control": "no-store"})


def device_of(request: web.Request) -> str:
    """The client's name for itself."""
    return "".join(it for it in request.headers.get("User-Agent", "") if it.isprintable())


def _body(session: Session, current: str | None) -> SessionBody:
    return SessionBody(
        id=session.id,
        device=session.device,
        created_at=session.created_at // 1000,
        last_used_at=session.turned_at // 1000,
        expires_at=session.expires_at // 1000,
        current=session.id == current,
    )


SESSIONS: Final = f"{API}/accounts/sessions"

ROUTES: Final = (
    OpenRoute(f"{API}/accounts/login", login, "POST", Limit("login", 60)),
    OpenRoute(f"{API}/accounts/refresh", refresh_session, "POST", Limit("refresh_session", 120)),
    OpenRoute(f"{API}/accounts/logout", logout, "POST", Limit("logout", 60)),
    reads(SESSIONS, list_sessions),
    writes("DELETE", SESSIONS, end_sessions),
    writes("DELETE", f"{SESSIONS}/{{session_id}}", end_session),
)
