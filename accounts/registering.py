"""Registering, confirming addresses, and new passwords for those who forgot theirs."""

import hmac
import logging
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Final

from accounts.duty import put_on_duty
from accounts.guests import Guests
from accounts.passwords import Passwords, must_be_strong
from accounts.refusals import AccountsAreOff, EmailIsTaken, LinkIsNoGood, LoginFailed, StaffSignupRefused
from accounts.signing_in import SigningIn
from accounts.tries import LoginTries
from tickets.characters import clean_line
from tickets.model import Millis, Person, UserRole
from tickets.ports.accounts import Account, Added, Identity, Proof, ProofKind, refused_key
from tickets.ports.mails import Mail, Mailer, MailKind
from tickets.ports.store import Clock, Store

log = logging.getLogger(__name__)

HOUR: Final[Millis] = 60 * 60 * 1000
GOOD_FOR: Final = {ProofKind.VERIFY: 24 * HOUR, ProofKind.RESET: HOUR, ProofKind.PHONE: HOUR // 4}

LinkTo = Callable[[ProofKind, str], str]
"""The address of the page that takes this token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """What people enter when they register."""

    email: str
    password: str
    username: str
    role: UserRole = UserRole.CUSTOMER
    locale: str | None = None
    guest: Person | None = None
    """The guest that they were before, proved by a token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """Why somebody may have a role: an admin gives it, or they know the key for staff."""

    is_admin: bool = False
    key: str | None = None


class Registering:
    """Every method raises AccountsAreOff without accounts, and StoreUnavailable when the store is down."""

    def __init__(
        self,
        store: Store,
        passwords: Passwords,
        tries: LoginTries,
        signing_in: SigningIn,
        guests: Guests,
        clock: Clock,
        *,
        has_accounts: bool,
        staff_key: str | None,
        mailer: Mailer | None,
        link_to: LinkTo,
        register_link: str,
    ) -> None:
        """Without ``mailer``, addresses are not confirmed. Without ``staff_key``, only admins make staff."""
        self._store = store
        self._identity: Identity = store.identity
        self._passwords = passwords
        self._tries = tries
        self._signing_in = signing_in
        self._guests = guests
        self._clock = clock
        self._has_accounts = has_accounts
        self._staff_key = staff_key
        self._mailer = mailer
        self._link_to = link_to
        self._register_link = register_link

    async def register(self, new: NewAccount, authority: Authority, *, network: str) -> Account | None:
        """The new account. None if its address has to be confirmed first, and also if the address already has
        an account, so that nobody can tell the two apart. Raises PasswordIsWeak, StaffSignupRefused,
        EmailIsTaken."""
        self._must_be_on()
        await self._may_have(new.role, authority, network)
        must_be_strong(new.password, new.email, new.username)
        account = Account(
            id=sortable_id(self._clock()),
            email=new.email,
            username=new.username,
            role=new.role,
            created_at=self._clock(),
            password_hash=await self._passwords.hashed(new.password),
            locale=new.locale,
        )
        if self._mailer is not None:
            await self._mail_first(self._mailer, account, new.guest)
            return None
        return await self._claimed(await self.add(account), new.guest)

    async def add(self, account: Account) -> Account:
        """Store the account, or raise EmailIsTaken."""
        if await self._identity.accounts.add(account) is Added.TAKEN:
            raise EmailIsTaken
        await put_on_duty(self._store, account)
        return account

    async def verify(self, token: str, password: str | None, *, network: str) -> Account:
        """The account whose address is confirmed now; from now on it works. Raises LinkIsNoGood, and
        EmailIsTaken if somebody else has confirmed the same address in the meantime.

        A stranger may have registered the address. So whoever confirms it should show the ``password`` that
        was chosen then. Another one counts as a failed sign-in. It raises LoginFailed, TooManyTries or
        TooBusy; after these the link can be used again."""
        proof = await self._taken(token, ProofKind.VERIFY)
        if password is not None:
            async with self._usable_again(proof):
                await self._must_match(proof.account, password, network)
        await self._identity.tries.forget(refused_key(proof.account.email))
        return await self._claimed(await self.add(replace(proof.account, email_verified=True)), proof.guest)

    async def forgot(self, email: str) -> None:
        """Mail a link for a new password, or, if the address has no account, how to get one. So whoever never
        confirmed their address learns what to do."""
        self._must_be_on()
        account = await self._identity.accounts.with_email(email)
        if self._mailer is None or not await self._tries.may_mail(email):
            return
        if account is None:
            facts = {"link": self._register_link}
            await self._mailer.send(Mail(to=email, kind=MailKind.NO_ACCOUNT, facts=facts))
        elif not account.disabled:
            await self._mail(self._mailer, MailKind.RESET, ProofKind.RESET, account)

    async def reset(self, token: str, password: str, *, username: str | None = None, network: str) -> Account:
        """Set a new password for whoever reads mail at the address. All sessions end. Raises LinkIsNoGood,
        and PasswordIsWeak; after the latter the link can be used again.

        The token that confirms a new account serves as well: the account works from now on, with this
        password, and nothing of a guest moves to it. Raises EmailIsTaken as ``verify`` does.

        A stranger may have registered an address that nobody has confirmed. So its account loses its phone,
        and is called by this ``username``, or after the address."""
        proof = await self._taken(token, ProofKind.RESET, ProofKind.VERIFY)
        async with self._usable_again(proof):
            must_be_strong(password, proof.account.email, proof.account.username)
            hashed = await self._passwords.hashed(password)
        if proof.kind is ProofKind.VERIFY:
            account = await self.add(replace(_owners(proof.account, username), password_hash=hashed))
        elif (changed := await self._confirmed(proof.account.id, hashed, username)) is not None:
            account = changed
        else:
            raise LinkIsNoGood
        await self._signing_in.end_all(account.key)
        await self._tries.forgive(account.email)
        await self._tries.know(account.email, network)
        return account

    async def set_password(self, account_id: str, hashed: str) -> Account | None:
        """Change the password. Mailed links for another one stop working, and the owner is told by mail."""
        return await self._changed(account_id, lambda it: replace(it, password_hash=hashed))

    async def _confirmed(self, account_id: str, hashed: str, username: str | None) -> Account | None:
        """The same by whoever reads mail at the address, which is confirmed by that."""

        def change(it: Account) -> Account:
            return replace(it if it.email_verified else _owners(it, username), password_hash=hashed)

        account = await self._changed(account_id, change)
        if account is not None:
            await self._identity.tries.forget(refused_key(account.email))
        return account

    async def _changed(self, account_id: str, change: Callable[[Account], Account]) -> Account | None:
        account = await self._identity.accounts.change(account_id, change)
        if account is not None:
            await self._identity.proofs.forget(account_id)
            if self._mailer is not None:
                await self._mailer.send(_mail(account, MailKind.PASSWORD_CHANGED))
        return account

    async def _claimed(self, account: Account, guest: Person | None) -> Account:
        """Give everything of the guest to the account. If that is refused, as it is for blocked users, the
        account is there all the same."""
        await self._guests.bring(account.person, guest)
        return account

    async def _may_have(self, role: UserRole, authority: Authority, network: str) -> None:
        """The key for staff gives the role AGENT only. Each wrong guess counts as a try of the address it
        came from."""
        if role is UserRole.CUSTOMER or authority.is_admin:
            return
        await self._tries.begin_key(network)
        shown, key = authority.key or "", self._staff_key
        is_key = key is not None and hmac.compare_digest(shown.encode(errors="replace"), key.encode())
        if not is_key or role is not UserRole.AGENT:
            raise StaffSignupRefused
        await self._tries.key_succeeded(network)

    async def _mail_first(self, mailer: Mailer, account: Account, guest: Person | None) -> None:
        known = await self._identity.accounts.with_email(account.email)
        if not await self._tries.may_mail(account.email):
            return
        if known is None:
            await self._mail(mailer, MailKind.VERIFY, ProofKind.VERIFY, account, guest)
        elif not known.disabled:
            await self._mail(mailer, MailKind.ALREADY_REGISTERED, ProofKind.RESET, known)

    async def _mail(
        self,
        mailer: Mailer,
        kind: MailKind,
        proves: ProofKind,
        account: Account,
        guest: Person | None = None,
    ) -> None:
        token = secrets.token_urlsafe(32)
        expires_at = self._clock() + GOOD_FOR[proves]
        await self._identity.proofs.add(
            Proof(digest=digest_of(token), kind=proves, account=account, expires_at=expires_at, guest=guest)
        )
        link = self._link_to(proves, token)
        if proves is ProofKind.RESET and not account.email_verified:
            link = f"{link}&owner"
        await mailer.send(_mail(account, kind, token=token, link=link))

    async def _taken(self, token: str, *kinds: ProofKind) -> Proof:
        self._must_be_on()
        for kind in kinds:
            proof = await self._identity.proofs.take(digest_of(token), kind, self._clock())
            if proof is not None:
                return proof
        raise LinkIsNoGood

    @asynccontextmanager
    async def _usable_again(self, proof: Proof) -> AsyncIterator[None]:
        """In this block, a failure leaves the mailed link valid."""
        try:
            yield
        except Exception:
            await self._identity.proofs.add(proof)
            raise

    async def _must_match(self, account: Account, password: str, network: str) -> None:
        await self._tries.begin(account.email, network)
        if not await self._passwords.matches(password, account.password_hash):
            raise LoginFailed
        await self._tries.succeeded(account.email, network)

    def _must_be_on(self) -> None:
        if not self._has_accounts:
            raise AccountsAreOff


def _owners(account: Account, username: str | None) -> Account:
    """The account of an address that its owner confirms now, without anything that a stranger may have
    entered."""
    name = username or clean_line(account.email.rpartition("@")[0])
    return replace(account, username=name, email_verified=True, phone=None, phone_verified=False)


def digest_of(token: str) -> str:
    return sha256(token.encode(errors="surrogatepass")).hexdigest()


def _mail(account: Account, kind: MailKind, **facts: str) -> Mail:
    if kind is not MailKind.VERIFY:  # the name is of whoever registered, and would be mail to anybody
        facts = {"name": account.username, **facts}
    return Mail(to=account.email, kind=kind, facts=facts, locale=account.locale)


def sortable_id(now: Millis) -> str:
    """32 hexadecimal digits that begin with the time, so that lists can be sorted by it."""
    return f"{now:012x}{secrets.token_hex(10)}"
