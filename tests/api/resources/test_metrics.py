"""What is measured, and that nobody can make it grow without end."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from time import perf_counter

import pytest
from aiohttp.test_utils import make_mocked_request

from api.door.metrics import Metrics
from tests.api.stage import TICKETS, Clock, Stage, listening, token
from tickets.ports.store import Store, StoreUnavailable


@pytest.fixture
async def metrics(clock: Clock) -> Metrics:
    return Metrics(clock)


@pytest.fixture
async def measured(store: Store, clock: Clock, metrics: Metrics) -> AsyncIterator[Stage]:
    async with Stage(store, clock).open(metrics=metrics) as stage:
        yield stage


async def scraped(stage: Stage) -> dict[str, float]:
    async with stage.http.get("/metrics") as answer:
        assert answer.status == 200
        assert answer.content_type == "text/plain"
        lines = (await answer.text()).splitlines()
    return {name: float(value) for name, value in (it.rsplit(" ", 1) for it in lines if it[0] != "#")}


async def test_requests_are_counted_by_template_and_status(measured: Stage) -> None:
    ticket = await measured.opened()
    await measured.ask("GET", f"{TICKETS}/{ticket}")
    await measured.ask("GET", f"{TICKETS}/{ticket}/")
    await measured.ask("GET", f"{TICKETS}/7777")
    await measured.ask("GET", TICKETS, None)

    found = await scraped(measured)

    counted = {name: value for name, value in found.items() if "duration_seconds_count" in name}
    labels = 'guildesk_request_duration_seconds_count{{method="{}",route="{}",status="{}"}}'
    assert counted == {
        labels.format("POST", TICKETS, 201): 1,
        labels.format("GET", TICKETS + "/{ticket_id}", 200): 2,
        labels.format("GET", TICKETS + "/{ticket_id}", 404): 1,
        labels.format("GET", TICKETS, 401): 1,
    }


async def test_paths_and_methods_of_strangers_make_no_new_metrics(measured: Stage) -> None:
    for number, method in enumerate(("PROPFIND", "REPORT", "MKCOL")):
        await measured.ask("GET", f"/nope/{number}", None)
        await measured.ask(method, f"/nope/{number}", None)

    found = [name for name in await scraped(measured) if "_count" in name]

    assert len(found) == 2
    assert all('route="none"' in name for name in found)


async def test_sockets_are_counted_while_they_are_connected(measured: Stage) -> None:
    async with listening(measured, query=token()) as ear, listening(measured):
        await ear.until("authorized")
        during = await scraped(measured)

    assert (during["guildesk_sockets"], during["guildesk_sockets_without_token"]) == (2, 1)
    assert [name for name in during if "socket.io" in name] == []


async def test_who_waits_and_for_how_long_is_measured_by_level(measured: Stage, clock: Clock) -> None:
    await measured.opened()
    clock.ahead += 90
    await measured.opened()

    found = await scraped(measured)

    assert found['guildesk_tickets_open{level="NORMAL"}'] == 2
    assert found['guildesk_tickets_waiting{level="NORMAL"}'] == 2
    assert 90 <= found['guildesk_oldest_waiting_seconds{level="NORMAL"}'] < 120
    assert found['guildesk_oldest_waiting_seconds{level="CRITICAL"}'] == 0


async def test_the_store_and_discord_are_measured(measured: Stage, metrics: Metrics) -> None:
    metrics.discord_rate_limited()

    found = await scraped(measured)

    assert found["guildesk_store_up"] == 1
    assert 0 < found["guildesk_store_seconds"] < 1
    assert found["guildesk_discord_rate_limited_total"] == 1


async def test_what_waits_for_discord_is_measured(measured: Stage, clock: Clock) -> None:
    ticket = await measured.opened()
    await measured.posted(ticket)
    clock.ahead += 90

    found = await scraped(measured)

    assert found['guildesk_backlog_events{sink="discord"}'] == 2
    assert 90 <= found['guildesk_relay_lag_seconds{sink="discord"}'] < 100
    assert found['guildesk_relay_lag_seconds{sink="removal"}'] == 0
    assert found["guildesk_tickets_without_channel"] == 1


async def test_metrics_are_told_while_the_store_is_away(store: Store, clock: Clock) -> None:
    async def away() -> None:
        raise StoreUnavailable("away")

    async with Stage(replace(store, check=away), clock).open(metrics=Metrics()) as stage:
        found = await scraped(stage)

    assert found["guildesk_store_up"] == 0


async def test_the_store_is_not_asked_more_than_once_a_second(store: Store, clock: Clock) -> None:
    asked = []

    async def check() -> None:
        asked.append(1)

    async with Stage(replace(store, check=check), clock).open(metrics=Metrics()) as stage:
        for _ in range(5):
            await scraped(stage)

    assert len(asked) == 1


async def test_metrics_can_be_switched_off(stage: Stage) -> None:
    answer = await stage.ask("GET", "/metrics", None)

    assert (answer.status, answer.json["error"]) == (404, "NOT_FOUND")


async def test_many_who_ask_at_once_are_given_what_was_written_once(store: Store, metrics: Metrics) -> None:
    written = 0

    def count() -> int:
        nonlocal written
        written += 1
        return written

    metrics.count_faults(count)
    first = await asyncio.gather(*(metrics.text(store) for _ in range(50)))
    again = await metrics.text(store)

    assert len(set(first)) == 1
    assert b"guildesk_standing_faults 1.0" in first[0]
    assert b"guildesk_standing_faults 2.0" in again


async def test_nobody_waits_while_they_are_written(store: Store, metrics: Metrics) -> None:
    request = make_mocked_request("PUT", "/")
    for status in range(1_000):
        metrics.answered(request, status, 0.1)

    longest, begun_at = 0.0, perf_counter()
    turned_at, writing = begun_at, asyncio.ensure_future(metrics.text(store))
    while not writing.done():
        await asyncio.sleep(0)
        longest, turned_at = max(longest, perf_counter() - turned_at), perf_counter()

    assert longest < (turned_at - begun_at) / 2
