"""Passwords are hashed with argon2id in threads, a few at once, so that the event loop goes on."""

import asyncio
import os
import threading
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Final, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from accounts.commonest import is_common
from accounts.refusals import PasswordIsWeak, TooBusy
from tickets.ports.accounts import email_key

T = TypeVar("T")

SHORTEST: Final = 8
LONGEST: Final = 256
"""Characters."""
AT_ONCE: Final = max(1, (os.cpu_count() or 2) // 2)
"""Hashes at once. Each takes about 25 ms of one core, and 19 MiB."""
MOST_WAITING: Final = 64
"""Checks that may wait. They wait 2 seconds at most."""
MOST_NEW: Final = 16
"""Registrations that may wait. One at a time gets its turn between sign-ins."""
NICER: Final = 5
"""The niceness of the threads, where the system lets a thread have its own: the event loop goes first."""


def must_be_strong(password: str, email: str, username: str) -> None:
    """Raises PasswordIsWeak for passwords that attackers try first: the commonest ones, and the person's own
    names."""
    address = email_key(email)
    own = {address, address.partition("@")[0], username.strip().casefold()}
    if is_common(password) or password.strip().casefold() in own or len(set(password)) < 3:
        raise PasswordIsWeak


class Passwords:
    """Hashes and checks passwords. Raises TooBusy where too many wait."""

    def __init__(self, most_waiting: int = MOST_WAITING, most_new: int = MOST_NEW) -> None:
        self._most_waiting = most_waiting
        self._most_new = most_new
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
        """The least that OWASP allows for argon2id."""
        self._threads = ThreadPoolExecutor(AT_ONCE, "passwords", initializer=_be_patient)
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._new = asyncio.Semaphore(1)
        self._waiting = 0
        self._new_ones = 0
        self._nobodys = ""

    async def hashed(self, password: str) -> str:
        """The hash of a new password, however the device composes its letters (RFC 8265)."""
        if self._new_ones >= self._most_new:
            raise TooBusy
        self._new_ones += 1
        try:
            async with self._new:
                return await self._in_turn(lambda: self._hasher.hash(_composed(password)))
        finally:
            self._new_ones -= 1

    async def matches(self, password: str, hashed: str | None) -> bool:
        """Whether the password belongs to this hash. Without one it takes as long, and it is no."""
        if hashed is None and not self._nobodys:
            self._nobodys = await self._in_turn(lambda: self._hasher.hash("nobody's"))
        of_whom = self._nobodys if hashed is None else hashed
        fits = await self._in_turn(lambda: self._fits(password, of_whom))
        return fits and hashed is not None

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _fits(self, password: str, hashed: str) -> bool:
        for it in dict.fromkeys(
            (_composed(password), password)
        ):  # older hashes are of the password as it came
            with suppress(VerificationError, InvalidHashError):
                return self._hasher.verify(hashed, it)
        return False

    async def _in_turn(self, work: Callable[[], T]) -> T:
        if self._waiting >= self._most_waiting:
            raise TooBusy
        self._waiting += 1
        try:
            async with self._turns:
                return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._waiting -= 1


def _composed(password: str) -> str:
    return unicodedata.normalize("NFC", password)


def _be_patient() -> None:
    """Linux gives each thread its own niceness, so only this thread gives way to others."""
    with suppress(OSError, AttributeError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICER)
