"""Public keys that an issuer publishes (JWKS, RFC 7517). They are cached, and fetched again for a new
``kid``.

They come only from the URL in the settings. A token's own hints (``jku``, ``x5u``) are ignored."""

import asyncio
import json
import logging
import math
from collections.abc import Callable, Mapping
from time import monotonic
from typing import Any, Final

import aiohttp
import jwt
from cryptography.exceptions import UnsupportedAlgorithm

from config.verifying_keys import NoKey, VerifyingKey, verifying_key

log = logging.getLogger(__name__)

REFRESH_AFTER: Final = 150.0
"""Seconds after which a set is fetched again in the background. After twice as many, tokens wait for the new
set, unless the last fetch failed: an issuer that is away keeps no good token waiting."""
GOOD_FOR: Final = 24 * 3600.0
"""Seconds for which a set is used if no newer one can be fetched."""
COOL_DOWN: Final = 30.0
"""Seconds between two fetches of a set whose keys are still valid. Nobody waits for these fetches."""
NEW_KEY_AFTER: Final = 2.0
"""Seconds between two fetches for tokens that fit no key. A new key is known within this time, and invalid
tokens cause no more requests than this."""
TIMEOUT: Final = aiohttp.ClientTimeout(total=5)
LARGEST: Final = 256 * 1024
MOST_KEYS: Final = 100


class NoKeys(Exception):
    """The issuer's keys are not available at present."""


class Jwks:
    """The keys at one URL. ``now`` gives seconds."""

    def __init__(
        self, url: str, session: aiohttp.ClientSession, now: Callable[[], float] = monotonic
    ) -> None:
        self._url = url
        self._session = session
        self._now = now
        self._keys: Mapping[str | int, VerifyingKey] = {}
        self._fetched_at = -math.inf
        self._tried_at = -math.inf
        self._is_away = False
        self._fetching: asyncio.Task[None] | None = None

    async def keys(self, kid: str | None, *, anew: bool = False) -> Mapping[str | int, VerifyingKey]:
        """The keys by ``kid``, or by a number if they have none. Fetches them again if ``kid`` is not among
        them, or if none fits (``anew``). Raises NoKeys if there are none."""
        age = self._now() - self._fetched_at
        is_missed = anew or age >= GOOD_FOR or (kid is not None and kid not in self._keys)
        if is_missed or (age >= 2 * REFRESH_AFTER and not self._is_away):
            if (fetching := self._fetch(NEW_KEY_AFTER if is_missed else COOL_DOWN)) is not None:
                await asyncio.shield(fetching)
        elif age >= REFRESH_AFTER:
            self._fetch(COOL_DOWN)
        if self._now() - self._fetched_at >= GOOD_FOR:
            raise NoKeys
        return self._keys

    def _fetch(self, pause: float) -> asyncio.Task[None] | None:
        """The fetch in progress, or a new one. None if the last one began less than ``pause`` seconds ago."""
        if self._fetching is not None and not self._fetching.done():
            return self._fetching
        if self._now() - self._tried_at < pause:
            return None
        self._tried_at = self._now()
        self._fetching = asyncio.create_task(self._try(), name="JWKS")
        return self._fetching

    async def _try(self) -> None:
        try:
            self._keys = await fetched(self._url, self._session)
            self._fetched_at = self._now()
            self._is_away = False
        except (aiohttp.ClientError, TimeoutError, RuntimeError, ValueError) as error:
            self._is_away = True
            why = " ".join(str(error).split()) or "no answer in time"
            log.warning("the keys at %s cannot be read: %.200s", self._url, why)


async def fetched(url: str, session: aiohttp.ClientSession) -> dict[str | int, VerifyingKey]:
    """The usable keys that are there now. Raises aiohttp.ClientError, TimeoutError and ValueError."""
    async with session.get(url, allow_redirects=False, timeout=TIMEOUT) as answer:
        if answer.status != 200:
            raise ValueError(f"status {answer.status}")
        content = bytearray()
        async for part in answer.content.iter_chunked(16_384):
            content += part
            if len(content) > LARGEST:
                raise ValueError(f"more than {LARGEST} bytes")
    return keys_in(bytes(content))


def keys_in(document: bytes) -> dict[str | int, VerifyingKey]:
    """The usable keys by ``kid``, those without one by number. Keys of other kinds or for other uses are
    skipped."""
    try:
        listed = json.loads(document)["keys"]
    except (ValueError, LookupError, TypeError, RecursionError):
        raise ValueError("is no JWKS") from None
    found: dict[str | int, VerifyingKey] = {}
    for number, told in enumerate(listed[:MOST_KEYS] if isinstance(listed, list) else ()):
        if not isinstance(told, dict) or not isinstance(kid := told.get("kid", ""), str):
            continue
        try:
            found.setdefault(kid if "kid" in told else number, _key(told))
        except NoKey as why:
            log.info("the published key %.100s is not used: %s", kid, why)
    return found


def _key(told: Mapping[str, Any]) -> VerifyingKey:
    if told.get("use", "sig") != "sig":
        raise NoKey("is not for signatures")
    if told.get("kty") not in ("RSA", "EC", "OKP") or "d" in told:
        raise NoKey("is no public key")
    try:
        key = verifying_key(jwt.PyJWK(dict(told)).key)
    except (
        jwt.PyJWTError,
        ValueError,
        TypeError,
        LookupError,
        NotImplementedError,
        UnsupportedAlgorithm,
    ) as error:
        raise NoKey(f"cannot be read: {type(error).__name__}") from None
    if told.get("alg", key.algorithm) != key.algorithm:
        raise NoKey("is for another algorithm")
    return key
