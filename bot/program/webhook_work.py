"""The leader's work for webhooks, which goes on while Discord is away."""

import asyncio
import logging
from collections.abc import Sequence
from typing import Final

from bot.showing.admins import Admins
from config.current_desk import CurrentDesk
from config.faults import Fault
from config.settings import Settings
from config.switch import Switch
from notify.webhooks.posting import webhook_session
from notify.webhooks.working import WebhookWork
from tickets.ports.store import Clock, Store

log = logging.getLogger(__name__)

TOLD_WITHIN: Final = 20.0
"""Seconds that telling the admins may take. Readiness and the log know at once."""


async def send_webhooks(
    settings: Settings, desk_file: CurrentDesk, store: Store, clock: Clock, admins: Admins
) -> None:
    """Send webhooks until cancelled. Raises NotLeader."""

    async def found(faults: Sequence[Fault]) -> None:
        try:
            async with asyncio.timeout(TOLD_WITHIN):
                await admins.found("webhooks", faults)
        except TimeoutError:
            log.warning("the admins could not be told of webhooks in time")

    private = settings.webhook_private is Switch.ON
    async with webhook_session(private=private) as session:
        await WebhookWork(store, clock, session, settings.url, desk_file.endpoints, found).run()
