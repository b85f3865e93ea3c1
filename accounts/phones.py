"""Phones: whoever enters the code that was sent to a phone has that phone."""

import secrets
from dataclasses import replace
from typing import Final

from accounts.own import OwnAccounts
from accounts.refusals import AccountNotFound, AccountOnly, CodeIsNoGood, PhoneIsMissing
from accounts.registering import GOOD_FOR, digest_of
from accounts.tries import LoginTries
from tickets.model import Caller
from tickets.ports.accounts import Account, Identity, Proof, ProofKind
from tickets.ports.mails import Texter
from tickets.ports.store import Clock
from tickets.refusals import CannotReachUser

DIGITS: Final = 8


class Phones:
    """Without a ``texter``, no codes are sent and no phone is confirmed."""

    def __init__(self, own: OwnAccounts, identity: Identity, clock: Clock, texter: Texter | None) -> None:
        self._own = own
        self._identity = identity
        self._clock = clock
        self._texter = texter
        self._tries = LoginTries(identity.tries, clock)

    @property
    def can_send(self) -> bool:
        """Whether codes can be sent at all."""
        return self._texter is not None

    async def send_code(self, caller: Caller) -> None:
        """Send a code to the phone of the caller's account. Raises PhoneIsMissing, CannotReachUser,
        TooManyTries."""
        account = await self._must_have(caller)
        if self._texter is None:
            raise CannotReachUser(caller.key.id, "sms")
        await self._tries.begin_code(account.phone or "")
        code = "".join(secrets.choice("0123456789") for _ in range(DIGITS))
        expires_at = self._clock() + GOOD_FOR[ProofKind.PHONE]
        digest = _digest(account, code)
        await self._identity.proofs.add(
            Proof(digest=digest, kind=ProofKind.PHONE, account=account, expires_at=expires_at)
        )
        await self._texter.send_code(account.phone or "", code, account.locale)

    async def confirm(self, caller: Caller, code: str) -> Account:
        """The account, whose phone is confirmed. Raises CodeIsNoGood."""
        account = await self._must_have(caller)
        digest = _digest(account, code)
        proof = await self._identity.proofs.take(digest, ProofKind.PHONE, self._clock())
        if proof is None:
            raise CodeIsNoGood

        def change(it: Account) -> Account:
            return replace(it, phone_verified=it.phone_verified or it.phone == account.phone)

        changed = await self._identity.accounts.change(account.id, change)
        if changed is None:
            raise AccountNotFound(account.id)
        return changed

    async def _must_have(self, caller: Caller) -> Account:
        await self._own.must_not_be_blocked(caller)
        if (account := await self._own.of(caller)) is None:
            raise AccountOnly("confirm a phone")
        if account.phone is None:
            raise PhoneIsMissing
        return account


def _digest(account: Account, code: str) -> str:
    """The digest of a code. The code is valid only for this phone of this account."""
    return digest_of(f"{account.id}\n{account.phone}\n{code}")
