"""Requesters' messages are shown once, also where the store fails before it has recorded what was sent."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.bot.showing.test_requesters_files import uploaded
from tests.office import CASEY, Office
from tests.refusing import refusing
from tests.waiting import until
from tickets.desks.ticket_desk import Said
from tickets.model import FileId


@asynccontextmanager
async def links_refused(
    folder: Path, caplog: pytest.LogCaptureFixture, table: str = "links"
) -> AsyncIterator[None]:
    """The store records no links, until the relay has tried twice."""
    before = len(caplog.messages)
    with refusing(folder, table):
        yield
        await until(lambda: sum("the store is away" in it for it in caplog.messages[before:]) >= 2)


LONG = "\n".join(f"{number} {'x' * 100}" for number in range(40))
"""It is shown as three messages."""


@pytest.mark.parametrize(("words", "files"), [("two", 0), ("two", 1), (LONG, 2)])
async def test_what_was_sent_and_not_recorded_is_not_sent_again(
    desk_office: Office, tmp_path: Path, caplog: pytest.LogCaptureFixture, words: str, files: int
) -> None:
    ticket, channel = await desk_office.open()
    await desk_office.say(ticket, "one")
    uploads: list[FileId] = [await uploaded(desk_office, f"{number}.txt") for number in range(files)]

    async with links_refused(tmp_path, caplog):
        await desk_office.desk.post(CASEY, ticket.id, Said(words), uploads=uploads)
    await desk_office.shown()
    await desk_office.say(ticket, "three")

    assert "\n".join(desk_office.ever_said_by_requesters(channel)) == f"one\n{words}\nthree"
    posted = [it["filename"] for sent in desk_office.ever_posted(channel) for it in sent["attachments"]]
    assert posted == [f"{number}.txt" for number in range(files)]
