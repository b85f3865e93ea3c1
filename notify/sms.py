"""The sink that sends text messages, one for each parcel, through an HTTP gateway. ``log:`` writes them into
the log instead."""

import asyncio
import json
import logging
from base64 import b64encode
from typing import Final
from urllib.parse import unquote, urlsplit, urlunsplit

import aiohttp

from notify.sending import Delayed, HandingOver, OutcomeUnknown, Refused, Sending, ServerAway
from tickets.notifications import NotificationChannel
from tickets.ports.notifications import Addresses, Parcel
from tickets.ports.sinks import Never
from tickets.ports.store import Clock, Store
from transcripts.plain import label

log = logging.getLogger(__name__)

PATIENCE: Final = 15.0
"""Seconds that the gateway has for an answer."""
MOST_CHARACTERS: Final = 480
"""Characters of the longest text. Longer ones are cut, because gateways accept three text messages at
once."""
LOG: Final = "log:"
LONGEST_ERROR: Final = 300
_COMES_RIGHT: Final = frozenset((401, 403, 404, 405, 408, 429))
"""Statuses of gateways that are busy, or whose address or credentials somebody has to correct."""


class Gateway:
    """Hands text messages to the gateway, as ``{"id", "to", "text"}`` in JSON. The id is the same at every
    try, so a gateway that knows it need not send twice. A name and password in the address are sent as Basic
    authentication."""

    def __init__(self, url: str, patience: float = PATIENCE) -> None:
        self._is_log = url == LOG
        self._patience = patience
        if not self._is_log:
            parts = urlsplit(url)
            where = parts.netloc.rpartition("@")[2]
            self._url = urlunsplit(parts._replace(netloc=where))
            self._headers = {"Content-Type": "application/json"}
            if parts.username is not None:
                pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
                self._headers["Authorization"] = f"Basic {b64encode(pair.encode()).decode()}"

    async def send(self, message_id: str, to: str, text: str, handing_over: HandingOver) -> None:
        """Return once the gateway has taken it. Raises Refused, Delayed, OutcomeUnknown."""
        if self._is_log:
            await handing_over()
            log.info("text message to %s: %s", to, text)
            return
        body = json.dumps({"id": message_id, "to": to, "text": text}).encode()
        await handing_over()
        connecting = aiohttp.ClientTimeout(total=None, sock_connect=self._patience * 2 / 3)
        try:
            async with asyncio.timeout(self._patience), aiohttp.ClientSession(timeout=connecting) as session:
                await self._post(session, body)
        except aiohttp.ClientConnectorError as error:
            raise ServerAway(f"the gateway cannot be reached: {error.os_error.strerror}") from error
        except aiohttp.ConnectionTimeoutError as error:  # nothing was sent yet
            raise ServerAway("the gateway cannot be reached in time") from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise OutcomeUnknown(str(error) or "the gateway did not answer in time") from error

    async def try_out(self) -> None:
        """Ask the gateway without sending anything. Raises ServerAway, and Delayed if it refuses our
        credentials. Other answers to this request mean nothing."""
        if self._is_log:
            return
        try:
            async with (
                asyncio.timeout(self._patience),
                aiohttp.ClientSession() as session,
                session.head(self._url, headers=self._headers, allow_redirects=False) as answer,
            ):
                if answer.status in (401, 403) or answer.status >= 500:
                    raise Delayed(f"the gateway answers {answer.status}")
        except aiohttp.ClientConnectorError as error:
            raise ServerAway(f"the gateway cannot be reached: {error.os_error.strerror}") from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise ServerAway(str(error) or "the gateway did not answer in time") from error

    async def _post(self, session: aiohttp.ClientSession, body: bytes) -> None:
        async with session.post(self._url, data=body, headers=self._headers, allow_redirects=False) as answer:
            if 200 <= answer.status < 300:
                return
            said = label((await answer.content.read(LONGEST_ERROR)).decode(errors="replace"))
            why = f"{answer.status} {said}".strip()
            if answer.status in _COMES_RIGHT or not 400 <= answer.status < 500:
                raise Delayed(why)
            raise Refused(why)


class SmsSink:
    """See ``tickets.ports.sinks.Sink``."""

    name = NotificationChannel.SMS

    def __init__(self, store: Store, gateway: Gateway, addresses: Addresses, clock: Clock) -> None:
        self._gateway = gateway
        self._addresses = addresses
        self._sending = Sending(store, clock)

    async def show(self, parcel: Parcel) -> None:
        """Send it as one text message."""
        if (left := await self._sending.left_of(parcel)) is None:
            return
        first = left.items[0]
        if first.letter is not None:
            phone, text = first.letter.to, first.letter.body
        elif (known := (await self._addresses.reach(first.user)).phone) is not None:
            phone, text = known, in_short(left)
        else:
            raise Never("no verified phone is known any more")

        async def send(handing_over: HandingOver) -> None:
            await self._gateway.send(left.id, phone, text, handing_over)

        await self._sending.send(left, send)

    async def give_up(self, parcel: Parcel, why: str) -> None:
        """The queue shows it with the reason, and the relay logs it."""


def in_short(parcel: Parcel) -> str:
    """The lines, each once and in order, cut to the length that gateways accept."""
    lines = dict.fromkeys(label(it.text) for it in parcel.items)
    text = " ".join(lines)
    return text if len(text) <= MOST_CHARACTERS else f"{text[: MOST_CHARACTERS - 1]}…"
