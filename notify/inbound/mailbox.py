"""Reads the mailbox over IMAP: handles new mails in order, marks each as seen after that, and waits for
more."""

import asyncio
import logging
import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

from aioimaplib import IMAP4, IMAP4_SSL

from config.mail_servers import ServerAddress
from notify.inbound.answering import AnsweringMail
from notify.inbound.pace import Waits
from notify.inbound.reading import read
from tickets.model import Millis
from tickets.ports.lease import NotLeader
from tickets.ports.store import Clock, StoreUnavailable

log = logging.getLogger(__name__)

PATIENCE: Final = 30.0
"""Seconds for each answer of the server."""
LOOK_EVERY: Final = 60.0
"""Seconds after which it looks for new mail even if the server said nothing."""
SOONEST: Final = 0.1
"""Seconds between two looks, at least."""
LONGEST_PAUSE: Final = 300.0
"""Seconds between two attempts to reach a server that is away."""
READ_WITHIN: Final = 60.0
"""Seconds that reading one mail may take. Mails of people take far less."""
LARGEST: Final = 30 * 2**20
"""Bytes. Larger mails stay in the mailbox, marked as seen."""


class MailboxAway(Exception):
    """The server cannot be used at present."""


class Mailbox:
    """Reads a mailbox as long as it runs. Only the leader runs it; ``must_hold`` checks that before each
    mail."""

    def __init__(
        self,
        address: ServerAddress,
        answering: AnsweringMail,
        authserv_id: str,
        clock: Clock,
        must_hold: Callable[[], None] = lambda: None,
        look_every: float = LOOK_EVERY,
        is_up: Callable[[str, bool], None] = lambda _, __: None,
    ) -> None:
        """``is_up`` is called with the server's name and whether it can be read, each time that changes."""
        self._at = address
        self._answering = answering
        self._authserv_id = authserv_id
        self._clock = clock
        self._waits: dict[str, Waits] = {}
        """The mails that stay in the mailbox for now, by their UID."""
        self._must_hold = must_hold
        self._look_every = look_every
        self._is_up = is_up

    async def run(self) -> None:
        """Run until cancelled."""
        absences = 0
        while True:
            try:
                async with _opened(self._at, PATIENCE) as client:
                    absences, self._waits = 0, {}
                    self._is_up(self._at.host, True)
                    while True:
                        await self._take_new(client)
                        await self._wait(client)
            except NotLeader:
                raise
            except (
                MailboxAway,
                StoreUnavailable,
                OSError,
                TimeoutError,
                asyncio.IncompleteReadError,
            ) as error:
                log.warning("answers by mail wait: %s", str(error) or type(error).__name__)
            except Exception as error:  # the library raises what it likes, as Abort and Error
                log.warning("answers by mail wait: %s: %s", type(error).__name__, error)
            absences += 1
            self._is_up(self._at.host, False)
            await asyncio.sleep(min(2.0**absences, LONGEST_PAUSE))

    async def _take_new(self, client: Any) -> None:
        """All mails that are not seen, the oldest first. Those who answer too fast delay nobody else."""
        found = await client.uid_search("UNSEEN", charset=None)
        _must_be_ok(found, "searching")
        uids = [it.decode() for it in (found.lines[0] if found.lines else b"").split()]
        waited = {uid: self._waits[uid] for uid in uids if uid in self._waits}
        self._waits, behind = {}, dict[str, Millis]()
        for uid in uids:
            try:
                if (before := waited.get(uid)) is not None:
                    until = behind.get(before.who, before.until)
                    if before.who in behind or until > self._clock():
                        raise Waits(before.who, until)
                await self._take(client, uid, behind)
            except Waits as it:
                self._waits[uid] = it
                behind.setdefault(it.who, it.until)

    async def _take(self, client: Any, uid: str, behind: Mapping[str, Millis]) -> None:
        self._must_hold()
        sized = await client.uid("fetch", uid, "(RFC822.SIZE)")
        if _size_in(sized.lines) <= LARGEST:
            fetched = await client.uid("fetch", uid, "(BODY.PEEK[])")
            _must_be_ok(fetched, "fetching")
            raw = next((bytes(it) for it in fetched.lines if isinstance(it, bytearray)), None)
            if raw is not None:
                await self._answer(raw, behind)
        _must_be_ok(await client.uid("store", uid, "+FLAGS", "(\\Seen)"), "marking")

    async def _answer(self, raw: bytes, behind: Mapping[str, Millis]) -> None:
        try:
            async with asyncio.timeout(READ_WITHIN):
                mail = await asyncio.to_thread(read, raw, self._authserv_id)
            became = await self._answering.take(mail, behind)
        except (StoreUnavailable, NotLeader, Waits):
            raise
        except Exception:
            log.exception("an answer by mail was not understood; it stays in the mailbox, seen")
            return
        log.info("a mail became %s", became)

    async def _wait(self, client: Any) -> None:
        """Wait until the server reports something, or it is time to look."""
        seconds = self._look_every
        if self._waits:
            first = min(it.until for it in self._waits.values())
            seconds = min(max((first - self._clock()) / 1000, SOONEST), seconds)
        if not client.has_capability("IDLE"):
            await asyncio.sleep(seconds)
            return
        idle = await client.idle_start(timeout=seconds)
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await client.wait_server_push()
        client.idle_done()
        async with asyncio.timeout(PATIENCE):
            await idle


async def try_out(address: ServerAddress, patience: float = PATIENCE) -> None:
    """Open the mailbox without reading anything. Raises MailboxAway."""
    try:
        async with asyncio.timeout(2 * patience), _opened(address, patience):
            pass
    except MailboxAway:
        raise
    except Exception as error:  # the library raises what it likes, as Abort and Error
        why = str(error) or ("no answer in time" if isinstance(error, TimeoutError) else type(error).__name__)
        raise MailboxAway(f"{address.host} port {address.port}: {' '.join(why.split())[:200]}") from error


@asynccontextmanager
async def _opened(at: ServerAddress, patience: float) -> AsyncIterator[Any]:
    client: Any
    if at.is_encrypted:
        client = IMAP4_SSL(at.host, at.port, timeout=patience, ssl_context=ssl.create_default_context())
    else:
        client = IMAP4(at.host, at.port, timeout=patience)
    try:
        async with asyncio.timeout(patience):
            await client.wait_hello_from_server()
        _must_be_ok(await client.login(at.username or "", at.password or ""), "signing in")
        _must_be_ok(await client.select(at.folder or "INBOX"), "opening the mailbox")
        yield client
    finally:
        try:
            with suppress(Exception):
                async with asyncio.timeout(1):
                    await client.logout()
        finally:
            _hang_up(client)


def _hang_up(client: Any) -> None:
    """Close the connection, also one that is still being made."""
    client._client_task.cancel()
    if client.protocol.transport is not None:
        client.protocol.transport.abort()


def _must_be_ok(answer: Any, what: str) -> None:
    if answer.result != "OK":
        said = b" ".join(it for it in answer.lines if isinstance(it, bytes)).decode(errors="replace")
        raise MailboxAway(f"{what} is refused: {' '.join(said.split())[:200]}")


def _size_in(lines: list[Any]) -> int:
    for line in lines:
        words = bytes(line).replace(b"(", b" ").replace(b")", b" ").split()
        if b"RFC822.SIZE" in words:
            return int(words[words.index(b"RFC822.SIZE") + 1])
    return 0
