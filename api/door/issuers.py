"""Tokens of several backends: each with its own keys, audience, algorithms, and roles that it may grant."""

import json
import math
from collections.abc import Mapping
from typing import Final

import aiohttp

from api.door.auth import (
    Claims,
    TokenFault,
    TokenRefused,
    Verified,
    Verifier,
    claims_in,
    header_and_payload,
    payload_of,
)
from api.door.jwks import Jwks, NoKeys
from config.issuers import Issuer, IssuersFile, VerifyingKey
from tickets.model import Caller, Person, UserKey
from tickets.ports.store import Clock

MOST_JWKS: Final = 100


class IssuedClaims(Claims):
    """What a token of one of several issuers says besides."""

    iss: str
    aud: str | list[str]

    @property
    def audiences(self) -> frozenset[str]:
        return frozenset([self.aud] if isinstance(self.aud, str) else self.aud)


class SeveralIssuers:
    """Trusts the issuers of the file, each for its own users; tokens without ``iss`` are the default's.

    Which issuer it is, the token says; which key and algorithm are good, the settings say."""

    def __init__(
        self,
        issuers: IssuersFile,
        session: aiohttp.ClientSession,
        clock: Clock,
        *,
        default: Verifier | None = None,
        require_exp: bool = False,
    ) -> None:
        self._issuers = issuers
        self._session = session
        self._clock = clock
        self._default = default
        self._require_exp = require_exp
        self._published: dict[str, Jwks] = {}

    async def verify(self, token: str) -> Verified:
        header, payload = header_and_payload(token)
        iss = _iss(payload)
        if iss is None:
            if self._default is None:
                raise TokenRefused(TokenFault.CLAIM_MISSING, 'claim "iss" missing')
            return await self._default.verify(token)
        issuer = self._issuers.by_iss(iss)
        if issuer is None:
            raise TokenRefused(TokenFault.ISSUER_UNKNOWN)
        key = await self._key(issuer, header.get("kid"))
        if key.algorithm not in issuer.algorithms or header.get("alg") != key.algorithm:
            raise TokenRefused(TokenFault.ALGORITHM_NOT_ALLOWED)
        claims = claims_in(payload_of(token, key.key, key.algorithm), IssuedClaims)
        self._must_be_good(claims, issuer)
        person = Person(UserKey(issuer.name, claims.id), claims.username, claims.role, claims.email)
        verified = Verified(Caller(person), claims.nbf, claims.exp)
        verified.must_be_current(self._clock() / 1000)
        return verified

    async def _key(self, issuer: Issuer, kid: object) -> VerifyingKey:
        """The issuer's key of this name; a token may leave the name out where there is one key alone."""
        if kid is not None and not isinstance(kid, str):
            raise TokenRefused(TokenFault.MALFORMED)
        keys = issuer.keys
        if issuer.jwks_url is not None and (kid is None or kid not in keys):
            keys = {**await self._published_keys(issuer.jwks_url, kid), **keys}
        if kid is None and len(keys) == 1:
            return next(iter(keys.values()))
        key = keys.get(kid) if kid is not None else None
        if key is None:
            raise TokenRefused(TokenFault.KEY_UNKNOWN)
        return key

    async def _published_keys(self, url: str, kid: str | None) -> Mapping[str, VerifyingKey]:
        published = self._published.get(url)
        if published is None:
            if len(self._published) >= MOST_JWKS:  # the file has changed often
                self._published.clear()
            published = self._published[url] = Jwks(url, self._session)
        try:
            return await published.keys(kid)
        except NoKeys:
            raise TokenRefused(TokenFault.KEYS_UNAVAILABLE, "keys of the issuer cannot be read") from None

    def _must_be_good(self, claims: IssuedClaims, issuer: Issuer) -> None:
        if claims.iss != issuer.iss:
            raise TokenRefused(TokenFault.CLAIM_INVALID, 'claim "iss" invalid')
        if not claims.audiences & issuer.audiences:
            raise TokenRefused(TokenFault.CLAIM_INVALID, 'claim "aud" invalid')
        if claims.role not in issuer.roles:
            raise TokenRefused(TokenFault.ROLE_NOT_ALLOWED, 'claim "role" not allowed')
        if self._require_exp and math.isinf(claims.exp):
            raise TokenRefused(TokenFault.CLAIM_MISSING, 'claim "exp" missing')


def _iss(payload: bytes) -> str | None:
    """Who the token says has signed it; nothing is believed yet."""
    try:
        claims = json.loads(payload)
    except (ValueError, RecursionError):
        raise TokenRefused(TokenFault.MALFORMED) from None
    iss = claims.get("iss") if isinstance(claims, dict) else None
    if iss is not None and not isinstance(iss, str):
        raise TokenRefused(TokenFault.CLAIM_INVALID, 'claim "iss" must be a string')
    return iss
