"""What the signals between processes share on both stores."""

import logging
from collections.abc import Iterable
from typing import Final

from storage.codec import SIGNAL
from tickets.model import Millis
from tickets.ports.signals import Signals

log = logging.getLogger(__name__)

STALE: Final = 15_000
"""Milliseconds after which a signal is too old to be passed on."""
AT_ONCE: Final = 200


def overhear(signals: Signals, said: Iterable[tuple[Millis, str]], now: Millis) -> None:
    """Pass on the signals of other processes, each given as its time and text. A signal of a newer program
    that this one does not understand is skipped."""
    for at, text in said:
        if at < now - STALE:
            continue
        try:
            signals.overhear(SIGNAL.from_text(text))
        except Exception:
            log.debug("a signal was not understood", exc_info=True)
