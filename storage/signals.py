"""What the signals of several processes have in common, whatever the store."""

import logging
from collections.abc import Iterable
from typing import Final

from storage.codec import SIGNAL
from tickets.model import Millis
from tickets.ports.signals import Signals

log = logging.getLogger(__name__)

STALE: Final = 15_000
"""Milliseconds after which it no longer matters who was typing."""
AT_ONCE: Final = 200


def overhear(signals: Signals, said: Iterable[tuple[Millis, str]], now: Millis) -> None:
    """Pass on what other processes have said, given as its time and text.

    This program may not understand what a newer one says. That does no harm."""
    for at, text in said:
        if at < now - STALE:
            continue
        try:
            signals.overhear(SIGNAL.from_text(text))
        except Exception:
            log.debug("a signal was not understood", exc_info=True)
