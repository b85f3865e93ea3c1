"""Checks the webhooks of the desk file, with a signed event that means nothing."""

import json
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Final

from bot.checks.check import Skipped
from config.desk_file import DeskFileIsWrong, read_desk_file
from config.faults import WEBHOOK_REFUSES, Fault
from config.settings import Settings
from config.switch import Switch
from notify.webhooks.posting import Posting, webhook_session
from tickets.webhooks import Endpoint, WebhookType

NONE: Final = "the desk file lists none"


async def look_at_webhooks(settings: Settings) -> AsyncIterator[Fault]:
    """Tries the listed endpoints. Backends try those that they have added themselves, by ``POST
    /webhooks/{id}/test``."""
    endpoints = _listed(settings)
    if not endpoints:
        raise Skipped(NONE)
    async with webhook_session(private=settings.webhook_private is Switch.ON) as session:
        posting = Posting(session, lambda: time.time_ns() // 1_000_000)
        for endpoint in endpoints:
            answer, _ = await posting.post(endpoint, f"doctor_{time.time_ns()}", _body(endpoint))
            if not answer.is_taken:
                yield WEBHOOK_REFUSES.of(webhook=endpoint.id, host=endpoint.host, why=answer.in_words)


def _listed(settings: Settings) -> list[Endpoint]:
    try:
        return [] if settings.desk_file is None else [*read_desk_file(settings.desk_file).endpoints]
    except DeskFileIsWrong as wrong:  # told with the settings
        raise Skipped("the desk file is wrong") from wrong


def _body(endpoint: Endpoint) -> str:
    """Sends what ``POST /webhooks/{id}/test`` sends."""
    at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return json.dumps({"type": WebhookType.TEST, "timestamp": at, "data": {"endpoint_id": endpoint.id}})
