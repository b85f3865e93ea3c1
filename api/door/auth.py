"""Turns tokens into callers. Trusted backends sign tokens; nothing else tells who somebody is."""

import math
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Any, Final, Protocol, TypeVar

import jwt
from pydantic import ConfigDict, TypeAdapter, ValidationError

from api.door.claims import Claims, TokenTime
from config.issuers import DEFAULT_ISSUER
from tickets.model import Caller, Person, UserKey
from tickets.ports.store import Clock

LEEWAY: Final = 60
"""Seconds by which the clocks of a backend and of Guildesk may differ."""
LONGEST_TOKEN: Final = 8_192
"""Longest token in characters, more than HTTP headers can carry."""
REMEMBERED_FOR: Final = 60
"""Seconds for which a verified token is remembered."""
MOST_REMEMBERED: Final = 4_096


class TokenFault(StrEnum):
    """Why a token is refused: codes for programs, the same over REST and sockets."""

    MISSING = "token_missing"
    MALFORMED = "token_malformed"
    TOO_LONG = "token_too_long"
    EXPIRED = "token_expired"
    NOT_YET_VALID = "token_not_yet_valid"
    SIGNATURE_INVALID = "signature_invalid"
    ALGORITHM_NOT_ALLOWED = "algorithm_not_allowed"
    ISSUER_UNKNOWN = "issuer_unknown"
    KEY_UNKNOWN = "key_unknown"
    KEYS_UNAVAILABLE = "keys_unavailable"
    CLAIM_MISSING = "claim_missing"
    CLAIM_INVALID = "claim_invalid"
    ROLE_NOT_ALLOWED = "role_not_allowed"
    LIVES_TOO_LONG = "token_lives_too_long"
    SERVICE_NOT_ALLOWED = "service_not_allowed"
    ENDED = "token_ended"


class TokenRefused(Exception):
    """The token is refused. The text is one plain reason, by default that of the fault."""

    def __init__(self, fault: TokenFault, reason: str | None = None) -> None:
        super().__init__(reason or fault.replace("_", " "))
        self.code: str = fault


@dataclass(frozen=True, slots=True)
class Verified:
    """What a token has proved. Times are Unix seconds, without leeway."""

    caller: Caller
    not_before: float
    expires_at: float
    """Infinite if the token has no ``exp``."""

    def must_be_current(self, now: float) -> None:
        if self.expires_at + LEEWAY <= now:
            raise TokenRefused(TokenFault.EXPIRED)
        if self.not_before - LEEWAY > now:
            raise TokenRefused(TokenFault.NOT_YET_VALID)


class Verifier(Protocol):
    """Decides which tokens to trust."""

    async def verify(self, token: str) -> Verified:
        """What the token proves now. Raises TokenRefused for all other tokens, and StoreUnavailable if the
        keys are in the store and it is away."""
        ...


ClaimsKind = TypeVar("ClaimsKind", bound=Claims)
_JWS: Final = jwt.PyJWS(algorithms=["HS256", "RS256", "ES256", "EdDSA"])


@dataclass(frozen=True, slots=True)
class Times:
    """The operator's rules for the times in a token. ``max_age`` is in seconds, None for no limit."""

    require_exp: bool = False
    max_age: int | None = None

    def verified(self, issuer: str, claims: Claims, now: float, *, may_serve: bool) -> Verified:
        """The user of ``issuer`` whom these claims name, or TokenRefused. ``now`` is in Unix seconds.
        ``may_serve`` says whether the token may be a service's."""
        is_service = claims.service is True
        if is_service and not may_serve:
            raise TokenRefused(TokenFault.SERVICE_NOT_ALLOWED, 'claim "service" not allowed')
        if is_service and not claims.role.is_staff:
            raise TokenRefused(TokenFault.SERVICE_NOT_ALLOWED, 'a service has the role "AGENT" or "ADMIN"')
        if math.isinf(claims.exp) and (self.require_exp or self.max_age is not None):
            raise TokenRefused(TokenFault.CLAIM_MISSING, 'claim "exp" missing')
        key = UserKey(issuer, claims.id)
        person = Person(key, claims.username, claims.role, claims.email, is_service=is_service)
        verified = Verified(Caller(person), claims.nbf, claims.exp)
        verified.must_be_current(now)
        if self.max_age is not None and claims.exp - _made_at(claims.iat, now) > self.max_age + LEEWAY:
            raise TokenRefused(TokenFault.LIVES_TOO_LONG, f"token is good for more than {self.max_age} s")
        return verified


def _made_at(iat: object, now: float) -> float:
    """When the token was made: its ``iat``, or now if it has none or a later one."""
    if iat is None:
        return now
    try:
        return min(_IAT.validate_python(iat), now)
    except ValidationError as error:
        raise _refusal_of(error, "iat") from None


_IAT: Final = TypeAdapter(TokenTime, config=ConfigDict(strict=True))


class SingleIssuer:
    """Trusts tokens signed with one secret, by HS256 only, whatever algorithm the token names."""

    def __init__(
        self,
        secret: str,
        clock: Clock,
        times: Times = Times(),
        *,
        may_serve: bool = False,
    ) -> None:
        """``may_serve`` says whether tokens may be those of services."""
        self._may_serve = may_serve
        self._secret = secret.encode()
        self._clock = clock
        self._times = times

    async def verify(self, token: str) -> Verified:
        claims = claims_in(payload_of(token, self._secret, "HS256"), Claims)
        now = self._clock() / 1000
        return self._times.verified(DEFAULT_ISSUER, claims, now, may_serve=self._may_serve)


class Remembering:
    """Remembers for a short time what another verifier has verified. It checks the times of the token every
    time."""

    def __init__(self, verifier: Verifier, clock: Clock) -> None:
        self._verifier = verifier
        self._clock = clock
        self._known: dict[bytes, tuple[Verified, float]] = {}

    async def verify(self, token: str) -> Verified:
        digest = sha256(token.encode(errors="surrogatepass")).digest()
        now = self._clock() / 1000
        if (known := self._known.get(digest)) is not None:
            verified, until = known
            if now < until:
                verified.must_be_current(now)
                return verified
            del self._known[digest]
        verified = await self._verifier.verify(token)
        if len(self._known) >= MOST_REMEMBERED:
            del self._known[next(iter(self._known))]
        self._known[digest] = (verified, now + REMEMBERED_FOR)
        return verified


def token_in(authorization: str | None) -> str:
    """The token of an Authorization header. Clients of version 1 may leave out the scheme."""
    words = (authorization or "").split(None, 1)
    if not words or (len(words) == 1 and words[0].lower() == "bearer"):
        raise TokenRefused(TokenFault.MISSING)
    if len(words) == 1:
        return words[0]
    if words[0].lower() != "bearer":
        raise TokenRefused(TokenFault.MALFORMED)
    return words[1].rstrip()


def header_and_payload(token: str) -> tuple[dict[str, Any], bytes]:
    """The token's content, before anything is verified. Raises TokenRefused if it is no token."""
    if len(token) > LONGEST_TOKEN:
        raise TokenRefused(TokenFault.TOO_LONG)
    try:
        said = _JWS.decode_complete(token, options={"verify_signature": False})
    except Exception:  # every error of the library means a faulty token
        raise TokenRefused(TokenFault.MALFORMED) from None
    return said["header"], said["payload"]


def payload_of(token: str, key: Any, algorithm: str) -> bytes:
    """The token's content, verified with exactly this key and this algorithm."""
    if len(token) > LONGEST_TOKEN:
        raise TokenRefused(TokenFault.TOO_LONG)
    try:
        payload = _JWS.decode(token, key, algorithms=[algorithm])
    except jwt.InvalidSignatureError:
        raise TokenRefused(TokenFault.SIGNATURE_INVALID) from None
    except jwt.InvalidAlgorithmError:
        raise TokenRefused(TokenFault.ALGORITHM_NOT_ALLOWED) from None
    except Exception:  # every error of the library means a faulty token
        raise TokenRefused(TokenFault.MALFORMED) from None
    if not isinstance(payload, bytes):
        raise TokenRefused(TokenFault.MALFORMED)
    return payload


def claims_in(payload: bytes, kind: type[ClaimsKind]) -> ClaimsKind:
    """The claims of a verified token, or TokenRefused."""
    try:
        return kind.model_validate_json(payload)
    except ValidationError as error:
        raise _refusal_of(error) from None


_TYPES: Final = {
    "string_type": "must be a string",
    "float_type": "must be a number",
    "not_in_seconds": "not in seconds",
}


def _refusal_of(error: ValidationError, claim: str | None = None) -> TokenRefused:
    fault = error.errors(include_url=False, include_context=False)[0]
    loc = fault["loc"] if claim is None else (claim, *fault["loc"])
    if not loc:
        return TokenRefused(TokenFault.MALFORMED)
    claim, kind = str(loc[0]), fault["type"]
    if kind == "missing":
        return TokenRefused(TokenFault.CLAIM_MISSING, f'claim "{claim}" missing')
    if kind == "enum" and not isinstance(fault["input"], str):
        kind = "string_type"
    wrong = _TYPES.get(kind, "invalid") if len(loc) == 1 else "invalid"
    return TokenRefused(TokenFault.CLAIM_INVALID, f'claim "{claim}" {wrong}')
