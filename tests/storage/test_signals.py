"""Signals of other processes: what is old, or not to be understood, or in a broken file, does no harm."""

import asyncio
from pathlib import Path

from storage.codec import SIGNAL
from storage.signals import STALE, overhear
from storage.sqlite.store import open_sqlite
from tests.clocks import NOON, Hands
from tests.waiting import until
from tickets.events import Place
from tickets.model import Actor, AuthorType, TicketId, UserKey
from tickets.ports.signals import Signals, Typing

ANN = UserKey("default", "ann")


def typing(number: int = 1) -> Typing:
    return Typing(TicketId(f"t{number}"), ANN, Actor(AuthorType.REQUESTER, ANN), Place.API)


def test_what_is_old_by_now_or_not_to_be_understood_is_not_told() -> None:
    signals, heard = Signals(), list[Typing]()
    signals.listen(heard.append)
    said = [
        (NOON - STALE - 1, SIGNAL.text(typing(1))),
        (NOON, '{"of": "the future"}'),
        (NOON - STALE, SIGNAL.text(typing(2))),
    ]

    overhear(signals, said, NOON)

    assert heard == [typing(2)]
    assert signals.take_unsent() == []


async def test_a_broken_file_of_whispers_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "whispers.sqlite3").write_bytes(b"no database at all " * 1000)

    async with open_sqlite(tmp_path, Hands()) as one, open_sqlite(tmp_path, Hands()) as other:
        heard: asyncio.Queue[Typing] = asyncio.Queue()
        other.signals.listen(heard.put_nowait)
        one.signals.say(typing())

        assert await asyncio.wait_for(heard.get(), 30) == typing()


async def test_without_a_file_of_whispers_the_store_works_and_with_it_they_are_passed_on(
    tmp_path: Path,
) -> None:
    (tmp_path / "whispers.sqlite3").mkdir()

    async with open_sqlite(tmp_path, Hands()) as one, open_sqlite(tmp_path, Hands()) as other:
        heard: asyncio.Queue[Typing] = asyncio.Queue()
        other.signals.listen(heard.put_nowait)
        await one.check()
        (tmp_path / "whispers.sqlite3").rmdir()

        def is_heard_by_now() -> bool:
            one.signals.say(typing())
            return not heard.empty()

        await until(is_heard_by_now)
    assert heard.get_nowait() == typing()
