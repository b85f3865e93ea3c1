"""Tokens of several backends, each with its own keys, audience, algorithms, and the roles that it may
grant."""

import json
from collections.abc import Callable, Mapping
from time import monotonic
from typing import Any, Final

import aiohttp

from api.door.auth import (
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
from api.door.jwks import Jwks, NoKeys
from config.issuers import Issuer, IssuersFile
from config.verifying_keys import VerifyingKey
from tickets.ports.store import Clock

MOST_JWKS: Final = 100


class IssuedClaims(Claims):
    """Further claims of a token of one of several issuers."""

    iss: str
    aud: str | list[str]

    @property
    def audiences(self) -> frozenset[str]:
        return frozenset([self.aud] if isinstance(self.aud, str) else self.aud)


class SeveralIssuers:
    """Trusts the issuers of the file, each for its own users.

    Tokens without ``iss`` belong to the default issuer. The token only names its issuer; the settings decide
    which keys and algorithms are valid."""

    def __init__(
        self,
        issuers: IssuersFile,
        session: aiohttp.ClientSession,
        clock: Clock,
        times: Times = Times(),  # noqa: B008  frozen
        *,
        default: Verifier | None = None,
        now: Callable[[], float] = monotonic,
    ) -> None:
        """``now`` gives seconds. It times when published keys are fetched again."""
        self._issuers = issuers
        self._session = session
        self._clock = clock
        self._default = default
        self._times = times
        self._now = now
        self._published: dict[str, Jwks] = {}

    async def verify(self, token: str) -> Verified:
        header, payload = header_and_payload(token)
        iss = issuer_in(payload)
        if iss is None:
            if self._default is None:
                raise TokenRefused(TokenFault.CLAIM_MISSING, 'claim "iss" missing')
            return await self._default.verify(token)
        issuer = self._issuers.by_iss(iss)
        if issuer is None:
            raise TokenRefused(TokenFault.ISSUER_UNKNOWN)
        claims = claims_in(await self._payload(issuer, token, header), IssuedClaims)
        _must_be_good(claims, issuer)
        now = self._clock() / 1000
        return self._times.verified(issuer.name, claims, now, may_serve=issuer.service_tokens)

    async def _payload(self, issuer: Issuer, token: str, header: Mapping[str, Any]) -> bytes:
        """The verified content of the token. If a published key does not fit, looks for a newer one."""
        try:
            return _checked(issuer, token, header, await self._key(issuer, header.get("kid")))
        except TokenRefused as refused:
            if refused.code not in _OF_ANOTHER_KEY or not _is_published(issuer, header.get("kid")):
                raise
        return _checked(issuer, token, header, await self._key(issuer, header.get("kid"), anew=True))

    async def _key(self, issuer: Issuer, kid: object, *, anew: bool = False) -> VerifyingKey:
        """The issuer's key of this name. A token may leave out the name if there is only one key."""
        if kid is not None and not isinstance(kid, str):
            raise TokenRefused(TokenFault.MALFORMED)
        keys: dict[str | int, VerifyingKey] = {}
        if _is_published(issuer, kid):
            keys.update(await self._published_keys(issuer, kid, anew=anew))
        keys.update(issuer.keys)
        if kid is None and len(keys) == 1:
            return next(iter(keys.values()))
        key = keys.get(kid) if kid is not None else None
        if key is None:
            raise TokenRefused(TokenFault.KEY_UNKNOWN)
        return key

    async def _published_keys(
        self, issuer: Issuer, kid: str | None, *, anew: bool
    ) -> Mapping[str | int, VerifyingKey]:
        url = issuer.jwks_url or ""
        published = self._published.get(url)
        if published is None:
            if len(self._published) >= MOST_JWKS:  # the file has changed often
                self._published.clear()
            published = self._published[url] = Jwks(url, self._session, self._now)
        try:
            return await published.keys(kid, anew=anew)
        except NoKeys:
            raise TokenRefused(TokenFault.KEYS_UNAVAILABLE, "keys of the issuer cannot be read") from None


_OF_ANOTHER_KEY: Final = frozenset(
    {TokenFault.SIGNATURE_INVALID, TokenFault.ALGORITHM_NOT_ALLOWED, TokenFault.KEY_UNKNOWN}
)


def _is_published(issuer: Issuer, kid: object) -> bool:
    """Whether the key may be one that the issuer publishes, and not one of the file."""
    return issuer.jwks_url is not None and (kid is None or kid not in issuer.keys)


def _checked(issuer: Issuer, token: str, header: Mapping[str, Any], key: VerifyingKey) -> bytes:
    if key.algorithm not in issuer.algorithms or header.get("alg") != key.algorithm:
        raise TokenRefused(TokenFault.ALGORITHM_NOT_ALLOWED)
    return payload_of(token, key.key, key.algorithm)


def _must_be_good(claims: IssuedClaims, issuer: Issuer) -> None:
    if claims.iss != issuer.iss:
        raise TokenRefused(TokenFault.CLAIM_INVALID, 'claim "iss" invalid')
    if not claims.audiences & issuer.audiences:
        raise TokenRefused(TokenFault.CLAIM_INVALID, 'claim "aud" invalid')
    if claims.role not in issuer.roles:
        raise TokenRefused(TokenFault.ROLE_NOT_ALLOWED, 'claim "role" not allowed')


def issuer_in(payload: bytes) -> str | None:
    """The issuer that the token names. Nothing is verified yet."""
    try:
        claims = json.loads(payload)
    except (ValueError, RecursionError):
        raise TokenRefused(TokenFault.MALFORMED) from None
    iss = claims.get("iss") if isinstance(claims, dict) else None
    if iss is not None and not isinstance(iss, str):
        raise TokenRefused(TokenFault.CLAIM_INVALID, 'claim "iss" must be a string')
    return iss
