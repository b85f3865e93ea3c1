"""Reports and statistics over the API, for every role."""

import asyncio
import csv
import io
import statistics
import tracemalloc
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from tests.api.stage import AGENT, STAFF, TICKETS, Clock, Stage, headers
from tickets.desks import report_desk
from tickets.desks.agent_desk import AgentDesk
from tickets.model import Status, Ticket, TicketId
from tickets.ports.lists import Cursor
from tickets.ports.reports import Reports, Span, Stale
from tickets.ports.store import Store

CSV = "/api/v1/reports/resolved.csv"
STATS = "/api/v1/stats"
TABLE = "/api/v1/reports/stats.csv"


@pytest.mark.parametrize(
    ("role", "status"), [("TEMP_USER", 403), ("CUSTOMER", 403), ("AGENT", 200), ("ADMIN", 200)]
)
@pytest.mark.parametrize("path", [CSV, TABLE, STATS, f"{STATS}/daily"])
async def test_reports_are_for_staff(stage: Stage, path: str, role: str, status: int) -> None:
    assert (await stage.ask("GET", path, "sam", claims={"role": role})).status == status


async def resolved(stage: Stage, topic: str = "It is broken", description: str = "Really.") -> Any:
    body = {"topic": topic, "description": description}
    ticket = (await stage.ask("POST", TICKETS, json=body)).json
    await stage.answered(ticket["id"])
    await stage.desk.close(AGENT, ticket["id"], Status.RESOLVED)
    return (await stage.ask("GET", f"{TICKETS}/{ticket['id']}")).json


async def table(stage: Stage, query: str) -> tuple[bytes, list[list[str]]]:
    async with stage.http.get(f"{CSV}?{query}", headers=headers("sam", **STAFF)) as answer:
        assert answer.status == 200
        assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
        raw = await answer.read()
    return raw, list(csv.reader(io.StringIO(raw.decode("utf-8-sig"))))


async def test_the_table_holds_what_was_resolved_and_no_formula(
    stage: Stage, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report_desk, "PAGE", 2)
    first = await resolved(stage, "=1+1", 'He said "no",\nand left')
    for topic in ("+49 30", "-1", "@cmd", "＝1", "\u200f−2", "Grüße"):
        await resolved(stage, topic)
    await stage.opened()
    today = datetime.fromtimestamp(clock.seconds, UTC).date()

    raw, rows = await table(stage, f"from={today}&to={today + timedelta(days=1)}")

    assert raw.startswith(b"\xef\xbb\xbfticketId,subject,body,status,resolvedAt,createdAt,id\r\n")
    assert [row[1] for row in rows[1:]] == ["'=1+1", "'+49 30", "'-1", "'@cmd", "'＝1", "'−2", "Grüße"]
    assert rows[1] == [
        str(first["number"]),
        "'=1+1",
        'He said "no",\nand left',
        "RESOLVED",
        *(
            f"{datetime.fromtimestamp(first[it], UTC):%Y-%m-%dT%H:%M:%SZ}"
            for it in ("closed_at", "created_at")
        ),
        first["id"],
    ]


async def test_many_who_ask_at_once_cost_the_store_one_look(store: Store, clock: Clock) -> None:
    looks: list[str] = []

    class Counting:
        async def stale(self, first: str, last: str, limit: int) -> list[Stale]:
            looks.append(first)
            return await store.reports.stale(first, last, limit)

        def __getattr__(self, name: str) -> Any:
            return getattr(store.reports, name)

    counted = replace(store, reports=cast("Reports", Counting()))
    async with Stage(counted, clock).open(rate_limits=False) as stage:
        await stage.opened()
        asking = [stage.ask("GET", f"{STATS}?from=0&to=9999999999", "sam", claims=STAFF) for _ in range(20)]
        answers = await asyncio.gather(*asking)

    assert {it.json["count"] for it in answers} == {1}
    assert len(looks) == 1


class ManyResolved:
    """Reports of so many resolved tickets that no test could make them."""

    def __init__(self, ticket: Ticket, count: int) -> None:
        self._ticket = ticket
        self._left = count

    async def resolved(self, _: Span, after: Cursor | None, limit: int) -> list[Ticket]:
        count = min(self._left, limit)
        self._left -= count
        number = 0 if after is None else after.numbers[1]
        return [
            replace(self._ticket, number=number + n + 1, description=f"{n}" + "x" * 4_000)
            for n in range(count)
        ]


async def test_a_table_of_any_length_takes_the_same_memory(store: Store, clock: Clock) -> None:
    async with Stage(store, clock).open(rate_limits=False) as stage:
        ticket = await store.views.ticket(TicketId(await stage.opened()))
    assert ticket is not None
    most = [await _most_memory(store, clock, ticket, count) for count in (1_000, 3_000)]

    assert most[1] < most[0] + 2_000_000


async def _most_memory(store: Store, clock: Clock, ticket: Ticket, count: int) -> int:
    """Bytes that were in use at once while a client read the table."""
    many = replace(store, reports=cast("Reports", ManyResolved(ticket, count)))
    async with Stage(many, clock).open(rate_limits=False) as stage:
        tracemalloc.start()
        try:
            lines = 0
            async with stage.http.get(f"{CSV}?from=0", headers=headers("sam", **STAFF)) as answer:
                async for piece in answer.content.iter_any():
                    lines += piece.count(b"\n")  # a piece may end between the two
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
            assert lines == count + 1


async def test_without_a_span_it_is_the_last_30_days_and_today(stage: Stage, clock: Clock) -> None:
    await resolved(stage)

    counts = []
    for days in (0, 28, 31):
        clock.ahead = days * 24 * 3600
        counts.append(len((await table(stage, ""))[1]) - 1)

    assert counts == [1, 1, 0]


async def test_statistics_are_a_table_by_what_is_asked_for(stage: Stage, clock: Clock) -> None:
    ticket = await stage.opened()
    await AgentDesk(stage.desk, stage.store).claim(AGENT, ticket)
    await stage.answered(ticket)
    await stage.opened("=cmd")

    async def read(query: str) -> list[dict[str, str]]:
        async with stage.http.get(f"{TABLE}{query}", headers=headers("sam", **STAFF)) as answer:
            assert answer.status == 200
            return list(csv.DictReader(io.StringIO((await answer.read()).decode("utf-8-sig"))))

    today = datetime.fromtimestamp(clock.seconds, UTC).strftime("%Y-%m-%d")
    assert [(it["day"], it["tickets"], it["open"], it["pending"]) for it in await read("")] == [
        (today, "2", "1", "1")
    ]
    assert [(it["level"], it["tickets"]) for it in await read("?by=level")] == [("NORMAL", "2")]
    assert [(it["form"], it["tickets"]) for it in await read("?by=form")] == [("support", "2")]
    assert [(it["agent"], it["tickets"]) for it in await read("?by=agent")] == [
        ("", "1"),
        ("Sam of Support", "1"),
    ]
    assert (await stage.ask("GET", f"{TABLE}?by=shoe", "sam", claims=STAFF)).status == 400


async def test_statistics_are_read_anew_once_somebody_says_so(stage: Stage) -> None:
    await stage.opened()
    counts = [(await stage.ask("GET", STATS, "sam", claims=STAFF)).json["count"]]
    await stage.opened()

    refused = await stage.ask("POST", f"{STATS}/refresh")
    counts.append((await stage.ask("GET", STATS, "sam", claims=STAFF)).json["count"])
    taken = await stage.ask("POST", f"{STATS}/refresh", "sam", claims=STAFF)
    counts.append((await stage.ask("GET", STATS, "sam", claims=STAFF)).json["count"])

    assert (refused.status, taken.status) == (403, 204)
    assert counts == [1, 1, 2]


@pytest.mark.parametrize(
    "query", ["", "from=0001-01-01&to=9999-12-31", "from=99999999999", "from=2026-11-21&to=0"]
)
async def test_every_span_that_is_told_is_taken(stage: Stage, query: str) -> None:
    for path in (CSV, TABLE, STATS, f"{STATS}/daily"):
        assert (await stage.ask("GET", f"{path}?{query}", "sam", claims=STAFF)).status == 200


@pytest.mark.parametrize(
    "query",
    [
        *("from=yesterday", "to=2026-13-01", "to=2026-02-30", "from=0000-01-01", "from=-1", "to=1_0"),
        *("to=", "from=%20 1", "from=1.5", "to=999999999999"),
    ],
)
async def test_wrong_spans_are_400(stage: Stage, query: str) -> None:
    for path in (CSV, TABLE, STATS, f"{STATS}/daily"):
        answer = await stage.ask("GET", f"{path}?{query}", "sam", claims=STAFF)
        assert answer.status == 400
        assert answer.json["errors"][0]["location"] == f"query.{query.partition('=')[0]}"


async def test_statistics_are_told_by_level_team_and_agent(stage: Stage, clock: Clock) -> None:
    ticket = await stage.opened()
    await AgentDesk(stage.desk, stage.store).claim(AGENT, ticket)
    clock.ahead = 60
    await stage.answered(ticket)
    clock.ahead = 120
    await stage.desk.close(AGENT, ticket, Status.RESOLVED)
    await stage.opened()

    stats = (await stage.ask("GET", STATS, "sam", claims=STAFF)).json
    days = (await stage.ask("GET", f"{STATS}/daily", "sam", claims=STAFF)).json

    assert (stats["count"], stats["statuses"]["OPEN"], stats["statuses"]["RESOLVED"]) == (2, 1, 1)
    assert stats["first_response"]["count"] == 1
    assert stats["first_response"]["median"] == pytest.approx(60, abs=3)
    assert stats["resolution"]["p90"] == pytest.approx(120, abs=3)
    assert stats["levels"]["NORMAL"]["count"] == stats["teams"]["GENERAL"]["count"] == 2
    assert [(it["agent"], it["count"]) for it in stats["agents"]] == [
        (None, 1),
        ({"id": "77", "name": "Sam of Support"}, 1),
    ]
    assert sum(it["count"] for it in days) == 2


async def test_median_and_p90_are_those_of_all_that_took_its_time(stage: Stage, clock: Clock) -> None:
    took = [10, 400, 90, 3_000, 20, 777, 60]
    begun = clock.ahead
    for seconds in took:
        clock.ahead = begun
        ticket = await stage.opened()
        clock.ahead = begun + seconds
        await stage.answered(ticket)

    told = (await stage.ask("GET", STATS, "sam", claims=STAFF)).json

    for figures in (told, told["levels"]["NORMAL"], told["teams"]["GENERAL"], told["agents"][0]):
        spread = figures["first_response"]
        assert spread["count"] == len(took)
        assert spread["median"] == pytest.approx(statistics.median(took), abs=2)
        assert spread["p90"] == pytest.approx(statistics.quantiles(took, n=10, method="inclusive")[8], abs=2)


async def test_statistics_are_read_once_a_minute(stage: Stage, clock: Clock) -> None:
    day = datetime.fromtimestamp(clock.seconds, UTC).date()
    path = f"{STATS}?from=2020-01-01&to={day + timedelta(days=2)}"
    await stage.opened()

    counts = []
    for _ in range(2):
        counts.append((await stage.ask("GET", path, "sam", claims=STAFF)).json["count"])
        await stage.opened()
    clock.ahead += 61
    counts.append((await stage.ask("GET", path, "sam", claims=STAFF)).json["count"])

    assert counts == [1, 1, 3]
