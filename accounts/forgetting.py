"""Forgetting somebody who signs in here, or is a guest: all that is kept of them around accounts."""

from accounts.tries import forget_tries
from tickets.model import Millis, UserKey
from tickets.ports.accounts import Identity


async def forget(identity: Identity, key: UserKey, now: Millis) -> None:
    """Forget account, sessions, tries, and what was mailed; tokens end. Those of other issuers have nothing
    here. If it ends in the middle, the same call does the rest."""
    if key.issuer != UserKey.ACCOUNTS:
        return
    await identity.accounts.end_tokens(key, now)
    await identity.sessions.end_all(key)
    await identity.proofs.forget(key.id)
    account = await identity.accounts.get(key.id)
    if account is not None:
        await forget_tries(identity.tries, account.email)
        await identity.tries.forget(f"own {account.id}")
    await identity.accounts.remove(key.id)
