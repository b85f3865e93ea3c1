"""Signing in and out: sessions, and the tokens that they give."""

import secrets
from dataclasses import dataclass, replace
from typing import Final

from accounts.passwords import Passwords
from accounts.refresh_tokens import is_ours, parse, refresh_token
from accounts.refusals import AccountsAreOff, LoginFailed, SessionIsOver, SessionNotFound
from accounts.signing import Keyring
from accounts.tries import LoginTries
from tickets.ids import new_id
from tickets.model import Caller, Millis, Person, UserKey, UserRole
from tickets.ports.accounts import Account, Identity, Session
from tickets.ports.store import Clock

DAY: Final[Millis] = 24 * 60 * 60 * 1000
LIVES: Final = 30 * DAY
"""How long a refresh token is good."""
GRACE: Final[Millis] = 30_000
"""How long a used token still gives the same successor: for two tabs, and for an answer that was lost."""
LONGEST_DEVICE: Final = 200


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What people get when they sign in: a token that is good until ``expires_at``, and a refresh token for
    the next one."""

    token: str
    expires_at: Millis
    refresh_token: str
    person: Person
    account: Account | None
    """None for a guest."""


class SigningIn:
    """Every method raises StoreUnavailable when the store is down."""

    def __init__(
        self,
        identity: Identity,
        keyring: Keyring,
        passwords: Passwords,
        tries: LoginTries,
        clock: Clock,
        *,
        has_accounts: bool,
    ) -> None:
        self._identity = identity
        self._keyring = keyring
        self._passwords = passwords
        self._tries = tries
        self._clock = clock
        self._has_accounts = has_accounts

    async def login(self, email: str, password: str, *, network: str, device: str = "") -> SignedIn:
        """A new session. Raises LoginFailed, TooManyTries and TooBusy, in the same way whether the address
        has an account or not. ``network`` is where the request came from."""
        if not self._has_accounts:
            raise AccountsAreOff
        await self._tries.begin(email, network)
        account = await self._identity.accounts.with_email(email)
        hashed = None if account is None or account.disabled else account.password_hash
        if not await self._passwords.matches(password, hashed) or account is None:
            raise LoginFailed
        await self._tries.succeeded(email, network)
        return await self.begin(account.person, device, account)

    async def begin(self, person: Person, device: str, account: Account | None = None) -> SignedIn:
        """A new session for somebody who has proved who they are."""
        return await self._given(await self._begun(person, device, LIVES), person, account)

    async def begin_at_desk(self, person: Person, device: str, lives: Millis) -> str:
        """A session for staff without an account here. They get no tokens, only what keeps them signed in at
        the pages."""
        return refresh_token(await self._begun(person, device, lives))

    async def _begun(self, person: Person, device: str, lives: Millis) -> Session:
        now = self._clock()
        session = Session(
            id=new_id(),
            secret=secrets.token_hex(32),
            person=person,
            created_at=now,
            turned_at=now,
            expires_at=now + lives,
            device=device[:LONGEST_DEVICE],
        )
        await self._identity.sessions.add(session)
        return session

    async def refresh(self, token: str) -> SignedIn:
        """The next token. A token that was used before ends the session, because somebody else must have it.
        Raises SessionIsOver."""
        parsed = parse(token)
        session = None if parsed is None else await self._identity.sessions.get(parsed.session_id)
        now = self._clock()
        if parsed is None or session is None or not is_ours(parsed, session) or session.expires_at <= now:
            raise SessionIsOver
        account = await self._owner(session)
        if parsed.turn == session.turn:
            if await self._identity.sessions.turn(session, now, now + LIVES):
                turned = replace(session, turn=session.turn + 1, turned_at=now, expires_at=now + LIVES)
                return await self._given(turned, _who(session, account), account)
            session = await self._identity.sessions.get(session.id)  # another was faster
            if session is None:
                raise SessionIsOver
        if parsed.turn == session.turn - 1 and now < session.turned_at + GRACE:
            return await self._given(session, _who(session, account), account)
        await self._identity.sessions.end(session.id)
        await self._identity.accounts.end_tokens(session.person.key, now)
        raise SessionIsOver

    async def logout(self, token: str) -> None:
        """End the session of this token, and the tokens that it gave. A session that is over stays over."""
        parsed = parse(token)
        session = None if parsed is None else await self._identity.sessions.get(parsed.session_id)
        if parsed is not None and session is not None and is_ours(parsed, session):
            await self._identity.sessions.end(session.id)
            await self._identity.accounts.end_tokens(UserKey(UserKey.SESSIONS, session.id), self._clock())

    async def sessions(self, caller: Caller) -> list[Session]:
        """The caller's own sessions. Users of other issuers have none."""
        now = self._clock()
        return [it for it in await self._identity.sessions.of(caller.key) if it.expires_at > now]

    async def end(self, caller: Caller, session_id: str) -> None:
        """End one of the caller's sessions. Raises SessionNotFound."""
        session = await self._identity.sessions.get(session_id)
        if session is None or session.person.key != caller.key:
            raise SessionNotFound(session_id)
        await self._identity.sessions.end(session_id)
        await self._identity.accounts.end_tokens(caller.key, self._clock())

    async def end_all(self, key: UserKey, *, but: str | None = None) -> None:
        """End all sessions of a user but one. Tokens made so far stop working."""
        await self._identity.sessions.end_all(key, but=but)
        await self._identity.accounts.end_tokens(key, self._clock())

    def now(self) -> Millis:
        return self._clock()

    async def _owner(self, session: Session) -> Account | None:
        """The account of the session; None for a guest. Raises SessionIsOver if the account is gone or
        disabled."""
        if session.person.key.issuer != UserKey.ACCOUNTS:  # of staff at the pages, who get no tokens
            raise SessionIsOver
        if session.person.role is UserRole.TEMP_USER:
            return None
        account = await self._identity.accounts.get(session.person.key.id)
        if account is None or account.disabled:
            await self._identity.sessions.end(session.id)
            raise SessionIsOver
        return account

    async def _given(self, session: Session, person: Person, account: Account | None) -> SignedIn:
        token, expires_at = await self._keyring.token(person, session.id)
        return SignedIn(token, expires_at, refresh_token(session), person, account)


def _who(session: Session, account: Account | None) -> Person:
    """The person as the store has them now."""
    return session.person if account is None else account.person
