"""Checks the mailbox of answers and the gateway of text messages. It reads and sends nothing."""

from collections.abc import AsyncIterator
from typing import Final

from bot.checks.check import Skipped
from config.faults import MAILBOX_REFUSED, SMS_REFUSED, Fault
from config.mail_servers import IMAP, ServerAddress
from config.settings import Settings
from notify.inbound.mailbox import MailboxAway, try_out
from notify.sending import Delayed, ServerAway
from notify.sms import LOG, Gateway

PATIENCE: Final = 10.0
"""Seconds for each answer."""


async def look_at_mailbox(settings: Settings) -> AsyncIterator[Fault]:
    """Whether the server can be reached, accepts our login, and has the folder."""
    if settings.mail_inbound is None:
        raise Skipped("MAIL_INBOUND is not set")
    try:
        await try_out(ServerAddress.of(settings.mail_inbound.get_secret_value(), IMAP), PATIENCE)
    except MailboxAway as problem:
        yield MAILBOX_REFUSED.of(why=problem)


async def look_at_gateway(settings: Settings) -> AsyncIterator[Fault]:
    """Whether the gateway can be reached, and accepts our name and password."""
    if settings.sms_url is None:
        raise Skipped("SMS_URL is not set")
    url = settings.sms_url.get_secret_value()
    if url == LOG:
        raise Skipped("text messages go to the log")
    try:
        await Gateway(url, PATIENCE).try_out()
    except (ServerAway, Delayed) as problem:
        yield SMS_REFUSED.of(why=problem)
