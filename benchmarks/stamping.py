"""``python -m benchmarks.stamping FILE run …``: Guildesk, which notes when a message passes each point.

The product knows nothing of it: the methods are wrapped before the program begins, and the stamps are written
to the file when it ends."""

import atexit
import functools
import inspect
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Point:
    """The beginning or the end of a method, and what has been done when it is reached."""

    done: str
    module: str
    method: str
    """With its class, as ``Desk.post``."""
    is_end: bool = False


TO_DISCORD = (
    Point("reading the request, token and limits", "tickets.desks.ticket_desk", "Desk.post"),
    Point("waiting for the writer", "storage.sqlite.appending", "Appending.together"),
    Point("deciding and writing", "storage.sqlite.appending", "Appending.together", is_end=True),
    Point("the commit", "storage.sqlite.writer", "Writer.append", is_end=True),
    Point("answering, and finding what is due", "bot.showing.sink", "DiscordSink.show"),
    Point("reading the ticket and its channel", "bot.showing.outbox", "Outbox.post"),
    Point("reading what was sent and by whom", "bot.showing.outbox", "Outbox._send"),
)
TO_REQUESTER = (
    Point("the event's way: socket, discord.py", "bot.hearing.inbox", "Inbox.on_message"),
    Point("its turn in the channel", "bot.hearing.intake", "Intake.take"),
    Point("reading its words, files and author", "tickets.desks.ticket_desk", "Desk.post"),
    Point("waiting for the writer", "storage.sqlite.appending", "Appending.together"),
    Point("deciding and writing", "storage.sqlite.appending", "Appending.together", is_end=True),
    Point("the commit", "storage.sqlite.writer", "Writer.append", is_end=True),
    Point("reading the feed", "api.live.sockets", "Live._tell"),
    Point("making what is told", "api.live.sockets", "Live._emit"),
)

Stamps = dict[str, list[float]]
"""By method, and by its end: Unix seconds, rising."""


def key_of(point: Point) -> str:
    return f"{point.method} {'ends' if point.is_end else 'begins'}"


def put_stamps(stamps: Stamps) -> None:
    """Wrap the methods of all points, so that each call adds its times."""
    for module, method in sorted({(it.module, it.method) for it in (*TO_DISCORD, *TO_REQUESTER)}):
        class_name, _, name = method.partition(".")
        owner = getattr(import_module(module), class_name)
        begins = stamps.setdefault(f"{method} begins", [])
        ends = stamps.setdefault(f"{method} ends", [])
        setattr(owner, name, _stamped(getattr(owner, name), begins, ends))


def _stamped(work: Callable[..., Any], begins: list[float], ends: list[float]) -> Callable[..., Any]:
    @functools.wraps(work)
    async def later(*args: Any, **more: Any) -> Any:
        begins.append(time.time())
        try:
            return await work(*args, **more)
        finally:
            ends.append(time.time())

    @functools.wraps(work)
    def at_once(*args: Any, **more: Any) -> Any:
        begins.append(time.time())
        try:
            return work(*args, **more)
        finally:
            ends.append(time.time())

    return later if inspect.iscoroutinefunction(work) else at_once


def main() -> None:
    file, stamps = Path(sys.argv.pop(1)), Stamps()
    put_stamps(stamps)
    atexit.register(lambda: file.write_text(json.dumps(stamps)))
    from bot.program import command_line

    command_line.main()


if __name__ == "__main__":
    main()
