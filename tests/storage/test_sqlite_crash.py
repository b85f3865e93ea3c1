"""What was acknowledged survives a kill."""

import asyncio
import random
import signal
import sys
from pathlib import Path

import pytest

from storage.sqlite.store import open_sqlite
from tests.clocks import Hands
from tickets.events import Event
from tickets.fold import ticket_of
from tickets.fold_messages import messages_of
from tickets.model import TicketId
from tickets.ports.sinks import SinkName
from tickets.ports.store import Store

ROOT = Path(__file__).parents[2]


async def acknowledged_until_killed(folder: Path, at_least: int) -> list[tuple[str, int, str]]:
    """What a process said before it was killed, in the middle of its work."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.storage.appender", str(folder), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert child.stdout is not None
    lines = [await child.stdout.readline() for _ in range(at_least)]
    child.send_signal(signal.SIGKILL)
    lines += (await child.stdout.read()).splitlines(keepends=True)
    await child.wait()
    said = [line.decode().split() for line in lines if line.endswith(b"\n")]
    return [(ticket_id, int(seq), event_id) for ticket_id, seq, event_id in said]


async def events_of(store: Store, ticket_id: TicketId) -> dict[tuple[str, int, str], Event]:
    events = await store.log.events(ticket_id)
    return {(event.ticket_id, event.seq, event.id): event for event in events}


@pytest.mark.parametrize("round_", [0, *(pytest.param(it, marks=pytest.mark.slow) for it in range(1, 5))])
async def test_nothing_acknowledged_is_lost_by_a_kill(tmp_path: Path, round_: int) -> None:
    acknowledged = await acknowledged_until_killed(tmp_path, at_least=random.randint(300, 900))  # noqa: S311

    assert len(acknowledged) >= 300
    async with open_sqlite(tmp_path, Hands()) as store:
        for ticket_id in {TicketId(said[0]) for said in acknowledged}:
            kept = await events_of(store, ticket_id)
            assert {said for said in acknowledged if said[0] == ticket_id} <= kept.keys()
            log = list(kept.values())
            assert [event.seq for event in log] == list(range(1, len(log) + 1))
            assert await store.views.ticket(ticket_id) == ticket_of(log)
            assert await store.views.messages(ticket_id) == list(messages_of(log).values())
            due = await store.backlog.next_due(SinkName.DISCORD, ticket_id, 2**62)
            assert due is not None
            assert due.item.seq == 1
