"""New ids, random enough that no two are ever the same and none can be guessed."""

import os
from collections.abc import Iterator


def _random_ids() -> Iterator[str]:
    """Many at once from the system: asking for each costs more than all else that is done for a message."""
    while True:
        pool = os.urandom(16 * 256)
        for start in range(0, len(pool), 16):
            yield pool[start : start + 16].hex()


_ids = _random_ids()


def new_id() -> str:
    """32 hexadecimal digits. To be called from one thread at a time."""
    return next(_ids)
