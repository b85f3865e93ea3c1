"""Removes everything that is stored around the account of somebody who signs in here, or is a guest."""

from tickets.model import Millis, UserKey
from tickets.ports.accounts import Account, Identity, tries_of


async def account_of(identity: Identity, key: UserKey) -> Account | None:
    """The account of this user, if they have one here."""
    return await identity.accounts.get(key.id) if key.issuer == UserKey.ACCOUNTS else None


async def forget_account(identity: Identity, key: UserKey, now: Millis) -> None:
    """Remove account, sessions, tries and mailed proofs, and end tokens. Users of other issuers have sessions
    at most. If it is interrupted, the same call does the rest."""
    await identity.sessions.end_all(key)  # also of those who sign in with Discord alone
    if key.issuer != UserKey.ACCOUNTS:
        return
    await identity.accounts.end_tokens(key, now)
    await identity.proofs.forget(key.id)
    account = await account_of(identity, key)
    if account is not None:
        for beginning in tries_of(account):
            await identity.tries.forget(beginning)
    await identity.accounts.remove(key.id)
