"""Forgetting somebody who signs in here, or is a guest: all that is kept of them around accounts."""

from tickets.model import Millis, UserKey
from tickets.ports.accounts import Identity, tries_of


async def forget_account(identity: Identity, key: UserKey, now: Millis) -> None:
    """Forget account, sessions, tries, and what was mailed; tokens end. Those of other issuers have sessions
    at most. If it ends in the middle, the same call does the rest."""
    await identity.sessions.end_all(key)  # also of those who sign in with Discord alone
    if key.issuer != UserKey.ACCOUNTS:
        return
    await identity.accounts.end_tokens(key, now)
    await identity.proofs.forget(key.id)
    account = await identity.accounts.get(key.id)
    if account is not None:
        for beginning in tries_of(account):
            await identity.tries.forget(beginning)
    await identity.accounts.remove(key.id)
