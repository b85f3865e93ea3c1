"""The keys that sign access tokens: kept in the store, and changed every month."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from tickets.ids import new_id
from tickets.model import Millis, Person, UserKey
from tickets.ports.accounts import SigningKey, SigningKeys
from tickets.ports.store import Clock

ALGORITHM: Final = "EdDSA"
LIVES: Final[Millis] = 15 * 60 * 1000
"""How long an access token is good."""
DAY: Final[Millis] = 24 * 60 * 60 * 1000
CHANGED_AFTER: Final = 30 * DAY
GONE_AFTER: Final = CHANGED_AFTER + DAY
READ_AGAIN: Final[Millis] = 60_000
"""How long a process keeps the keys it has read. A key that was removed stops working after that."""
LOOK_AGAIN: Final[Millis] = 1_000
"""How long the store is not asked again about an unknown key."""


class Keyring:
    """Signs tokens with the newest key, and knows all keys whose signatures are accepted."""

    def __init__(self, keys: SigningKeys, clock: Clock) -> None:
        self._keys = keys
        self._clock = clock
        self._known: dict[str, tuple[Ed25519PrivateKey, Millis]] = {}
        self._read_at: Millis | None = None
        self._reading = asyncio.Lock()

    async def token(self, person: Person, session_id: str) -> tuple[str, Millis]:
        """A token for this person, and the time at which it expires."""
        kid, key = await self._newest()
        now = self._clock()
        expires_at = (now + LIVES) // 1000 * 1000
        claims = {
            "iss": UserKey.ACCOUNTS,
            "id": person.key.id,
            "username": person.name,
            "email": person.email,
            "role": person.role,
            "iat": now / 1000,
            "nbf": now / 1000,
            "exp": expires_at // 1000,
            "sid": session_id,
        }
        return jwt.encode(claims, key, ALGORITHM, headers={"kid": kid}), expires_at

    async def public(self, kid: object) -> Ed25519PublicKey | None:
        """The key with this name; None if there is none, or it is too old."""
        now = self._clock()
        age = None if self._read_at is None else now - self._read_at
        if age is None or age >= READ_AGAIN or (kid not in self._known and age >= LOOK_AGAIN):
            await self._read()
        if not isinstance(kid, str) or kid not in self._known:
            return None
        key, created_at = self._known[kid]
        return key.public_key() if now < created_at + GONE_AFTER else None

    async def _newest(self) -> tuple[str, Ed25519PrivateKey]:
        if (found := self._current()) is None:
            async with self._reading:
                await self._read()
                found = self._current() or await self._made()
        return found

    def _current(self) -> tuple[str, Ed25519PrivateKey] | None:
        now = self._clock()
        if self._read_at is None or now - self._read_at >= READ_AGAIN:
            return None
        kid = max(self._known, key=lambda it: self._known[it][1], default=None)
        if kid is None or now >= self._known[kid][1] + CHANGED_AFTER:
            return None
        return kid, self._known[kid][0]

    async def _made(self) -> tuple[str, Ed25519PrivateKey]:
        """A new key. If two processes make one each, both work."""
        key, now = Ed25519PrivateKey.generate(), self._clock()
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        made = SigningKey(new_id(), pem, now)
        await self._keys.add(made)
        await self._keys.remove_before(now - GONE_AFTER)
        self._known[made.id] = (key, now)
        return made.id, key

    async def _read(self) -> None:
        kept = await self._keys.all()
        self._known = {it.id: (_loaded(it.private), it.created_at) for it in kept}
        self._read_at = self._clock()


def _loaded(pem: str) -> Ed25519PrivateKey:
    key = load_pem_private_key(pem.encode(), None)
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError("a signing key of another kind is in the store")
    return key


def session_in(claims: Mapping[str, Any]) -> str | None:
    """The session to which a token belongs."""
    sid = claims.get("sid")
    return sid if isinstance(sid, str) else None
