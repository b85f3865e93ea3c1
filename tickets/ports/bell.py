"""Wakes whoever waits for new events. Being woken promises nothing: the store says what is new."""

import logging
from collections.abc import Callable

from tickets.events import Event
from tickets.model import UserKey

log = logging.getLogger(__name__)

Listener = Callable[[Event, UserKey], None]


class Bell:
    """The store rings it after each commit, of this process or another, with the event and its ticket's
    requester. For another process's event it rings a little later, and sometimes twice."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call ``listener`` at every ring, in the event loop; it must not wait. Returns how to stop it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def ring(self, event: Event, requester: UserKey) -> None:
        """A listener that fails is logged: its failure is not the store's."""
        for listener in tuple(self._listeners):
            try:
                listener(event, requester)
            except Exception:
                log.exception("somebody did not take the news of event %s", event.id)
