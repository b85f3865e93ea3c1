"""What tests look at: the requests that came in, everything that happened, and whether anything has
changed."""

import asyncio
import re
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

ROLE_MENTION = re.compile(r"<@&(\d+)>")


@dataclass(frozen=True, slots=True)
class Seen:
    """A request that was answered, or cut off (status 0)."""

    n: int
    at: float
    method: str
    path: str
    status: int
    actor: str | None


class Requests:
    """The newest requests, numbered from 1."""

    def __init__(self, keep: int = 20_000) -> None:
        self._seen: deque[Seen] = deque(maxlen=keep)
        self.total = 0

    def add(self, method: str, path: str, status: int, actor: int | None) -> None:
        """Note a request."""
        self.total += 1
        who = None if actor is None else str(actor)
        self._seen.append(Seen(self.total, time.time(), method, path, status, who))

    def since(self, number: int, method: str | None = None, path: str = "") -> list[dict[str, Any]]:
        """The requests after a number, oldest first, whose path fits a regular expression."""
        fits = re.compile(path)
        newer = (seen for seen in self._seen if seen.n > number and method in (None, seen.method))
        return [asdict(seen) for seen in newer if fits.search(seen.path)]


@dataclass(frozen=True, slots=True)
class Happened:
    """An event of the guild, regardless of who was told of it."""

    n: int
    event: str
    channel: str
    """The channel, or the channel in which it happened."""
    id: str
    name: str | None
    """A channel's."""
    content: str | None
    """A message's."""
    webhook_id: str | None
    embeds: int
    components: int
    mention_roles: tuple[str, ...]
    """Also those that its components mention, which Discord does not list."""
    sizes: tuple[int, ...]
    """Of its files."""


class Chronicle:
    """Everything that was visible at any time, also what is gone by now: a look at the end does not show that
    something stood there twice. A subscriber of the backend."""

    KINDS = ("CHANNEL_CREATE", "CHANNEL_DELETE", "MESSAGE_CREATE", "MESSAGE_UPDATE", "MESSAGE_DELETE")

    def __init__(self, keep: int = 50_000) -> None:
        self._happened: deque[Happened] = deque(maxlen=keep)
        self._total = 0

    def tell(self, event: str, payload: Mapping[str, Any]) -> None:
        """Note an event."""
        if event in self.KINDS:
            self._total += 1
            self._happened.append(_happened(self._total, event, payload))

    def of(self, channel: str | None = None, event: str | None = None) -> list[dict[str, Any]]:
        """What happened (in one channel, of one kind), oldest first."""
        return [
            asdict(it) for it in self._happened if channel in (None, it.channel) and event in (None, it.event)
        ]


def _happened(n: int, event: str, payload: Mapping[str, Any]) -> Happened:
    return Happened(
        n=n,
        event=event,
        channel=str(payload.get("channel_id") or payload["id"]),
        id=str(payload["id"]),
        name=payload.get("name"),
        content=payload.get("content"),
        webhook_id=payload.get("webhook_id"),
        embeds=len(payload.get("embeds") or ()),
        components=len(payload.get("components") or ()),
        mention_roles=tuple(
            sorted(
                {*map(str, payload.get("mention_roles") or ()), *_mentioned(payload.get("components") or ())}
            )
        ),
        sizes=tuple(int(it["size"]) for it in payload.get("attachments") or ()),
    )


def _mentioned(components: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for it in components:
        yield from ROLE_MENTION.findall(it.get("content") or "")
        yield from _mentioned(it.get("components") or ())


class Changes:
    """Counts changes, and wakes those who wait for one."""

    def __init__(self) -> None:
        self.at = 0
        self._next = asyncio.Event()

    def note(self) -> None:
        """Something has changed."""
        self.at += 1
        self._next.set()
        self._next = asyncio.Event()

    async def until(self, is_so: Callable[[], bool], seconds: float) -> bool:
        """Wait until the condition holds, and check it after every change; False if the time is over
        first."""
        try:
            async with asyncio.timeout(seconds):
                while not is_so():
                    await self._next.wait()
        except TimeoutError:
            return is_so()
        return True
