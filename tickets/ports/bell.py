"""Wakes whoever waits for new events. Being woken promises nothing: the store says what is new."""

import logging
from collections.abc import Callable, Collection

from tickets.events import Event
from tickets.model import UserKey

log = logging.getLogger(__name__)

Listener = Callable[[Event, UserKey], None]


class Bell:
    """The store rings it after each commit, with the event and its ticket's requester. For an event of
    another process it rings a little later, and sometimes twice."""

    def __init__(self) -> None:
        self._listeners: list[tuple[Listener, str | None]] = []

    def listen(self, listener: Listener, works_for: str | None = None) -> Callable[[], None]:
        """Call ``listener`` in the event loop; it must not wait. Returns a function that ends this. The
        listener is called at every ring, or, if it ``works_for`` a sink or a kind of timer, only if that may
        have something to do."""
        entry = (listener, works_for)
        self._listeners.append(entry)
        return lambda: self._listeners.remove(entry)

    def ring(self, event: Event, requester: UserKey, due: Collection[str] | None = None) -> None:
        """``due`` names the sinks and the kinds of timers that have something to do; None if that is unknown.
        A listener that fails is logged, and the store is not affected."""
        for listener, works_for in tuple(self._listeners):
            if not (works_for is None or due is None or works_for in due):
                continue
            try:
                listener(event, requester)
            except Exception:
                log.exception("somebody did not take the news of event %s", event.id)
