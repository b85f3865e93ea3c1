"""The log says who did what to a ticket, and nothing that people wrote."""

import logging
from pathlib import Path

import pytest

from bot.program.journal import journaled
from tests.new_stores import open_new_sqlite
from tests.office import CASEY, now
from tickets.desks.ticket_desk import Desk, NewTicket, Said
from tickets.model import Caller, IssueLevel, Person, Status, UserKey, UserRole
from tickets.policy import Rules

ADA = Caller(Person(UserKey("discord", "81"), "Ada", UserRole.ADMIN))


async def test_each_change_of_a_ticket_is_a_line_with_who_did_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "bot.program.journal")
    async with open_new_sqlite(tmp_path, now) as store:
        desk = Desk(journaled(store), now, Rules())
        ticket = await desk.open(CASEY, NewTicket(topic="My password is swordfish", description="Help!"))
        await desk.post(CASEY, ticket.id, Said("swordfish"))
        await desk.change(ADA, ticket.id, {"assignee": str(ADA.key), "topic": "swordfish"})
        await desk.change(ADA, ticket.id, {"issue_level": IssueLevel.URGENT})
        await desk.change(ADA, ticket.id, {"metadata.swordfish": "swordfish"})
        await desk.close(ADA, ticket.id, Status.UNRESOLVED, reason="swordfish")

    assert [record.getMessage() for record in caplog.records] == [
        "ticket 1: default/casey opened the ticket",
        "ticket 1: discord/81 changed the assignee from none to discord/81",
        "ticket 1: discord/81 changed the topic",
        "ticket 1: discord/81 changed the issue level from NORMAL to URGENT",
        "ticket 1: discord/81 changed the metadata",
        "ticket 1: discord/81 closed the ticket as UNRESOLVED",
    ]


async def test_what_a_leader_appends_is_told_as_well_and_an_id_forges_no_line(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "bot.program.journal")
    eve = Caller(Person(UserKey("default", "eve\nticket 2: opened"), "Eve", UserRole.CUSTOMER))
    async with open_new_sqlite(tmp_path, now) as store:
        term = await store.lease.acquire("one", await store.lease.observe())
        assert term is not None
        async with journaled(store).lead(term) as leading:
            await Desk(leading, now, Rules()).open(eve, NewTicket(topic="It broke", description="In two."))

    assert [record.getMessage() for record in caplog.records] == [
        "ticket 1: default/eve%0Aticket%202:%20opened opened the ticket"
    ]
