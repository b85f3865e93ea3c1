"""What is heard now or never: nobody keeps it, and it does not leave the process."""

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

from tickets.events import Place
from tickets.model import Actor, MessageId, TicketId, UserKey


@dataclass(frozen=True, slots=True)
class Typing:
    """Somebody is writing something on a ticket."""

    ticket_id: TicketId
    requester: UserKey
    actor: Actor
    place: Place


@dataclass(frozen=True, slots=True)
class Read:
    """One side has seen a ticket up to a message. That it has is kept; that it is told is not."""

    ticket_id: TicketId
    requester: UserKey
    actor: Actor
    message_id: MessageId


T = TypeVar("T")


class _Circle(Generic[T]):
    """Those who listen."""

    def __init__(self) -> None:
        self._listeners: list[Callable[[T], None]] = []

    def listen(self, listener: Callable[[T], None]) -> Callable[[], None]:
        """Call ``listener`` with each, in the event loop; it must not wait. Returns how to stop it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def say(self, it: T) -> None:
        for listener in tuple(self._listeners):
            listener(it)


class Whispers(_Circle[Typing]):
    """Between the sockets and the bot of one process: who is typing, and ``reads``."""

    def __init__(self) -> None:
        super().__init__()
        self.reads: _Circle[Read] = _Circle()


class Pace:
    """Lets something through for each key once in so many seconds."""

    def __init__(self, seconds: float, now: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._now = now
        self._last: dict[Hashable, float] = {}

    def admits(self, key: Hashable) -> bool:
        now = self._now()
        while self._last and next(iter(self._last.values())) <= now - self._seconds:
            del self._last[next(iter(self._last))]
        if key in self._last:
            return False
        self._last[key] = now
        return True
