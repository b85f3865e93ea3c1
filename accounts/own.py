"""What people do with their own account, and admins with the accounts of others."""

from dataclasses import dataclass, replace

from accounts.duty import put_on_duty
from accounts.passwords import Passwords, must_be_strong
from accounts.refusals import (
    AccountNotFound,
    AccountOnly,
    AccountsAreOff,
    OwnAccount,
    PasswordIsWrong,
)
from accounts.registering import Registering
from accounts.signing_in import SigningIn
from accounts.tries import LoginTries
from tickets import policy
from tickets.desks.blocking import Blocks
from tickets.forgetting_accounts import forget_account
from tickets.model import Caller, UserKey, UserRole
from tickets.ports.accounts import Account
from tickets.ports.lists import Cursor, Page
from tickets.ports.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnChanges:
    """What to change. None leaves a value as it is; an empty ``locale`` or ``phone`` removes it."""

    username: str | None = None
    locale: str | None = None
    phone: str | None = None
    password: str | None = None
    old_password: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountChanges:
    """The changes of an admin. None leaves a value as it is."""

    role: UserRole | None = None
    disabled: bool | None = None


class OwnAccounts:
    """Every method raises a Refusal when the policy says no, and StoreUnavailable when the store is down."""

    def __init__(
        self,
        store: Store,
        passwords: Passwords,
        tries: LoginTries,
        signing_in: SigningIn,
        registering: Registering,
        *,
        has_accounts: bool,
    ) -> None:
        self._store = store
        self._accounts = store.identity.accounts
        self._passwords = passwords
        self._tries = tries
        self._signing_in = signing_in
        self._registering = registering
        self._has_accounts = has_accounts
        self._blocks = Blocks(store.users)

    async def of(self, caller: Caller) -> Account | None:
        """The caller's account, if they have one here."""
        return await self._accounts.get(caller.key.id) if _signs_in_here(caller) else None

    async def is_blocked(self, caller: Caller) -> bool:
        return await self._store.users.is_blocked(caller.key)

    async def must_not_be_blocked(self, caller: Caller) -> None:
        """Raises UserIsBlocked."""
        await self._blocks.must_not_be_blocked(caller.key)

    async def change(self, caller: Caller, changes: OwnChanges, *, session_id: str | None) -> Account:
        """Change the caller's own account. A new password needs the old one, and ends all other sessions."""
        account = await self._must_have(caller, "change it")
        if changes.password is not None:
            await self._change_password(account, changes, session_id)

        def change(it: Account) -> Account:
            phone = it.phone if changes.phone is None else changes.phone or None
            return replace(
                it,
                username=changes.username or it.username,
                locale=it.locale if changes.locale is None else changes.locale or None,
                phone=phone,
                phone_verified=it.phone_verified and phone == it.phone,
            )

        changed = await self._accounts.change(account.id, change)
        if changed is None:
            raise AccountNotFound(account.id)
        if changed.username != account.username:
            await self._store.people.remember(changed.person)
        return changed

    async def remove(self, caller: Caller) -> None:
        """Remove the caller's account, sessions, and mailed proofs. Tickets stay."""
        account = await self._must_have(caller, "delete it")
        await self._forget(account)

    async def _forget(self, account: Account) -> None:
        await put_on_duty(self._store, replace(account, disabled=True))
        await forget_account(self._store.identity, account.key, self._signing_in.now())

    async def accounts(self, caller: Caller, *, after: Cursor | None, limit: int) -> Page[Account]:
        """All accounts, the newest first."""
        policy.must_be_admin(caller, "see accounts")
        self._must_be_on()
        return await self._accounts.page(after, limit)

    async def administer(self, caller: Caller, account_id: str, changes: AccountChanges) -> Account:
        """Give an account another role, disable it, or enable it again. Disabling ends its sessions."""
        policy.must_be_admin(caller, "change accounts")
        await self._blocks.must_not_be_blocked(caller.key)
        self._must_be_on()
        if caller.key == UserKey(UserKey.ACCOUNTS, account_id):
            raise OwnAccount

        def change(it: Account) -> Account:
            role = it.role if changes.role is None else changes.role
            return replace(
                it, role=role, disabled=it.disabled if changes.disabled is None else changes.disabled
            )

        account = await self._accounts.change(account_id, change)
        if account is None:
            raise AccountNotFound(account_id)
        if account.disabled:
            await self._signing_in.end_all(account.key)
        else:
            await self._accounts.end_tokens(account.key, self._signing_in.now())
        await put_on_duty(self._store, account)
        return account

    async def _change_password(self, account: Account, changes: OwnChanges, session_id: str | None) -> None:
        await self._tries.begin_own(account.id)
        if not await self._passwords.matches(changes.old_password or "", account.password_hash):
            raise PasswordIsWrong
        await self._tries.own_succeeded(account.id)
        password = changes.password or ""
        must_be_strong(password, account.email, account.username)
        await self._registering.set_password(account.id, await self._passwords.hashed(password))
        await self._signing_in.end_all(account.key, but=session_id)

    async def _must_have(self, caller: Caller, what: str) -> Account:
        await self._blocks.must_not_be_blocked(caller.key)
        account = await self.of(caller)
        if account is None:
            raise AccountOnly(what)
        return account

    def _must_be_on(self) -> None:
        if not self._has_accounts:
            raise AccountsAreOff


def _signs_in_here(caller: Caller) -> bool:
    return caller.key.issuer == UserKey.ACCOUNTS and caller.person.role is not UserRole.TEMP_USER
