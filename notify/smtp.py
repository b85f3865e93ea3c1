"""Talks to the mail server, and interprets its answers: refused for good, to be tried again, or unknown."""

import asyncio
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import cache
from ipaddress import ip_address
from typing import Final

import aiosmtplib

from config.mail_servers import ServerAddress
from notify.sending import AddressRefused, Delayed, HandingOver, OutcomeUnknown, Refused, ServerAway

PATIENCE: Final = 30.0
"""Seconds that the server has for each answer."""
LONGEST_ERROR: Final = 500
_EXTENDED: Final = re.compile(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.])")
_NOBODY: Final = re.compile(r"5\.1\.(?:[0-6]|10)|5\.2\.1|5\.4\.[14]")
"""Codes for a mailbox or domain that does not exist, has moved, is disabled, or cannot be reached."""
_CODES: Final = re.compile(r"55[0136]\b")


class SmtpServer:
    """Hands over mail. ``smtps`` is encrypted from the start. ``smtp`` is encrypted as soon as the server
    offers that; a password is never sent unencrypted, except on this machine. Each answer may take
    ``patience`` seconds."""

    def __init__(self, address: ServerAddress, patience: float = PATIENCE) -> None:
        self._at = address
        self._patience = patience

    async def send(self, sender: str, to: str, mail: bytes, handing_over: HandingOver) -> None:
        """Return once the server has taken it. Raises Refused or AddressRefused, Delayed, OutcomeUnknown.
        ``handing_over`` is awaited right before the mail itself is sent; until then nothing can have
        arrived."""
        async with self._connected() as client:
            try:
                await client.mail(
                    sender, options=[f"SIZE={len(mail)}"] if client.supports_extension("size") else []
                )
            except aiosmtplib.SMTPException as error:
                raise Delayed(_said(error)) from error
            try:
                await client.rcpt(to)
            except aiosmtplib.SMTPResponseException as error:
                said = _said(error)
                raise AddressRefused(said) if nobody_is_there(said) else _refusal(error) from error
            except aiosmtplib.SMTPException as error:
                raise Delayed(_said(error)) from error
            await handing_over()
            try:
                await client.data(mail)
            except aiosmtplib.SMTPResponseException as error:
                raise _refusal(error) from error
            except (aiosmtplib.SMTPException, OSError) as error:
                raise OutcomeUnknown(_said(error)) from error

    async def try_out(self, sender: str) -> None:
        """Begin a mail from this sender without sending one. Raises Refused, Delayed, ServerAway."""
        async with self._connected() as client:
            try:
                await client.mail(sender)
            except aiosmtplib.SMTPResponseException as error:
                raise _refusal(error) from error
            except aiosmtplib.SMTPException as error:
                raise Delayed(_said(error)) from error

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[aiosmtplib.SMTP]:
        client = aiosmtplib.SMTP(
            hostname=self._at.host,
            port=self._at.port,
            username=self._at.username,
            password=self._at.password,
            use_tls=self._at.is_encrypted,
            start_tls=self._start_tls,
            tls_context=_tls(),
            timeout=self._patience,
        )
        try:
            await client.connect()
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            client.close()
            raise ServerAway(f"{self._at.host} port {self._at.port}: {_said(error)}") from error
        try:
            yield client
        finally:
            with suppress(aiosmtplib.SMTPException, OSError, TimeoutError):
                async with asyncio.timeout(1):
                    await client.quit()
            client.close()

    @property
    def _start_tls(self) -> bool | None:
        """None means: if the server offers it."""
        if self._at.is_encrypted:
            return False
        return True if self._at.username is not None and not _is_loopback(self._at.host) else None


@cache
def _tls() -> ssl.SSLContext:
    """Cached, because reading all certificates takes long."""
    return ssl.create_default_context()


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def nobody_is_there(said: str) -> bool:
    """Whether a server's answer about a recipient means that the address does not exist, by its extended code
    (RFC 3463) or else by its code. Servers also refuse for other reasons, such as spam or wrong set-up here;
    these say nothing about the address."""
    if (extended := _EXTENDED.search(said)) is not None and extended[0] != "5.0.0":
        return _NOBODY.fullmatch(extended[0]) is not None
    return _CODES.match(said) is not None


def _refusal(error: aiosmtplib.SMTPResponseException) -> Refused | Delayed:
    return Refused(_said(error)) if 500 <= error.code < 600 else Delayed(_said(error))


def _said(error: BaseException) -> str:
    """What the server answered, or what went wrong."""
    if isinstance(error, aiosmtplib.SMTPResponseException):
        text = f"{error.code} {error.message}"
    else:
        text = str(error) or type(error).__name__
    return " ".join(text.split())[:LONGEST_ERROR]
