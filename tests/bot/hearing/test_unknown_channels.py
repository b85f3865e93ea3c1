"""What staff writes in a channel that was made while the store was away, and is not known yet."""

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.office import CASEY, Office
from tests.waiting import until
from tickets.desks.ticket_desk import NewTicket

AWAY = "CREATE TRIGGER away BEFORE INSERT ON channels BEGIN INSERT INTO what_is_not_there VALUES (1); END"
BACK = "DROP TRIGGER away"


async def test_what_is_written_before_the_store_knows_the_channel_comes_first(
    desk_office: Office, tmp_path: Path
) -> None:
    def tell(statement: str) -> None:
        with closing(sqlite3.connect(tmp_path / "guildesk.sqlite3", isolation_level=None, timeout=10)) as it:
            it.execute(statement)

    tell(AWAY)
    ticket = await desk_office.desk.open(CASEY, NewTicket(topic="It hurts", description="Everywhere."))
    await until(lambda: "ticket-0001" in desk_office.guild.channels)
    channel = desk_office.guild.channels["ticket-0001"]
    agent = desk_office.people["general"]
    for words in ("first", "second"):
        await agent.send(channel, words)
        await desk_office.env.settle()
        await desk_office.inbox.idle()
    tell(BACK)
    await desk_office.shown()
    await agent.send(channel, "third")
    await desk_office.taken()

    assert [it.content for it in await desk_office.messages(ticket)] == ["first", "second", "third"]
