"""Tells webhook endpoints what happened to a user. No event of a ticket says that."""

import hashlib

from tickets.model import Millis, TicketId, UserKey
from tickets.ports.store import Store
from tickets.ports.webhooks import new_delivery
from tickets.webhooks import About, WebhookType


async def announce(store: Store, type_: WebhookType, about: About, now: Millis) -> None:
    """Store a delivery for every endpoint that hears of such users."""
    issuers = {it.issuer for it in (about.user, about.before) if it is not None}
    lane = TicketId(f"user-{hashlib.sha256(str(about.user).encode()).hexdigest()[:24]}")
    hearing = [
        it for it in await store.webhooks.endpoints() if any(it.hears(type_, issuer) for issuer in issuers)
    ]
    await store.webhooks.deliver(
        [new_delivery(it, lane, now, type_, about.user, now, about) for it in hearing]
    )


async def user_was_erased(store: Store, user: UserKey, now: Millis) -> None:
    """Forget all deliveries about a user, and tell the endpoints to forget the user as well. That delivery
    names the user, and is removed like the others."""
    await store.webhooks.forget_user(user)
    await announce(store, WebhookType.USER_ERASED, About(user), now)


async def user_was_merged(store: Store, user: UserKey, into: UserKey, now: Millis) -> None:
    """Tell the endpoints that one user has become another."""
    await store.webhooks.move_user(user, into)
    await announce(store, WebhookType.USER_MERGED, About(into, user), now)
