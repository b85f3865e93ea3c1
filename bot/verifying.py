"""Whom the API believes, by the settings."""

from contextlib import AsyncExitStack

import aiohttp

from api.auth import SingleIssuer, Verifier
from api.issuers import SeveralIssuers
from config.issuers import IssuersFile
from config.settings import Settings
from tickets.ports import Clock


async def verifier(settings: Settings, clock: Clock, stack: AsyncExitStack) -> Verifier:
    """Whoever knows JWT_SECRET_KEY, the issuers of ISSUERS_FILE, or both; good until the stack closes."""
    secret, require_exp = settings.jwt_secret_key, settings.requires_exp
    default: Verifier | None = None
    if secret is not None:
        default = SingleIssuer(secret.get_secret_value(), clock, require_exp=require_exp)
    if settings.issuers_file is not None:
        session = await stack.enter_async_context(aiohttp.ClientSession())
        issuers = IssuersFile(settings.issuers_file, has_default=default is not None)
        return SeveralIssuers(issuers, session, clock, default=default, require_exp=require_exp)
    if default is None:
        raise ValueError("neither JWT_SECRET_KEY nor ISSUERS_FILE")
    return default
