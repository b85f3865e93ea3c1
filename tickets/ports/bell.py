"""Wakes those who wait for new events; being woken promises nothing, the store tells what is new."""

from collections.abc import Callable

from tickets.events import Event
from tickets.model import UserKey

Listener = Callable[[Event, UserKey], None]


class Bell:
    """Rung by the store after each commit, of this process or another, with the event and its ticket's
    requester; for another's a little later, and now and then twice."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call ``listener`` at every ring, in the event loop; it must not wait. Returns how to stop it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def ring(self, event: Event, requester: UserKey) -> None:
        for listener in tuple(self._listeners):
            listener(event, requester)
