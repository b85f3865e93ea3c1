"""What a piece of work costs the processor, told in a way that holds on any machine, busy or not."""

import gc
from collections.abc import Callable
from time import thread_time


def effort_of(work: Callable[[], object], tries: int = 3) -> float:
    """How many times as long as a fixed piece of work, of about a millisecond, it keeps the processor.

    Both are done in turn, and the least of each counts: a slow or busy machine slows both. The garbage
    collector waits meanwhile, as it would look at all that other tests have left.
    """
    gc.disable()
    try:
        pairs = [(_seconds_of(_something), _seconds_of(work)) for _ in range(tries)]
    finally:
        gc.enable()
    return min(took for _, took in pairs) / min(fixed for fixed, _ in pairs)


def _seconds_of(work: Callable[[], object]) -> float:
    before = thread_time()
    work()
    return thread_time() - before


def _something() -> int:
    return sum(len(str(it)) for it in range(1_600))
