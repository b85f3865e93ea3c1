"""Sessions of pages: a browser keeps a refresh token in its cookie, and scripts are given tokens for the API.

The cookie is renewed once a day and not with each token: an answer that is lost on the way ends nobody's
session then. No script can read it, and it is sent to its own place alone."""

from dataclasses import dataclass
from typing import Final

from aiohttp import hdrs, web

from accounts.refresh_tokens import is_ours, parse
from accounts.refusals import SessionIsOver
from accounts.signing_in import GRACE
from api.desks import DESKS
from pages.frame.cookies import SignInPlace, cookie_of, forget, keep
from tickets.model import Caller, Millis, UserKey
from tickets.ports.accounts import Account, Session

RENEWED_AFTER: Final[Millis] = 24 * 60 * 60 * 1000
"""How old a refresh token in a browser may become before it is replaced."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who is signed in. ``account`` is None for staff who came with Discord or a token."""

    caller: Caller
    account: Account | None
    session: Session
    is_blocked: bool = False

    @property
    def locale(self) -> str | None:
        return None if self.account is None else self.account.locale


async def visitor_of(request: web.Request, place: SignInPlace) -> Visitor | None:
    """The visitor who is signed in here; None if nobody is. The session stays as it is."""
    token = cookie_of(request, place)
    parsed = None if token is None else parse(token)
    if parsed is None:
        return None
    desks = request.app[DESKS]
    session = await desks.accounts.identity.sessions.get(parsed.session_id)
    now = desks.clock()
    if session is None or session.expires_at <= now or not is_ours(parsed, session):
        return None
    is_last = parsed.turn == session.turn
    if not is_last and not (parsed.turn == session.turn - 1 and now < session.turned_at + GRACE):
        return None
    return await _visitor(request, place, session)


async def _visitor(request: web.Request, place: SignInPlace, session: Session) -> Visitor | None:
    """The visitor with this session, as the store knows them now. Raises DiscordIsAway."""
    accounts, person = request.app[DESKS].accounts, session.person
    if person.key.issuer == UserKey.ACCOUNTS:
        account = await accounts.identity.accounts.get(person.key.id)
        if account is None or account.disabled:
            return None
        themselves = Caller(account.person)
        return Visitor(themselves, account, session, await accounts.own.is_blocked(themselves))
    if not place.is_for_staff:
        return None
    if person.key.issuer != UserKey.DISCORD:
        return Visitor(Caller(person), None, session)
    if accounts.discord_staff is None or (caller := await accounts.discord_staff.caller(person)) is None:
        await accounts.identity.sessions.end(session.id)
        return None
    return Visitor(caller, None, session)


async def token_for(
    request: web.Request, answer_with: web.Response, place: SignInPlace, visitor: Visitor
) -> tuple[str, Millis]:
    """A token for the API, and when it expires. ``answer_with`` sends the browser a new cookie if it is time
    for one. Raises SessionIsOver, also for people without an account: scripts of the desk need no tokens."""
    desks = request.app[DESKS]
    if visitor.account is None:
        raise SessionIsOver
    if desks.clock() - visitor.session.turned_at < RENEWED_AFTER:
        return await desks.accounts.keyring.token(visitor.account.person, visitor.session.id)
    token = cookie_of(request, place)
    if token is None:
        raise SessionIsOver
    signed = await desks.accounts.signing_in.refresh(token)
    keep(request, answer_with, place, signed.refresh_token)
    return signed.token, signed.expires_at


def enter(request: web.Request, place: SignInPlace, refresh_token: str, way_on: str) -> web.Response:
    """Lets somebody in who has just signed in."""
    answer = web.Response(status=303, headers={hdrs.LOCATION: way_on})
    keep(request, answer, place, refresh_token)
    return answer


async def leave(request: web.Request, place: SignInPlace, way_on: str) -> web.Response:
    """Ends the session of the cookie, if there is one."""
    token = cookie_of(request, place)
    if token is not None:
        await request.app[DESKS].accounts.signing_in.logout(token)
    answer = web.Response(status=303, headers={hdrs.LOCATION: way_on})
    forget(request, answer, place)
    return answer


def device_of(request: web.Request) -> str:
    """The name that the browser gives itself."""
    return request.headers.get(hdrs.USER_AGENT, "")
