"""``python -m chaos.outage``: Discord is away for long, and thousands of messages wait for its return.

Half of the time it answers 503 to everything, the other half nobody answers; then it is back, with its rate
limits on. What people post meanwhile, many on one noisy ticket, is timed, and looked for in its channels."""

import argparse
import asyncio
import itertools
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from chaos.house import Customer, House, housed, until

DISCORD_EPOCH = 1_420_070_400
LEVELS = ("NORMAL", "URGENT", "CRITICAL")
WEBHOOK_RATE = 5 / 2.0
"""Messages a second that a webhook may post (Discord: 5 in 2 s)."""
OVERALL_RATE = 50.0
"""Requests a second that Discord allows in all."""
BUSY = 8
"""Posts under way at once, at most."""
PROBES = 2.0
"""Posts a second on quiet tickets while the backlog drains."""


@dataclass(frozen=True)
class Wishes:
    """How long Discord is away, and how many messages and tickets there are. One ticket has ``noisy`` of the
    messages. While Discord is away, a third as many tickets are opened again."""

    minutes: float = 30.0
    messages: int = 10_000
    tickets: int = 45
    noisy: int = 1_000


@dataclass
class Line:
    """One ticket, and what was said on it: the words, and when they were posted."""

    customer: Customer
    ticket: dict[str, Any]
    level: str
    channel: str = ""
    said: list[tuple[str, float]] = field(default_factory=list)
    shown: dict[str, float] = field(default_factory=dict)
    """When each word came to Discord, by Discord's clock."""


@dataclass
class Course:
    """What was measured; times are seconds."""

    usual: list[float] = field(default_factory=list)
    """How long accepting took while Discord was there."""
    meanwhile: list[float] = field(default_factory=list)
    """The same while it was away."""
    draining: list[float] = field(default_factory=list)
    """The same while the backlog drained."""
    waited: list[float] = field(default_factory=list)
    """How long what was posted then took to be seen in Discord."""
    waiting: int = 0
    returned_at: float = 0.0
    connected: float = 0.0
    first: float = 0.0
    drained: float = 0.0
    least: float = 0.0
    done: dict[str, float] = field(default_factory=dict)
    """When the last quiet ticket of a level was whole, and the noisy one, after Discord's return."""
    opened: dict[str, list[float]] = field(default_factory=dict)
    """When tickets got their channels that were opened while Discord was away."""
    wrong: list[str] = field(default_factory=list)


class Outage:
    """One outage, in one house."""

    def __init__(self, house: House, wishes: Wishes) -> None:
        self._house = house
        self._wishes = wishes
        self._lines: list[Line] = []
        self._numbers = itertools.count(1)
        self.course = Course()

    async def play(self) -> Course:
        """From the first ticket until nothing waits any more."""
        wishes, course = self._wishes, self.course
        await self._open(wishes.tickets)
        course.usual = await self._post(self._spread(wishes.messages // 20), self._pace)
        await until(self._is_drained, 600)
        await self._away()
        course.waiting = len(self._house.backlog())
        await self._return()
        await self._drain()
        await self._look()
        return course

    @property
    def _pace(self) -> float:
        """Posts a second; 0 for as fast as can be."""
        seconds = self._wishes.minutes * 60
        return self._wishes.messages / seconds if seconds else 0.0

    async def _open(self, count: int) -> None:
        for place in range(count):
            level = LEVELS[place % 3]
            customer = self._house.customer(f"user{len(self._lines)}")
            ticket = await customer.open(issue_level=level)
            self._lines.append(Line(customer, ticket, level))

    def _spread(self, count: int) -> Iterator[Line]:
        """Whose turn it is: the first ticket is the noisy one."""
        noisy = max(1, round(self._wishes.messages / max(self._wishes.noisy, 1)))
        for number in range(count):
            yield self._lines[0 if number % noisy == 0 else 1 + number % (len(self._lines) - 1)]

    async def _post(self, lines: Iterator[Line], pace: float) -> list[float]:
        """How long each post took. Each ticket's are posted one after the other."""
        took: list[float] = []
        turns = asyncio.Semaphore(BUSY)
        order = {id(line): asyncio.Lock() for line in self._lines}
        started = time.monotonic()
        async with asyncio.TaskGroup() as tasks:
            for number, line in enumerate(lines):
                if pace:
                    await asyncio.sleep(max(0.0, started + number / pace - time.monotonic()))
                await turns.acquire()
                posting = tasks.create_task(self._say(line, took, order[id(line)]))
                posting.add_done_callback(lambda _: turns.release())
        return took

    async def _say(self, line: Line, took: list[float], turn: asyncio.Lock) -> None:
        async with turn:
            word = f"word {next(self._numbers)}"
            started = time.monotonic()
            await line.customer.post(line.ticket, word)
            took.append(time.monotonic() - started)
            line.said.append((word, time.time() - took[-1]))

    async def _away(self) -> None:
        wishes = self._wishes
        await self._house.fault(method="*", path="", count=10**9, status=503)
        await self._house.gateway("down")
        first = self._post(self._spread(wishes.messages // 2), self._pace)
        self.course.meanwhile += await first
        await self._house.kill_sandbox()
        await self._open(wishes.tickets // 3)
        rest = wishes.messages - wishes.messages // 2
        self.course.meanwhile += await self._post(self._spread(rest), self._pace)

    async def _return(self) -> None:
        await self._house.start_sandbox()
        self.course.returned_at = time.time()
        await self._house.limits(on=True)
        await until(self._house.is_ready, 120)
        self.course.connected = time.time() - self.course.returned_at

    async def _drain(self) -> None:
        """Until nothing waits; meanwhile people go on to post, on quiet tickets."""
        draining = asyncio.create_task(self._probe())
        await until(self._is_nearly_drained, 3600)
        draining.cancel()
        with suppress(asyncio.CancelledError):
            await draining
        await until(self._is_drained, 600)

    async def _probe(self) -> None:
        order = asyncio.Lock()
        for line in itertools.cycle(self._lines[1 : self._wishes.tickets]):
            await asyncio.shield(self._say(line, self.course.draining, order))
            await asyncio.sleep(1 / PROBES)

    async def _is_nearly_drained(self) -> bool:
        await asyncio.sleep(0.2)
        return len(self._house.backlog()) <= BUSY

    async def _is_drained(self) -> bool:
        await asyncio.sleep(0.1)
        return not self._house.backlog()

    async def _look(self) -> None:
        """What came, when and in which order."""
        channels = {it["name"]: it["id"] for it in await self._house.channels()}
        for line in self._lines:
            line.channel = channels[f"ticket-{line.ticket['number']:04}"]
            history = await self._history(line.channel)
            words = [it["content"] for it in history if it.get("webhook_id")]
            line.shown = {it["content"]: _moment(it["id"]) for it in history}
            if words != [word for word, _ in line.said]:
                self.course.wrong.append(f"ticket {line.ticket['number']}: {len(words)} of {len(line.said)}")
        _reckon(self.course, self._lines, self._wishes.tickets)

    async def _history(self, channel: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        reader = self._house.somebody("olive")
        while True:
            before = f"&before={found[0]['id']}" if found else ""
            page = await reader.ask("GET", f"/channels/{channel}/messages?limit=100{before}")
            found = [*reversed(page), *found]
            if len(page) < 100:
                return found


def _reckon(course: Course, lines: Sequence[Line], opened_before: int) -> None:
    """Times after the return, and the least that Discord's limits allow for what was waiting then."""
    back = course.returned_at
    late = {id(line): [w for w, _ in line.said if line.shown.get(w, 0.0) > back] for line in lines}
    times = sorted(line.shown[word] - back for line in lines for word in late[id(line)])
    course.first, course.drained = times[0], times[-1]
    most = max(len(words) for words in late.values())
    course.least = max(most / WEBHOOK_RATE, len(times) / OVERALL_RATE)
    course.done["the noisy one"] = _last(lines[0], back)
    for level in LEVELS:
        quiet = [line for line in lines[1:opened_before] if line.level == level]
        course.done[level] = max(_last(line, back) for line in quiet)
        new = [line for line in lines[opened_before:] if line.level == level]
        course.opened[level] = sorted(_moment(line.channel) - back for line in new)
    course.waited = [line.shown[w] - at for line in lines[1:] for w, at in line.said if at > back]


def _last(line: Line, back: float) -> float:
    """When all was there that had been posted before the return."""
    return max((line.shown.get(word, 0.0) - back for word, at in line.said if at < back), default=0.0)


def _moment(snowflake: str) -> float:
    return (int(snowflake) >> 22) / 1000 + DISCORD_EPOCH


def told(course: Course) -> str:
    """A table of it, in Markdown."""
    rows = [
        ("waiting when Discord came back, events", f"{course.waiting:,}"),
        ("connected again", f"{course.connected:.1f} s after its return"),
        ("the first waiting message in Discord", f"{course.first:.1f} s"),
        ("the last", f"{course.drained:.0f} s; the limits allow {course.least:.0f} s"),
        *((f"all of the quiet tickets, {level}", f"{course.done[level]:.0f} s") for level in LEVELS[::-1]),
        ("all of the noisy ticket", f"{course.done['the noisy one']:.0f} s"),
        *(
            (f"channels of new tickets, {level}", ", ".join(f"{it:.0f}" for it in course.opened[level]))
            for level in LEVELS[::-1]
        ),
        ("accepting, Discord there: median, p99", _times(course.usual)),
        ("accepting, Discord away", _times(course.meanwhile)),
        ("accepting, backlog draining", _times(course.draining)),
        ("from posting then to Discord: median, p99", _times(course.waited)),
        ("lost, doubled or misordered tickets", f"{len(course.wrong)} {'; '.join(course.wrong[:5])}"),
    ]
    return "\n".join(("| | |", "| --- | --- |", *(f"| {name} | {value} |" for name, value in rows)))


def _times(seconds: Sequence[float]) -> str:
    if len(seconds) < 2:
        return "—"
    return f"{median(seconds) * 1000:.1f} ms, {p99(seconds) * 1000:.1f} ms"


def p99(seconds: Sequence[float]) -> float:
    """The time that 99 of 100 do not exceed."""
    return quantiles(seconds, n=100, method="inclusive")[-1]


async def outage(folder: Path, wishes: Wishes) -> Course:
    """Play one in this folder."""
    folder.mkdir(parents=True, exist_ok=True)
    async with housed(folder, RATE_LIMITS="off", MAX_OPEN_TICKETS="1000000", LOG_LEVEL="WARNING") as house:
        return await Outage(house, wishes).play()


def main(arguments: Sequence[str] | None = None) -> int:
    """0 if everything arrived once and in order, else 1."""
    parser = argparse.ArgumentParser(prog="python -m chaos.outage", description=__doc__)
    usual = Wishes()
    parser.add_argument("--minutes", type=float, default=usual.minutes, help="that Discord is away")
    parser.add_argument("--messages", type=int, default=usual.messages, help="that are posted meanwhile")
    parser.add_argument("--tickets", type=int, default=usual.tickets, help="that are open before")
    parser.add_argument("--noisy", type=int, default=usual.noisy, help="messages of one ticket")
    parser.add_argument("--keep", type=Path, help="keep logs and stores in this directory")
    options = parser.parse_args(arguments)
    wishes = Wishes(options.minutes, options.messages, options.tickets, options.noisy)
    folder = options.keep or Path(tempfile.mkdtemp(prefix="guildesk-outage-"))
    course = asyncio.run(outage(folder.resolve(), wishes))
    print(told(course))
    if options.keep is None:
        shutil.rmtree(folder, ignore_errors=True)
    return 1 if course.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
