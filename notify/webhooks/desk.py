"""The desk for webhooks. The admins of an issuer decide which endpoints hear of what, and see what was
sent."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from notify.webhooks.health import DISABLED
from tickets import policy
from tickets.desks.blocking import Blocks
from tickets.ids import new_id
from tickets.model import Caller, TicketId, UserKey
from tickets.ports.lists import Cursor, Page
from tickets.ports.store import Clock, Store
from tickets.ports.webhooks import Answer, Delivery, DeliveryId, DeliveryStatus, new_delivery
from tickets.refusals import (
    DeliveryNotFound,
    TooManyWebhooks,
    WebhookIsDisabled,
    WebhookNotFound,
    WebhooksAreListed,
    WebhookUrlIsNoGood,
)
from tickets.webhook_urls import fault_of_url
from tickets.webhooks import (
    BOTH_SIGN_FOR,
    MOST_ENDPOINTS,
    Disabled,
    Endpoint,
    EndpointId,
    WebhookType,
    new_secret,
    working,
)

OUR_OWN = "guildesk."
"""The beginning of the names of our own issuers. Only listed endpoints hear of their tickets."""


async def nobody() -> None:
    """Used if nobody wants to know of changed endpoints."""


@dataclass(frozen=True, slots=True)
class WebhookOptions:
    """``private`` allows endpoints in one's own network. ``changed`` is called once endpoints have
    changed."""

    private: bool = False
    changed: Callable[[], Awaitable[None]] = nobody


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointChanges:
    """What to change. None leaves a value as it is."""

    url: str | None = None
    events: Sequence[str] | None = None
    description: str | None = None
    enabled: bool | None = None


class WebhookDesk:
    """For admins, who see the endpoints of their own issuer. Admins of the desk itself see all.

    Every method raises a Refusal when the policy says no, and StoreUnavailable when the store is down."""

    def __init__(self, store: Store, clock: Clock, options: WebhookOptions | None = None) -> None:
        self._webhooks = store.webhooks
        self._clock = clock
        self._options = options or WebhookOptions()
        self._blocks = Blocks(store.users)

    async def endpoints(self, caller: Caller) -> list[Endpoint]:
        """The endpoints of the caller's issuer, the oldest first."""
        policy.must_be_admin(caller, "see webhooks")
        own = [it for it in await self._webhooks.endpoints() if _is_of(caller, it)]
        return sorted(own, key=lambda it: (it.created_at, it.id))

    async def endpoint(self, caller: Caller, endpoint_id: str) -> Endpoint:
        """One of these endpoints. Raises WebhookNotFound."""
        policy.must_be_admin(caller, "see webhooks")
        found = await self._webhooks.endpoint(EndpointId(endpoint_id))
        if found is None or not _is_of(caller, found):
            raise WebhookNotFound(endpoint_id)
        return found

    async def add(self, caller: Caller, url: str, events: Sequence[str], description: str) -> Endpoint:
        """Add an endpoint with a new secret. Raises WebhookUrlIsNoGood, TooManyWebhooks and, for our own
        users, WebhooksAreListed."""
        await self._may_change(caller)
        if _is_ours(caller):
            raise WebhooksAreListed
        self._must_be_good(url)
        if len(await self.endpoints(caller)) >= MOST_ENDPOINTS:
            raise TooManyWebhooks(MOST_ENDPOINTS)
        now = self._clock()
        endpoint = Endpoint(
            id=EndpointId(f"wh_{new_id()}"),
            url=url,
            events=tuple(dict.fromkeys(events)),
            issuers=(caller.key.issuer,),
            secret=new_secret(),
            description=description,
            created_at=now,
            updated_at=now,
        )
        await self._webhooks.add(endpoint)
        await self._options.changed()
        return endpoint

    async def change(self, caller: Caller, endpoint_id: str, changes: EndpointChanges) -> Endpoint:
        """Change its address or events, or switch it on or off. Enabling it forgets earlier failures."""
        await self._may_change(caller)
        if changes.url is not None:
            self._must_be_good(changes.url)

        def changed(it: Endpoint) -> Endpoint:
            now = self._clock()
            if changes.enabled is True:
                it = working(it)
            elif changes.enabled is False and it.is_enabled:
                it = replace(it, disabled_at=now, disabled=Disabled.BY_HAND)
            events = it.events if changes.events is None else tuple(dict.fromkeys(changes.events))
            description = it.description if changes.description is None else changes.description
            return replace(
                it, url=changes.url or it.url, events=events, description=description, updated_at=now
            )

        endpoint = await self._changed(caller, endpoint_id, changed)
        if not endpoint.is_enabled:
            await self._webhooks.stop(endpoint.id, Answer(self._clock(), fault=DISABLED))
        return endpoint

    async def rotate(self, caller: Caller, endpoint_id: str) -> Endpoint:
        """Give it a new secret. For a day, the previous one signs as well."""
        await self._may_change(caller)

        def changed(it: Endpoint) -> Endpoint:
            now = self._clock()
            return replace(
                it,
                secret=new_secret(),
                old_secret=it.secret,
                old_secret_until=now + BOTH_SIGN_FOR,
                updated_at=now,
            )

        return await self._changed(caller, endpoint_id, changed)

    async def remove(self, caller: Caller, endpoint_id: str) -> None:
        """Remove it, with all its deliveries."""
        await self._may_change(caller)
        endpoint = await self._unlisted(caller, endpoint_id)
        await self._webhooks.remove(endpoint.id)
        await self._options.changed()

    async def test(self, caller: Caller, endpoint_id: str) -> Delivery:
        """Send it a test event without meaning. Raises WebhookIsDisabled."""
        await self._may_change(caller)
        endpoint = await self._enabled(caller, endpoint_id)
        now = self._clock()
        trial = new_delivery(endpoint, TicketId(f"test-{endpoint.id}"), now, WebhookType.TEST, None, now)
        await self._webhooks.deliver([trial])
        return await self.delivery(caller, endpoint_id, trial.id)

    async def deliveries(
        self,
        caller: Caller,
        endpoint_id: str,
        status: DeliveryStatus | None,
        *,
        after: Cursor | None,
        limit: int,
    ) -> Page[Delivery]:
        """Its deliveries, the newest first."""
        endpoint = await self.endpoint(caller, endpoint_id)
        return await self._webhooks.deliveries(endpoint.id, status, after, limit)

    async def delivery(self, caller: Caller, endpoint_id: str, delivery_id: str) -> Delivery:
        """One of its deliveries. Raises DeliveryNotFound."""
        endpoint = await self.endpoint(caller, endpoint_id)
        found = await self._webhooks.delivery(endpoint.id, DeliveryId(delivery_id))
        if found is None:
            raise DeliveryNotFound(delivery_id)
        return found

    async def redeliver(self, caller: Caller, endpoint_id: str, delivery_id: str) -> Delivery:
        """Send it again with the same ``webhook-id``, in words of the present state. Raises
        WebhookIsDisabled."""
        await self._may_change(caller)
        endpoint = await self._enabled(caller, endpoint_id)
        if not await self._webhooks.redeliver(endpoint.id, DeliveryId(delivery_id), self._clock()):
            raise DeliveryNotFound(delivery_id)
        return await self.delivery(caller, endpoint_id, delivery_id)

    async def _unlisted(self, caller: Caller, endpoint_id: str) -> Endpoint:
        """The endpoint, if it may be changed: endpoints of the desk file may not."""
        endpoint = await self.endpoint(caller, endpoint_id)
        if endpoint.is_listed:
            raise WebhooksAreListed
        return endpoint

    async def _enabled(self, caller: Caller, endpoint_id: str) -> Endpoint:
        endpoint = await self.endpoint(caller, endpoint_id)
        if not endpoint.is_enabled:
            raise WebhookIsDisabled(endpoint_id)
        return endpoint

    async def _changed(
        self, caller: Caller, endpoint_id: str, change: Callable[[Endpoint], Endpoint]
    ) -> Endpoint:
        endpoint = await self._unlisted(caller, endpoint_id)
        changed = await self._webhooks.change(endpoint.id, change)
        if changed is None:
            raise WebhookNotFound(endpoint_id)
        await self._options.changed()
        return changed

    async def _may_change(self, caller: Caller) -> None:
        policy.must_be_admin(caller, "change webhooks")
        await self._blocks.must_not_be_blocked(caller.key)

    def _must_be_good(self, url: str) -> None:
        if (fault := fault_of_url(url, private=self._options.private)) is not None:
            raise WebhookUrlIsNoGood(fault)


def _is_of(caller: Caller, endpoint: Endpoint) -> bool:
    """Whether it belongs to the caller's issuer. Endpoints of the desk file belong to nobody. Admins of our
    own issuers look after the whole desk, and see all endpoints."""
    if _is_ours(caller):
        return True
    return not endpoint.is_listed and endpoint.issuers == (caller.key.issuer,)


def _is_ours(caller: Caller) -> bool:
    """Whether they have an account here, or are a member of the guild."""
    return caller.key.issuer == UserKey.DISCORD or caller.key.issuer.startswith(OUR_OWN)
