"""What staff plans in Discord, and what comes of it when the time comes."""

import time
from pathlib import Path

from tests.answers import told
from tests.cards import card_in, texts
from tests.office import CASEY, Office, office
from tests.waiting import until
from tickets.desks.time_desk import TimeDesk
from tickets.model import Status
from tickets.timekeeping import Patience


def lines(desk_office: Office, channel: object) -> list[str]:
    return [it["content"] for it in desk_office.ever_posted(channel)]  # type: ignore[arg-type]


async def test_a_ticket_is_put_aside_and_taken_up_again(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]

    aside = told(await agent.slash(channel, "snooze", time="2h"))
    await desk_office.shown()
    queue = told(await agent.slash(desk_office.transcripts, "queue"))
    snoozed = await desk_office.fresh(ticket)
    again = told(await agent.slash(channel, "unsnooze"))
    twice = told(await agent.slash(channel, "unsnooze"))
    await desk_office.shown()
    await agent.slash(channel, "close")
    closed = told(await agent.slash(channel, "unsnooze"))
    await desk_office.shown()

    assert snoozed.snoozed_until is not None
    assert abs(snoozed.snoozed_until - (time.time() + 7200) * 1000) < 60_000
    assert aside.startswith(f"Aside until <t:{snoozed.snoozed_until // 1000}:f>")
    assert queue == "No ticket that you can see waits for staff."
    assert again == "Ticket 1 is taken up again."
    assert twice == "Ticket 1 is not put aside."
    assert closed.startswith("Ticket 1 is closed.")
    said = lines(desk_office, channel)
    assert any(it.startswith(r"general\-agent put this ticket aside until <t:") for it in said)
    assert r"general\-agent took this ticket up again." in said


async def test_the_card_shows_what_is_planned(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]
    await desk_office.by_hand(agent.send(channel, "Is it plugged in?"))
    await agent.slash(channel, "ask-close")
    await agent.slash(channel, "close", **{"in": "1d"})
    await agent.slash(channel, "snooze")
    await desk_office.shown()

    state = texts(card_in(channel))[1]
    now = await desk_office.fresh(ticket)
    assert now.closes_at is not None
    assert "aside until the requester writes" in state
    assert desk_office.ever_posted(channel)[-1]["content"].endswith(
        "put this ticket aside until the requester writes."
    )
    assert f"closes <t:{now.closes_at // 1000}:R>" in state
    assert "asked to close <t:" in state


async def test_a_requester_is_asked_once_staff_has_posted(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]
    early = told(await agent.slash(channel, "ask-close"))
    await desk_office.by_hand(agent.send(channel, "Is it plugged in?"))

    asked = told(await agent.slash(channel, "ask-close"))
    twice = told(await agent.slash(channel, "ask-close"))
    await TimeDesk(desk_office.desk, lambda: 0).answer_close(CASEY, ticket.id, accept=False)
    await desk_office.shown()

    assert early == "This is not possible here: staff has not posted a message yet."
    assert asked == "The requester is asked. If they agree, the ticket is resolved."
    assert twice == "The requester of ticket 1 is asked already whether it can be closed."
    said = lines(desk_office, channel)
    assert r"general\-agent asked the requester whether this ticket can be closed." in said
    assert "Casey says that this is not done." in said


async def test_a_closing_is_planned_in_words_that_make_sense(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]

    vague = told(await agent.slash(channel, "close", **{"in": "soon"}))
    both = told(await agent.slash(channel, "close", outcome="RESOLVED", **{"in": "2h"}))
    past = told(await agent.slash(channel, "close", **{"in": "0m"}))
    done = told(await agent.slash(channel, "close", reason="All is well", **{"in": "2h"}))
    await desk_office.shown()

    planned = await desk_office.fresh(ticket)
    assert planned.closes_at is not None
    assert vague.startswith("Give a time like")
    assert both.startswith("Leave the outcome out: what is closed later is resolved if staff has posted")
    assert past == "Give a time in the future, at most a year from now."
    assert done.startswith(f"This ticket is closed <t:{planned.closes_at // 1000}:R>")
    assert any(
        it.startswith(r"general\-agent closes this ticket <t:") and it.endswith(": All is well")
        for it in lines(desk_office, channel)
    )


async def test_silence_is_noticed_while_the_program_runs(tmp_path: Path) -> None:
    patience = Patience(before_reminder=1, before_closing=2_000)
    async with office(tmp_path, patience=patience) as desk_office:
        ticket, channel = await desk_office.open()
        await desk_office.by_hand(desk_office.people["general"].send(channel, "Is it plugged in?"))

        async def is_closed() -> bool:
            return (await desk_office.fresh(ticket)).is_closed

        await until(is_closed)
        await desk_office.shown()

        closed = await desk_office.fresh(ticket)
        said = lines(desk_office, channel)
        assert closed.status is Status.RESOLVED
        assert [it for it in said if it.startswith("We have not heard from you")]
        assert [it for it in said if it.startswith("Closed as Resolved by Guildesk")]
