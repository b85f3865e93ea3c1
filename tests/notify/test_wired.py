"""Notifications as the program sends them, by its settings."""

import asyncio
from contextlib import suppress

import pytest

from bot.program.notifying import NotifyingWork
from tests.clocks import Hands
from tests.contract.acts import open_ticket
from tests.notify.conftest import Known
from tests.notify.mail_server import Mails
from tests.people import ANN
from tests.storage.test_open import settings
from tests.waiting import until
from tickets.desks.ticket_desk import Desk
from tickets.notifications import (
    Notification,
    NotificationChannel,
    NotificationKind,
    NotificationStatus,
    id_of,
)
from tickets.policy import Rules
from tickets.ports.store import Store

HOUR = 3_600_000
MAIL = NotificationChannel.EMAIL


@pytest.mark.parametrize("hours", [0, 6])
async def test_a_mail_waits_for_its_time_also_where_the_program_starts_meanwhile(
    store: Store, known: Known, clock: Hands, mails: Mails, hours: int
) -> None:
    chosen = settings(mail_url=mails.url, mail_from="support@desk.example", notify_after=hours * 3600.0)
    work = NotifyingWork(chosen, store, clock, known, Desk(store, clock, Rules()), lambda: None, None)
    times = clock() + hours * HOUR, clock()
    tickets = [await open_ticket(store) for _ in times]
    words = [
        Notification(
            id=id_of(ticket.id, 1, ANN.key, MAIL),
            user=ANN.key,
            kind=NotificationKind.MANUAL,
            channel=MAIL,
            text="Your lamp is here.",
            created_at=clock(),
            due_at=due_at,
        )
        for ticket, due_at in zip(tickets, times, strict=True)
    ]
    await store.notifications.add(words)

    sending = asyncio.create_task(work.parts["mails"]())
    try:
        await until(lambda: _has_sent(store, 1 if hours else 2))
    finally:
        sending.cancel()
        with suppress(asyncio.CancelledError):
            await sending

    page = await store.notifications.of_user(ANN.key, after=None, limit=9)
    waiting = [it for it in page.items if it.status is NotificationStatus.PENDING]
    assert [it.id for it in waiting] == ([words[0].id] if hours else [])
    assert await store.sending_queue.earliest(MAIL) == (times[0] if hours else None)


async def _has_sent(store: Store, count: int) -> bool:
    page = await store.notifications.of_user(ANN.key, after=None, limit=9)
    return sum(it.status is NotificationStatus.SENT for it in page.items) >= count
