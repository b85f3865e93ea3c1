"""Clients that take nothing, and what they cost the others: nothing."""

import time

import pytest

from api.live import reader as live_reader
from tests.api.live.deaf import deaf
from tests.api.stage import STAFF, Clock, Stage, listening, place, token
from tickets.ports.store import Store

IN_TIME = 5.0
"""Seconds within which an event must have been heard; it takes a few milliseconds."""


@pytest.mark.parametrize(
    ("patience", "events"), [(0.3, 300), pytest.param(20.0, 1_000, marks=pytest.mark.slow)]
)
async def test_while_some_take_nothing_all_others_hear_in_time(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch, patience: float, events: int
) -> None:
    """Whether the deaf ones are dropped soon, or stay all the time with what was written for them."""
    monkeypatch.setattr(live_reader, "PATIENCE", patience)
    async with Stage(store, clock).open(rate_limits=False) as stage:
        ticket = await stage.opened()
        staff = token("sam", **STAFF)
        deaf_ones = [
            await deaf(stage, token()),
            await deaf(stage, staff, '42["watch","all"]'),
            await deaf(stage, staff, f'42["watch","{ticket}"]'),
        ]
        async with listening(stage, query=token()) as ann, listening(stage, query=staff) as sam:
            await ann.until("authorized")
            assert (await sam.client.call("watch", "all", timeout=30))["ok"]
            longest = 0.0
            for number in range(1, events + 1):
                start = time.monotonic()
                await stage.answered(ticket, "\U0001f98a" * 2_000)
                for ear in (ann, sam):
                    await ear.until("message", count=number)
                longest = max(longest, time.monotonic() - start)
            assert (await stage.ask("GET", "/healthz", None)).status == 200
        for writer in deaf_ones:
            writer.close()

    assert longest < IN_TIME
    assert [place(it["event_id"]) for it in ann.payloads("message")] == list(range(2, events + 2))
    assert ann.payloads("message") == sam.payloads("message")
