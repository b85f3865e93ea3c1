"""Tokens of accounts and guests, which Guildesk signs itself."""

import json
from collections.abc import Mapping
from typing import Final

from accounts.desks import AccountDesks
from accounts.signing import ALGORITHM, LIVES, Keyring, session_in
from api.door.auth import (
    LEEWAY,
    Remembering,
    Times,
    TokenFault,
    TokenRefused,
    Verified,
    Verifier,
    claims_in,
    header_and_payload,
    payload_of,
)
from api.door.claims import Claims
from api.door.introducing import Introducing
from api.door.issuers import issuer_in
from tickets.model import Millis, UserKey
from tickets.ports.accounts import Accounts
from tickets.ports.store import Clock, People

HEARD_WITHIN: Final[Millis] = 2_000
"""Milliseconds after which a process knows of tokens that another process has ended."""
_NAMED: Final = UserKey.ACCOUNTS.encode()


def trusting_accounts(verifier: Verifier, accounts: AccountDesks, people: People, clock: Clock) -> Verifier:
    """The verifier for all tokens of the API: those of backends, by ``verifier``, and our own if there are
    accounts."""
    if not accounts.is_on:
        return Remembering(Introducing(verifier, people), clock)
    ours = OwnIssuer(accounts.keyring, clock, verifier)
    remembering = Remembering(Introducing(ours, people), clock)
    return NotEnded(remembering, accounts.identity.accounts, clock)


class OwnIssuer:
    """Trusts tokens that Guildesk has signed, and leaves other tokens to another verifier."""

    def __init__(self, keyring: Keyring, clock: Clock, others: Verifier) -> None:
        self._keyring = keyring
        self._clock = clock
        self._others = others

    async def verify(self, token: str) -> Verified:
        header, payload = header_and_payload(token)
        if _NAMED not in payload or issuer_in(payload) != UserKey.ACCOUNTS:
            return await self._others.verify(token)
        if header.get("alg") != ALGORITHM:
            raise TokenRefused(TokenFault.ALGORITHM_NOT_ALLOWED)
        key = await self._keyring.public(header.get("kid"))
        if key is None:
            raise TokenRefused(TokenFault.KEY_UNKNOWN)
        claims = claims_in(payload_of(token, key, ALGORITHM), Claims)
        times = Times(require_exp=True)
        return times.verified(UserKey.ACCOUNTS, claims, self._clock() / 1000, may_serve=False)


class NotEnded:
    """Refuses our own tokens that were made before their owner ended all tokens, or those of their session.
    ``nbf`` tells when a token was made."""

    def __init__(self, verifier: Verifier, accounts: Accounts, clock: Clock) -> None:
        self._verifier = verifier
        self._accounts = accounts
        self._clock = clock
        self._ends: Mapping[UserKey, Millis] = {}
        self._read_at: Millis | None = None
        self._endings = 0

    async def verify(self, token: str) -> Verified:
        verified = await self._verifier.verify(token)
        if verified.caller.key.issuer == UserKey.ACCOUNTS and (ends := await self._current()):
            session = UserKey(UserKey.SESSIONS, session_of(token) or "")
            ended_at = max(ends.get(verified.caller.key, 0), ends.get(session, 0))
            if verified.not_before * 1000 < ended_at:
                raise TokenRefused(TokenFault.ENDED)
        return verified

    async def _current(self) -> Mapping[UserKey, Millis]:
        """Those of this process at once, those of others a little later."""
        now, endings = self._clock(), self._accounts.endings
        if self._read_at is None or now - self._read_at >= HEARD_WITHIN or endings != self._endings:
            self._ends = await self._accounts.ends(now - LIVES - LEEWAY * 1000)
            self._read_at, self._endings = now, endings
        return self._ends


def session_of(token: str) -> str | None:
    """The session of a verified token; None if it is not one of our own."""
    _, payload = header_and_payload(token)
    claims = json.loads(payload)
    return session_in(claims) if claims.get("iss") == UserKey.ACCOUNTS else None
