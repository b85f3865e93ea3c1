"""Builds the verifier of tokens, by the settings."""

from contextlib import AsyncExitStack

import aiohttp

from api.door.auth import SingleIssuer, Times, TokenFault, TokenRefused, Verified, Verifier
from api.door.issuers import SeveralIssuers
from config.issuers import IssuersFile
from config.settings import Settings
from config.switch import Switch
from notify.webhooks.posting import Lookups
from tickets.ports.store import Clock


def issuers_of(settings: Settings) -> IssuersFile | None:
    """The issuers of ISSUERS_FILE, if there is one."""
    if settings.issuers_file is None:
        return None
    return IssuersFile(
        settings.issuers_file,
        has_default=settings.jwt_secret_key is not None,
        in_production=settings.in_production,
    )


def secrets_of(settings: Settings, issuers: IssuersFile | None) -> list[str]:
    """Secrets that must never be shown. They can change while the program runs, because issuers do."""
    known = [it.get_secret_value() for it in settings.secrets if it is not None]
    return known if issuers is None else [*known, *issuers.secrets]


class NoBackend:
    """Trusts nobody. Used if only the desk itself signs tokens."""

    async def verify(self, token: str) -> Verified:
        raise TokenRefused(TokenFault.ISSUER_UNKNOWN)


async def verifier(
    settings: Settings, issuers: IssuersFile | None, clock: Clock, stack: AsyncExitStack
) -> Verifier:
    """The verifier for JWT_SECRET_KEY, the issuers, both or none. It works until the stack closes."""
    secret, times = settings.jwt_secret_key, Times(settings.requires_exp, settings.jwt_max_age)
    default: Verifier | None = None
    if secret is not None:
        may_serve = settings.service_tokens is Switch.ON
        default = SingleIssuer(secret.get_secret_value(), clock, times, may_serve=may_serve)
    if issuers is not None:
        lookups = Lookups()
        stack.push_async_callback(lookups.close)
        connector = aiohttp.TCPConnector(resolver=lookups)
        session = await stack.enter_async_context(aiohttp.ClientSession(connector=connector))
        return SeveralIssuers(issuers, session, clock, times, default=default)
    if default is None:
        return NoBackend()
    return default
