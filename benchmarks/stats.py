"""Statistics of a million tickets that were opened over three years."""

from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from itertools import count, islice
from statistics import median
from typing import Final

from benchmarks.cores import processor_seconds
from benchmarks.figures import Figure
from benchmarks.histories import DAY, MINUTE, opened_at
from benchmarks.http_load import Connection, connect, request
from benchmarks.lists import APART, page_of_desk
from benchmarks.options import Options
from benchmarks.pages import MANY, PATIENCE, SETTINGS, kept, signed_in
from benchmarks.programs import guildesk, no_discord, process, token_of
from demo.processes import free_port
from tickets.model import Millis

ASKED: Final = 20
"""Times in a round."""
MOST_MS: Final = 100
_STAFF: Final = token_of("agent", "AGENT")
Ask = Callable[[int], bytes]
"""The nth request; none is like another."""


async def run(options: Options) -> list[Figure]:
    """Each time of a span that ends a minute earlier, so that nothing is told that was read before; its first
    and last day are parts of days, as they are for whoever names no span. Processor time, since the time on
    the clock depends on what else the machine does. The page of figures is asked for once, by one visitor."""
    tickets = options.count(MANY, small=50_000, tiny=2_000)
    asked = options.count(ASKED, small=ASKED, tiny=2)
    folder = await kept(tickets)
    figures = []
    async with AsyncExitStack() as stack:
        port = free_port()
        program = guildesk(folder, no_discord(), port, connected=False, stamps=None, **SETTINGS)
        program.patience = PATIENCE
        running = await stack.enter_async_context(process(program, measured=True))
        connection = await connect(port)
        for name, ask in _asks(tickets).items():
            asks = map(ask, count(1))
            rounds = [await _asked(connection, running.pid, asks, asked) for _ in range(options.rounds(3))]
            used, waited = (median(it) for it in zip(*rounds, strict=True))
            print(f"  {name}: {used:.0f} ms of processor, {waited:.0f} ms on the clock", flush=True)
            title = f"stats: {name} of {tickets:,} tickets, of processor"
            figures.append(Figure(name=title, value=used, unit="ms", target=MOST_MS))
        figures.append(await _page(connection, running.pid, await signed_in(port), tickets))
        connection.close()
    return figures


def _asks(tickets: int) -> dict[str, Ask]:
    first, last = opened_at(1, APART), opened_at(tickets, APART)
    spans = {"30 days": 30 * DAY, "a year": 365 * DAY, "all of it": last - first}
    asks = {name: _of("/stats", last, length) for name, length in spans.items()}
    return {
        **asks,
        "30 days, day by day,": _of("/stats/daily", last, 30 * DAY),
        "a table of 30 days, by agent,": _of("/reports/stats.csv", last, 30 * DAY, "&by=agent"),
        "how feedback was,": lambda _: request("GET", "/api/v1/feedback/stats", _STAFF),
    }


def _of(path: str, last: Millis, length: Millis, more: str = "") -> Ask:
    def ask(number: int) -> bytes:
        until = last - number * MINUTE
        span = f"?from={(until - length) // 1000}&to={until // 1000}{more}"
        return request("GET", f"/api/v1{path}{span}", _STAFF)

    return ask


async def _page(connection: Connection, pid: int, cookie: str, tickets: int) -> Figure:
    """The dashboard of the last year. Eight months of it have tickets: the store ends before today."""
    ask = iter([page_of_desk(cookie, "/desk/figures?days=365")])
    used, waited = await _asked(connection, pid, ask, 1)
    print(f"  the dashboard: {used:.0f} ms of processor, {waited:.0f} ms on the clock", flush=True)
    title = f"stats: the dashboard over {tickets:,} tickets, of processor"
    return Figure(name=title, value=used, unit="ms")


async def _asked(connection: Connection, pid: int, asks: Iterator[bytes], times: int) -> tuple[float, float]:
    """Milliseconds of processor for one answer, and on the clock."""
    waited = []
    before = processor_seconds(pid)
    for ask in islice(asks, times):
        answer = await connection.ask(ask)
        assert answer.status == 200, answer
        waited.append(answer.seconds * 1000)
    return (processor_seconds(pid) - before) * 1000 / times, median(waited)
