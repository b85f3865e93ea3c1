"""Signals between processes. They are heard now or never, because nobody stores them for longer than it takes
to reach the other processes."""

import time
from collections import deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar, assert_never

from tickets.events import Place
from tickets.model import Actor, MessageId, TicketId, UserKey
from tickets.notifications import NotificationId


@dataclass(frozen=True, slots=True)
class Typing:
    """Somebody is typing on a ticket."""

    ticket_id: TicketId
    requester: UserKey
    actor: Actor
    place: Place


@dataclass(frozen=True, slots=True)
class Read:
    """One side has seen a ticket up to a message. The read mark is kept; this signal is not."""

    ticket_id: TicketId
    requester: UserKey
    actor: Actor
    message_id: MessageId


@dataclass(frozen=True, slots=True)
class DeskFileInUse:
    """A process uses the desk file with this digest."""

    process: str
    digest: str


@dataclass(frozen=True, slots=True)
class Noted:
    """Staff has noted something about a user, blocked them, or let them in again."""

    user: UserKey


@dataclass(frozen=True, slots=True)
class Notified:
    """A user has a new notification in the app."""

    user: UserKey
    notification_id: NotificationId


Signal = Typing | Read | Noted | DeskFileInUse | Notified

MOST_UNSENT: Final = 256
"""Signals that may wait for a slow store. If there are more, the oldest is dropped."""

T = TypeVar("T")


class _Circle(Generic[T]):
    """The listeners of one kind of signal. ``send`` passes signals of this process on to other processes."""

    def __init__(self, send: Callable[[T], None]) -> None:
        self._listeners: list[Callable[[T], None]] = []
        self._send = send

    def listen(self, listener: Callable[[T], None]) -> Callable[[], None]:
        """Call ``listener`` with each signal in the event loop; it must not wait. Returns a function that
        ends this."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def say(self, it: T) -> None:
        """Tell the listeners here and in other processes."""
        self.hear(it)
        self._send(it)

    def hear(self, it: T) -> None:
        """Tell the listeners here."""
        for listener in tuple(self._listeners):
            listener(it)


class Signals(_Circle[Typing]):
    """Between the sockets and the bot: who is typing, ``reads``, whom staff has ``noted``, who
    was ``notified``; between processes: their ``desk_files``.

    The store takes what is said here to the other processes, at best: nothing is done twice, nothing waits
    for it, and what cannot be taken is forgotten."""

    def __init__(self) -> None:
        self._unsent: deque[Signal] = deque(maxlen=MOST_UNSENT)
        super().__init__(self._unsent.append)
        self.reads: _Circle[Read] = _Circle(self._unsent.append)
        self.noted: _Circle[Noted] = _Circle(self._unsent.append)
        self.notified: _Circle[Notified] = _Circle(self._unsent.append)
        self.desk_files: _Circle[DeskFileInUse] = _Circle(self._unsent.append)

    @property
    def has_unsent(self) -> bool:
        return bool(self._unsent)

    def take_unsent(self) -> list[Signal]:
        """The signals of this process since the last call."""
        taken = list(self._unsent)
        self._unsent.clear()
        return taken

    def overhear(self, it: Signal) -> None:
        """Tell the listeners here about a signal of another process."""
        match it:
            case Read():
                self.reads.hear(it)
            case Noted():
                self.noted.hear(it)
            case Notified():
                self.notified.hear(it)
            case DeskFileInUse():
                self.desk_files.hear(it)
            case Typing():
                self.hear(it)
            case _:
                assert_never(it)


class Throttle:
    """Lets something through for each key at most once in so many seconds."""

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
