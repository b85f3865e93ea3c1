"""What was read: kept, shown on the ticket, and told to the other side and to nobody else."""

from typing import Any

from api.live import asks as live_asks
from tests.api.stage import AGENT, STAFF, TICKETS, Clock, Ear, Stage, listening, token
from tickets.desks.ticket_desk import Said
from tickets.model import Status
from tickets.ports.store import Store

SAM = token("sam", **STAFF)


async def say_read(ear: Ear, ticket: str, message: str) -> Any:
    return await ear.client.call("read", {"ticket_id": ticket, "message_id": message}, timeout=30)


async def marks(stage: Stage, ticket: str, user: str = "ann") -> Any:
    return (await stage.ask("GET", f"{TICKETS}/{ticket}", user)).json["read"]


async def test_what_the_requester_read_is_told_to_staff_that_watches(store: Store, clock: Clock) -> None:
    async with Stage(store, clock).open(rate_limits=False) as stage:
        ticket = await stage.opened()
        message = await stage.answered(ticket)
        async with (
            listening(stage, auth={"token": token(), "echo": True}) as phone,
            listening(stage, auth={"token": token(), "echo": True}) as desk,
            listening(stage, query=token("bob")) as bob,
            listening(stage, auth={"token": SAM, "watch": ticket}) as sam,
            listening(stage, auth={"token": SAM, "watch": "all"}) as all_of_them,
            listening(stage, query=SAM) as idle,
            listening(stage) as nobody,
        ):
            for ear in (phone, desk, bob, sam, all_of_them, idle):
                await ear.until("authorized")
            assert await say_read(phone, ticket, message) == {"ok": True}
            told = [await ear.until("read") for ear in (sam, all_of_them)]
            quiet = (phone, desk, bob, idle, nobody)
            for ear in quiet:
                await ear.all_heard()
            others = [name for ear in quiet for name in ear.names]

        newest = await stage.newest()
        assert told == [{"ticket_id": ticket, "message_id": message, "event_id": newest}] * 2
        assert "read" not in others
        assert await marks(stage, ticket) == {"requester_seq": 2, "staff_seq": 2}


async def test_a_ticket_tells_how_much_each_side_has_not_seen(stage: Stage) -> None:
    async def unread() -> Any:
        return (await stage.ask("GET", f"{TICKETS}/{ticket}")).json["unread"]

    ticket = await stage.opened()
    await stage.posted(ticket)
    told = [await unread()]
    message = await stage.answered(ticket)
    told.append(await unread())
    async with listening(stage, query=token()) as ann:
        await ann.until("authorized")
        await say_read(ann, ticket, message)
    told.append(await unread())

    assert told == [
        {"requester": 0, "staff": 1},
        {"requester": 1, "staff": 0},
        {"requester": 0, "staff": 0},
    ]


async def test_what_staff_read_is_told_to_the_requester(stage: Stage) -> None:
    ticket = await stage.opened()
    message = await stage.posted(ticket)

    async with (
        listening(stage, query=token()) as ann,
        listening(stage, query=token("bob")) as bob,
        listening(stage, auth={"token": SAM, "watch": "all"}) as sam,
        listening(stage, auth={"token": token("kim", **STAFF), "watch": "all"}) as kim,
    ):
        for ear in (ann, bob, sam, kim):
            await ear.until("authorized")
        assert await say_read(sam, ticket, message) == {"ok": True}
        told = await ann.until("read")
        for ear in (bob, sam, kim):
            await ear.all_heard()
        assert "read" not in [*bob.names, *sam.names, *kim.names]

    assert (told["ticket_id"], told["message_id"]) == (ticket, message)
    assert await marks(stage, ticket) == {"requester_seq": 0, "staff_seq": 2}


async def test_going_back_is_ignored(stage: Stage) -> None:
    ticket = await stage.opened()
    messages = [await stage.answered(ticket, f"Try {n}") for n in range(3)]

    async with (
        listening(stage, query=token()) as ann,
        listening(stage, auth={"token": SAM, "watch": "all"}) as sam,
    ):
        await ann.until("authorized")
        await sam.until("authorized")
        for message in (messages[1], messages[0], messages[1], messages[2]):
            assert (await say_read(ann, ticket, message))["ok"]
        for message in messages:
            assert (await say_read(sam, ticket, message))["ok"]
        told = [(await sam.until("read", count=n))["message_id"] for n in (1, 2)]
        for ear in (sam, ann):
            await ear.all_heard()
        assert told == messages[1:]
        assert sam.names.count("read") == 2
        assert "read" not in ann.names

    assert await marks(stage, ticket) == {"requester_seq": 4, "staff_seq": 4}


async def test_only_messages_of_a_ticket_that_one_may_see(stage: Stage) -> None:
    ticket, other = await stage.opened(), await stage.opened()
    message = await stage.answered(ticket)
    note = (await stage.desk.add_note(AGENT, ticket, Said("Careful"))).id
    await stage.desk.close(AGENT, ticket, Status.UNRESOLVED)

    async with listening(stage) as ear:
        refused = [await say_read(ear, ticket, message)]
        await ear.authorize(token=token("bob"))
        refused.append(await say_read(ear, ticket, message))
        await ear.authorize(token=token())
        refused.append(await say_read(ear, ticket, note))
        refused.append(await say_read(ear, other, message))
        refused.append(await ear.client.call("read", {"ticket_id": ticket}, timeout=30))
        refused.append(await ear.client.call("read", "all", timeout=30))
        assert await say_read(ear, ticket, message) == {"ok": True}

    assert [it["error"] for it in refused] == [
        "not authorized",
        f"There is no ticket {ticket}.",
        f"There is no message {note} in this ticket.",
        f"There is no message {message} in this ticket.",
        "message_id missing",
        "ticket_id missing",
    ]


async def test_who_reads_too_fast_is_limited(store: Store, clock: Clock) -> None:
    async with Stage(store, clock).open() as stage, listening(stage, query=token()) as ear:
        await ear.until("authorized")
        answers = [await say_read(ear, str(n), "m") for n in range(100, 101 + live_asks.READING.amount)]

    assert answers[-2]["error"].startswith("There is no ticket")
    assert "60 per minute" in answers[-1]["error"]


async def test_staff_that_posts_has_read_what_was_there(stage: Stage) -> None:
    ticket = await stage.opened()
    await stage.posted(ticket)
    assert await marks(stage, ticket) == {"requester_seq": 0, "staff_seq": 0}

    await stage.desk.post(AGENT, ticket, Said("I see"))

    assert await marks(stage, ticket) == {"requester_seq": 0, "staff_seq": 3}


async def test_lists_show_what_was_read(stage: Stage) -> None:
    tickets = [await stage.opened() for _ in range(3)]
    message = await stage.answered(tickets[1])
    async with listening(stage, query=token()) as ann:
        await ann.until("authorized")
        await say_read(ann, tickets[1], message)

    shown = {it["id"]: it["read"] for it in (await stage.ask("GET", TICKETS)).json}

    unread = {"requester_seq": 0, "staff_seq": 0}
    assert shown == {
        tickets[0]: unread,
        tickets[1]: {"requester_seq": 2, "staff_seq": 2},
        tickets[2]: unread,
    }
