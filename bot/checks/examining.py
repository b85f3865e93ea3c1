"""Runs checks one after the other. A check that hangs or fails counts as a fault, and does not stop the
others."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from typing import Final

from bot.checks.check import Check, Skipped, Tried
from config.faults import CHECK_FAILED, Fault

log = logging.getLogger(__name__)

PATIENCE: Final = 90.0
"""Seconds that one check may take. Some make and remove channels, which Discord limits."""

Begins = Callable[[str], None]
"""Is called with the description of each check before it begins."""


async def examine(checks: Iterable[Check], begins: Begins = lambda _: None) -> list[Tried]:
    """The outcome of each check. A cancellation ends it after the current check has cleaned up."""
    tried = []
    for check in checks:
        begins(check.what)
        tried.append(await _tried(check))
    return tried


async def _tried(check: Check) -> Tried:
    found: list[Fault] = []
    try:
        async with asyncio.timeout(PATIENCE):
            async for fault in check.look():
                found.append(fault)  # noqa: PERF401 - what was found before it broke stays
    except Skipped as skipped:
        return Tried(check.name, check.what, tuple(found), str(skipped))
    except TimeoutError:
        found.append(CHECK_FAILED.of(check=check.what, why=f"it took longer than {PATIENCE:.0f} s"))
    except Exception as error:
        log.exception("the check %s broke", check.name)
        found.append(CHECK_FAILED.of(check=check.what, why=f"{type(error).__name__}: {error}"))
    return Tried(check.name, check.what, tuple(dict.fromkeys(found)))
