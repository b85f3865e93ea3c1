"""Checks the mail server, without sending a mail."""

from collections.abc import AsyncIterator
from email.utils import parseaddr
from typing import Final

from bot.checks.check import Skipped
from config.faults import MAIL_REFUSED, Fault
from config.mail_servers import SMTP, ServerAddress
from config.settings import Settings
from notify.sending import Delayed, OutcomeUnknown, Refused, ServerAway
from notify.smtp import SmtpServer

PATIENCE: Final = 10.0
"""Seconds that the server has for each answer."""


async def look_at_mail(settings: Settings) -> AsyncIterator[Fault]:
    """Whether the server can be reached, takes our password, and accepts mails from MAIL_FROM."""
    if settings.mail_url is None or settings.mail_from is None:
        raise Skipped("MAIL_URL is not set")
    server = SmtpServer(ServerAddress.of(settings.mail_url.get_secret_value(), SMTP), PATIENCE)
    try:
        await server.try_out(parseaddr(settings.mail_from)[1])
    except (ServerAway, Refused, Delayed, OutcomeUnknown) as problem:
        yield MAIL_REFUSED.of(why=problem)
