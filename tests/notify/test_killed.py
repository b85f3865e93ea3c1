"""Killed at random with 1,000 notifications under way: in the app exactly once, mails twice at most."""

import asyncio
import random
import sys
from collections import Counter
from pathlib import Path

import pytest

from notify.sending import SENT_TWICE
from tests.contract.acts import open_ticket, post
from tests.new_stores import open_new_sqlite
from tests.notify.mail_server import Mails
from tests.notify.sending import now
from tests.people import SAM, SAM_ANSWERS
from tests.waiting import until
from tickets.model import UserKey
from tickets.notifications import NotificationChannel, NotificationStatus
from tickets.ports.sinks import SinkName

TICKETS, ANSWERS, KILLS = 250, 4, 12
MOST_UNKNOWN = 3


async def started(folder: Path, url: str) -> asyncio.subprocess.Process:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.notify.sending", str(folder), url, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"sending\n"
    return process


@pytest.mark.slow
async def test_none_is_lost_and_none_comes_too_often(tmp_path: Path, mails: Mails) -> None:
    chance = random.Random(7)  # noqa: S311  repeatable, no secret
    async with open_new_sqlite(tmp_path, now) as store:
        await store.people.remember(SAM)
        for number in range(TICKETS):
            ticket = await open_ticket(store, UserKey("shop", f"user{number}"))
            for turn in range(ANSWERS):
                await post(store, ticket, f"Answer {turn}", SAM_ANSWERS)

        for _ in range(KILLS):
            process = await started(tmp_path, mails.url)
            await asyncio.sleep(chance.uniform(0.1, 0.9))  # the moment is what is tried
            process.kill()
            await process.wait()
        process = await started(tmp_path, mails.url)

        async def is_done() -> bool:
            return (
                await store.sending_queue.earliest(NotificationChannel.EMAIL) is None
                and await store.backlog.earliest(SinkName.NOTIFICATIONS) is None
            )

        await until(is_done, 120)
        process.terminate()
        await process.wait()

        unknown: set[str] = set()
        for number in range(TICKETS):
            page = await store.notifications.of_user(UserKey("shop", f"user{number}"), after=None, limit=99)
            told = Counter((it.channel, it.seq) for it in page.items)
            assert set(told.values()) == {1}
            assert len(told) == 2 * ANSWERS
            for it in page.items:
                assert it.status is NotificationStatus.SENT or it.error == SENT_TWICE
                unknown |= {it.user.id} if it.error == SENT_TWICE else set()
            assert {it.channel for it in page.items} == {
                NotificationChannel.IN_APP,
                NotificationChannel.EMAIL,
            }

    found = mails.all()
    ids = Counter(it["Message-ID"] for it in found)
    assert max(ids.values()) <= 2
    said: dict[str, Counter[str]] = {}
    for mail in {it["Message-ID"]: it for it in found}.values():
        part = mail.get_body(("plain",))
        assert part is not None
        words = [line.strip() for line in str(part.get_content()).splitlines() if "    Answer" in line]
        said.setdefault(str(mail["To"]), Counter()).update(words)
    everything = Counter(f"Answer {turn}" for turn in range(ANSWERS))
    assert len(unknown) <= MOST_UNKNOWN, "those whose sending was cut off twice"
    assert len(said) >= TICKETS - len(unknown)
    assert all(it == everything for to, it in said.items() if to.partition("@")[0] not in unknown)
