"""The bell, rung so that nobody's failure to listen is the store's."""

import logging

from tickets.events import Event
from tickets.model import UserKey
from tickets.ports.bell import Bell

log = logging.getLogger(__name__)


def ring(bell: Bell, event: Event, requester: UserKey) -> None:
    try:
        bell.ring(event, requester)
    except Exception:
        log.exception("somebody did not take the news of event %s", event.id)
