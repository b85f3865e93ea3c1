"""Who is typing: heard at once by the other side, and by nobody else."""

import pytest

from api.live import asks as live_asks
from tests.api.stage import AGENT, STAFF, Clock, Stage, listening, token
from tickets.desks.ticket_desk import Said
from tickets.events import Place
from tickets.model import Actor, AuthorType, Status, TicketId, UserKey
from tickets.ports.signals import Throttle, Typing
from tickets.ports.store import Store
from tickets.staff_names import StaffName, StaffNames

SAM = token("sam", **STAFF)
ANN = UserKey("default", "ann")


def by_agent(ticket: str) -> Typing:
    """Staff types in Discord."""
    return Typing(TicketId(ticket), ANN, Actor(AuthorType.STAFF, AGENT.key), Place.DISCORD)


async def test_staff_typing_in_discord_is_told_to_the_requester_and_to_who_watches(
    store: Store, clock: Clock
) -> None:
    signals = store.signals
    async with Stage(store, clock).open(rate_limits=False) as stage:
        ticket = await stage.opened()
        await stage.answered(ticket, "Hello")
        async with (
            listening(stage, query=token()) as ann,
            listening(stage, query=token("bob")) as bob,
            listening(stage, auth={"token": SAM, "watch": "all"}) as sam,
            listening(stage, query=SAM) as idle,
            listening(stage) as nobody,
        ):
            for ear in (ann, bob, sam, idle):
                await ear.until("authorized")
            signals.say(by_agent(ticket))
            newest = await stage.newest()
            told = [await ear.until("typing") for ear in (ann, sam)]
            for ear in (bob, idle, nobody):
                await ear.all_heard()
            assert "typing" not in [*bob.names, *idle.names, *nobody.names]

    assert told == [{"ticket_id": ticket, "author_name": "Sam of Support", "event_id": newest}] * 2


async def test_requesters_hear_the_name_of_staff_that_they_may_know(store: Store, clock: Clock) -> None:
    signals = store.signals
    names = StaffNames(StaffName.FIXED, "The team")
    async with Stage(store, clock).open(rate_limits=False, staff_names=names) as stage:
        ticket = await stage.opened()
        async with (
            listening(stage, query=token()) as ann,
            listening(stage, auth={"token": SAM, "watch": "all"}) as sam,
        ):
            await ann.until("authorized")
            await sam.until("authorized")
            await stage.answered(ticket, "Hello")
            signals.say(by_agent(ticket))
            told = [(await ear.until("typing"))["author_name"] for ear in (ann, sam)]
            said = [(await ear.until("message"))["author_name"] for ear in (ann, sam)]

    assert told == said == ["The team", "Sam of Support"]


async def test_a_requester_typing_is_passed_on_once_in_a_while(store: Store, clock: Clock) -> None:
    signals = store.signals
    heard: list[Typing] = []
    signals.listen(heard.append)
    async with Stage(store, clock).open() as stage:
        ticket = await stage.opened()
        async with (
            listening(stage, query=token()) as phone,
            listening(stage, auth={"token": token(), "echo": True}) as desk,
            listening(stage, auth={"token": SAM, "watch": ticket}) as sam,
        ):
            for ear in (phone, desk, sam):
                await ear.until("authorized")
            for _ in range(50):
                assert await phone.client.call("typing", {"ticket_id": ticket}, timeout=30) == {"ok": True}
            newest = await stage.newest()
            told = await sam.until("typing")
            for ear in (sam, phone, desk):
                await ear.all_heard()
            assert (sam.names.count("typing"), phone.names.count("typing"), desk.names.count("typing")) == (
                1,
                0,
                0,
            )

    assert told == {"ticket_id": ticket, "author_name": "Ann", "event_id": newest}
    assert [(it.ticket_id, it.actor, it.place) for it in heard] == [
        (ticket, Actor(AuthorType.REQUESTER, ANN), Place.API)
    ]


async def test_staff_typing_on_a_socket_is_told_to_the_requester(stage: Stage) -> None:
    ticket = await stage.opened()

    async with listening(stage, query=token()) as ann, listening(stage, query=SAM) as sam:
        await ann.until("authorized")
        assert (await sam.client.call("typing", {"ticket_id": ticket}, timeout=30))["ok"]
        assert (await ann.until("typing"))["author_name"] == "Sam"
        assert "typing" not in sam.names


async def test_only_where_one_may_post_now(stage: Stage) -> None:
    ticket, closed = await stage.opened(), await stage.opened()
    await stage.desk.close(AGENT, closed, Status.UNRESOLVED)

    async with listening(stage) as ear:
        answers = [await ear.client.call("typing", {"ticket_id": ticket}, timeout=30)]
        await ear.authorize(token=token("bob"))
        answers.append(await ear.client.call("typing", {"ticket_id": ticket}, timeout=30))
        await ear.authorize(token=token())
        answers.append(await ear.client.call("typing", {"ticket_id": closed}, timeout=30))
        answers.append(await ear.client.call("typing", {}, timeout=30))

    assert [it["error"] for it in answers] == [
        "not authorized",
        f"There is no ticket {ticket}.",
        "Ticket 2 is closed.",
        "ticket_id missing",
    ]


async def test_who_asks_for_too_many_tickets_is_limited(store: Store, clock: Clock) -> None:
    async with Stage(store, clock).open() as stage, listening(stage, query=token()) as ear:
        await ear.until("authorized")
        answers = [
            await ear.client.call("typing", {"ticket_id": str(number)}, timeout=30)
            for number in range(100, 100 + live_asks.TYPING.amount + 1)
        ]

    assert answers[-2]["error"].startswith("There is no ticket")
    assert "30 per minute" in answers[-1]["error"]


async def test_a_client_goes_on_from_the_position_that_came_with_typing(store: Store, clock: Clock) -> None:
    signals = store.signals
    async with Stage(store, clock).open(rate_limits=False) as stage:
        ticket = await stage.opened()
        async with listening(stage, query=token()) as ear:
            await ear.until("authorized")
            signals.say(by_agent(ticket))
            last = (await ear.until("typing"))["event_id"]
        await stage.desk.post(AGENT, ticket, Said("Meanwhile"))
        async with listening(stage, auth={"token": token(), "last_event_id": last}) as ear:
            assert (await ear.until("message"))["content"] == "Meanwhile"
            assert "typing" not in ear.names


@pytest.mark.parametrize("many", [1, 1_000])
def test_a_pace_lets_each_through_once_in_a_while(many: int) -> None:
    now = 0.0
    throttle = Throttle(8, lambda: now)

    assert all(throttle.admits(key) for key in range(many))
    now = 7.9
    assert not any(throttle.admits(key) for key in range(many))
    now = 8.0
    assert all(throttle.admits(key) for key in range(many))
