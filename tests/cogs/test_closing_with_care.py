"""Closing where the requester spoke last, and with a canned answer as the last word."""

import pytest
from simcord import InteractionResult, ResponseMessage

from tests.cards import card_in
from tests.office import Office
from tickets.desks.canned_desk import CannedDesk
from tickets.model import Status, Ticket


def answer_of(result: InteractionResult) -> ResponseMessage:
    shown = [*([result.response] if result.response else []), *result.followups]
    return shown[-1]


def told(result: InteractionResult) -> str:
    return answer_of(result).content


async def status(office: Office, ticket: Ticket) -> Status:
    return (await office.fresh(ticket)).status


async def test_where_the_requester_spoke_last_closing_is_asked_once_more(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]
    await desk_office.say(ticket, "Wait, something else")

    asked = await agent.slash(channel, "close", outcome="UNRESOLVED", reason="Out of *scope*")
    before = await status(desk_office, ticket)
    closed = await agent.click(answer_of(asked), label="Close all the same")

    assert told(asked).startswith("The requester spoke last <t:")
    assert before is Status.OPEN
    assert "is closed as Unresolved" in told(closed)
    fresh = await desk_office.fresh(ticket)
    assert (fresh.status, fresh.close_reason) == (Status.UNRESOLVED, "Out of *scope*")


async def test_the_question_works_after_a_restart_and_knows_what_came_since(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]
    await desk_office.say(ticket, "Wait")
    asked = await agent.slash(channel, "close")

    await desk_office.client.setup_hook()
    await desk_office.say(ticket, "And one more thing")
    again = await agent.click(answer_of(asked), label="Close all the same")
    still = await status(desk_office, ticket)
    await agent.click(answer_of(again), label="Close all the same")

    assert told(again).startswith("The requester spoke last <t:")
    assert still is Status.OPEN
    assert (await status(desk_office, ticket)).is_closed


async def test_the_command_can_say_so_at_once(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    await desk_office.say(ticket, "Wait")

    await desk_office.people["general"].slash(channel, "close", anyway=True)

    assert (await status(desk_office, ticket)).is_closed


@pytest.mark.parametrize("who", ["nobody", "staff", "staff last", "staff made it theirs"])
async def test_else_it_is_closed_at_once(desk_office: Office, who: str) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]
    if who != "nobody":
        await desk_office.by_hand(agent.send(channel, "Hello"))
    if who.startswith("staff "):
        await desk_office.say(ticket, "Thanks")
    if who == "staff last":
        await desk_office.by_hand(agent.send(channel, "Bye"))
    if who == "staff made it theirs":
        await agent.slash(channel, "status", status="PENDING")

    await agent.slash(channel, "close")

    assert (await status(desk_office, ticket)).is_closed


async def test_an_answer_that_is_still_on_its_way_counts(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]
    await desk_office.say(ticket, "Is it done?")
    async with desk_office.deaf("on_message"):
        await agent.send(channel, "Yes")

        await agent.slash(channel, "close")

    assert (await status(desk_office, ticket)) is Status.RESOLVED


async def test_the_form_takes_outcome_reason_and_a_canned_answer(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]
    desk = CannedDesk(desk_office.desk, desk_office.store, lambda: 0)
    await desk.add(desk_office.caller("general"), "bye", "Bye {name}")

    form = await agent.click(card_in(channel), label="Close")
    values = {"outcome": "UNRESOLVED", "reason": "Old", "canned": ["bye"]}
    await agent.submit_modal(form, values)
    await desk_office.shown()

    fresh = await desk_office.fresh(ticket)
    assert (fresh.status, fresh.close_reason) == (Status.UNRESOLVED, "Old")
    assert [it.content for it in await desk_office.messages(ticket)] == ["Bye Casey"]
    assert [it.used for it in await desk_office.store.canned.all()] == [1]


async def test_a_canned_last_word_resolves_what_nobody_had_answered(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]
    desk = CannedDesk(desk_office.desk, desk_office.store, lambda: 0)
    await desk.add(desk_office.caller("general"), "bye", "Bye {name}")

    offered = await agent.autocomplete(channel, "close", "canned", "by")
    await agent.slash(channel, "close", outcome="RESOLVED", canned="bye")
    await desk_office.shown()

    assert [it["value"] for it in offered] == ["bye"]
    assert await status(desk_office, ticket) is Status.RESOLVED
    assert desk_office.ever_said_by_requesters(channel) == ["Bye Casey"]


async def test_nothing_is_sent_before_staff_has_said_to_close_all_the_same(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]
    desk = CannedDesk(desk_office.desk, desk_office.store, lambda: 0)
    await desk.add(desk_office.caller("general"), "bye", "Bye {name}")
    await desk_office.say(ticket, "Wait")

    asked = await agent.slash(channel, "close", canned="bye")
    before = len(await desk_office.messages(ticket))
    for _ in range(2):
        await agent.click(answer_of(asked), label="Close all the same")

    assert before == 1
    assert [it.content for it in await desk_office.messages(ticket)] == ["Wait", "Bye Casey"]
    assert await status(desk_office, ticket) is Status.RESOLVED


async def test_an_unknown_canned_answer_closes_nothing(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]

    refused = [
        await agent.slash(channel, "close", canned="bye"),
        await agent.slash(channel, "close", canned="bye", **{"in": "2h"}),
    ]
    await desk_office.say(ticket, "Wait")  # after which it would be asked once more
    refused.append(await agent.slash(channel, "close", canned="a/b" * 30))

    assert [told(it) for it in refused[:2]] == ["There is no canned answer bye."] * 2
    assert told(refused[2]) == f"There is no canned answer {'a/b' * 30}."
    fresh = await desk_office.fresh(ticket)
    assert (fresh.status, fresh.closes_at) == (Status.OPEN, None)


async def test_what_is_closed_later_gets_its_last_word_now(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]
    desk = CannedDesk(desk_office.desk, desk_office.store, lambda: 0)
    await desk.add(desk_office.caller("general"), "bye", "Bye {name}")

    await agent.slash(channel, "close", canned="bye", **{"in": "54w"})
    nothing = await desk_office.messages(ticket)
    await agent.slash(channel, "close", canned="bye", **{"in": "tomorrow"})

    assert nothing == []
    fresh = await desk_office.fresh(ticket)
    assert fresh.closes_at is not None
    assert [it.content for it in await desk_office.messages(ticket)] == ["Bye Casey"]
