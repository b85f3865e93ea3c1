"""How often somebody may try a password: a few times at once, then after pauses that grow up to a limit."""

from dataclasses import replace
from hashlib import sha256
from typing import Final

from accounts.refusals import TooManyTries
from tickets.model import Millis
from tickets.ports.accounts import Tried, Tries, digest_of_email
from tickets.ports.store import Clock

SECOND: Final[Millis] = 1_000
MINUTE: Final[Millis] = 60 * SECOND
DAY: Final[Millis] = 24 * 60 * MINUTE
WINDOW: Final = 15 * MINUTE
FIRST_PAUSE: Final = 30 * SECOND
LONGEST_PAUSE: Final = 15 * MINUTE
OF_ACCOUNT: Final = 5
OF_ADDRESS: Final = 20
KNOWN_FOR: Final = 30 * DAY
"""How long an address counts as the account's own after a good sign-in."""
HOUR: Final = 60 * MINUTE
SENT: Final = 3
"""Mails to one address, and codes to one phone, in an hour, whoever asks for them."""


def pause_after(count: int, most: int) -> Millis:
    """The pause after so many failed tries. The first ``most`` tries have none."""
    if count < most:
        return 0
    return min(LONGEST_PAUSE, FIRST_PAUSE << min(count - most, 10))


def one_more(tried: Tried | None, now: Millis, most: int) -> tuple[Tried, Millis]:
    """The count after one more try, and how long to wait if the try comes too early. A try that comes too
    early changes nothing, so nobody can make a pause longer by trying during it."""
    if tried is None or now >= tried.last_at + WINDOW + LONGEST_PAUSE:
        return Tried(1, now, now), 0
    if tried.count < most and now >= tried.since + WINDOW:
        return Tried(1, now, now), 0
    pause = pause_after(tried.count, most)
    # without a pause, the last try may even be later than this one: of two at once, or by another clock
    if pause and (wait := tried.last_at + pause - now) > 0:
        return tried, wait
    return replace(tried, count=tried.count + 1, last_at=now), 0


def _one_less(tried: Tried | None) -> tuple[Tried | None, None]:
    """Take back a try that succeeded, so that it does not count as a failed one."""
    if tried is None or tried.count <= 1:
        return None, None
    return replace(tried, count=tried.count - 1), None


class LoginTries:
    """Counts each try before the password is checked, so many tries at once get no further than one after the
    other.

    From an address that signed in lately, tries are counted separately. So strangers elsewhere cannot lock
    the owner out."""

    def __init__(self, tries: Tries, clock: Clock) -> None:
        self._tries = tries
        self._clock = clock

    async def begin(self, email: str, network: str) -> None:
        """Count a try, or raise TooManyTries."""
        await self._count(_address(network), OF_ADDRESS)
        known = _known(email, network)
        if await self._tries.get(known) is not None:
            await self._count(known, OF_ACCOUNT, KNOWN_FOR)
        else:
            await self._count(_account(email), OF_ACCOUNT)

    async def succeeded(self, email: str, network: str) -> None:
        """The try succeeded: from now on, this address is known."""
        await self._tries.change(_address(network), self._clock() + DAY, _one_less)
        if await self._tries.get(_known(email, network)) is None:
            await self.forgive(email)
        await self.know(email, network)

    async def know(self, email: str, network: str) -> None:
        """The owner is at this address: what strangers try elsewhere does not count here."""
        now = self._clock()
        await self._tries.change(
            _known(email, network), now + KNOWN_FOR, lambda _: (Tried(0, now, now), None)
        )

    async def forgive(self, email: str) -> None:
        """Whoever owns the mail address may try again, whatever strangers did."""
        await self._tries.change(_account(email), 0, lambda _: (None, None))

    async def begin_own(self, account_id: str) -> None:
        """Count a try of somebody who is signed in and enters the old password."""
        await self._count(f"own {account_id}", OF_ACCOUNT)

    async def own_succeeded(self, account_id: str) -> None:
        await self._tries.change(f"own {account_id}", 0, lambda _: (None, None))

    async def begin_key(self, network: str) -> None:
        """Count a try that belongs to no account, such as one of the key for staff. Raises TooManyTries."""
        await self._count(_address(network), OF_ADDRESS)

    async def key_succeeded(self, network: str) -> None:
        """The try succeeded."""
        await self._tries.change(_address(network), self._clock() + DAY, _one_less)

    async def may_mail(self, email: str) -> bool:
        """Whether another mail may be sent to this address. Counts it."""
        return not await self._sent(f"mail {digest_of_email(email)}")

    async def begin_code(self, phone: str) -> None:
        """Count a code that is sent to this phone, or raise TooManyTries. Each costs money, and disturbs
        somebody."""
        if wait := await self._sent(f"phone {sha256(phone.encode()).hexdigest()}"):
            raise TooManyTries(wait)

    async def _sent(self, key: str) -> Millis:
        """Count what is sent. Returns how long to wait if there was too much already."""
        now = self._clock()

        def change(tried: Tried | None) -> tuple[Tried, Millis]:
            if tried is None or now >= tried.since + HOUR:
                return Tried(1, now, now), 0
            wait = 0 if tried.count < SENT else tried.since + HOUR - now
            return replace(tried, count=tried.count + 1, last_at=now), wait

        return await self._tries.change(key, now + DAY, change)

    async def _count(self, key: str, most: int, kept_for: Millis = DAY) -> None:
        now = self._clock()
        wait = await self._tries.change(key, now + kept_for, lambda it: one_more(it, now, most))
        if wait:
            raise TooManyTries(wait)


def _account(email: str) -> str:
    return f"account {digest_of_email(email)}"


def _known(email: str, network: str) -> str:
    return f"known {digest_of_email(email)} {network}"


def _address(network: str) -> str:
    return f"address {network}"
