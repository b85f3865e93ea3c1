"""Faults come in the order in which they were ordered, with or without the effect of the request."""

import aiohttp
import discord
import pytest

from tests.sandbox.place import Place


async def order(place: Place, **fault: object) -> None:
    reply = await place.tell("POST", "/faults", json=fault)
    assert reply.status == 201, reply.body


async def test_a_status_without_effect(ticket: discord.TextChannel, place: Place) -> None:
    path = f"/channels/{ticket.id}/messages"
    await order(place, method="POST", path=r"/messages$", count=2, status=503)
    statuses = [(await place.ask("bot", "POST", path, json={"content": str(n)})).status for n in range(3)]

    assert statuses == [503, 503, 200]
    assert [m.content async for m in ticket.history()] == ["2"]


async def test_a_502_after_the_effect(ticket: discord.TextChannel, place: Place) -> None:
    await order(place, path=r"/messages$", status=502, cut="after")
    reply = await place.ask("bot", "POST", f"/channels/{ticket.id}/messages", json={"content": "sent"})

    assert (reply.status, reply.body["message"]) == (502, "502: Bad Gateway")
    assert [m.content async for m in ticket.history()] == ["sent"]


@pytest.mark.parametrize(("cut", "sent"), [("before", []), ("after", ["x"])])
async def test_a_broken_connection(
    ticket: discord.TextChannel, place: Place, cut: str, sent: list[str]
) -> None:
    await order(place, method="POST", path=rf"^/channels/{ticket.id}/messages$", cut=cut)

    with pytest.raises(aiohttp.ClientConnectionError):
        await place.ask("bot", "POST", f"/channels/{ticket.id}/messages", json={"content": "x"})
    assert [m.content async for m in ticket.history()] == sent


async def test_an_answer_that_comes_too_late(ticket: discord.TextChannel, place: Place) -> None:
    await order(place, method="POST", path=r"/messages$", delay=30, cut="after")

    with pytest.raises(TimeoutError):
        await place.ask(
            "bot",
            "POST",
            f"/channels/{ticket.id}/messages",
            json={"content": "late"},
            timeout=aiohttp.ClientTimeout(total=0.2),
        )
    assert [m.content async for m in ticket.history()] == ["late"]


async def test_faults_are_listed_and_forgotten(place: Place) -> None:
    await order(place, path="a", status=500)
    await order(place, path="b", status=429, retry_after=3, code=20028)

    listed = (await place.tell("GET", "/faults")).body
    assert [(fault["path"], fault["status"]) for fault in listed] == [("a", 500), ("b", 429)]
    limited = await place.ask("bot", "GET", "/b")
    assert (limited.body["retry_after"], limited.body["code"]) == (3, 20028)
    await place.tell("DELETE", "/faults")
    assert (await place.tell("GET", "/faults")).body == []


async def test_a_fault_that_cannot_be_understood_is_refused(place: Place) -> None:
    for wish in ({"cut": "sideways"}, {"path": "("}, {"when": "now"}):
        assert (await place.tell("POST", "/faults", json=wish)).status == 400


async def test_requests_are_noted_with_their_answers(ticket: discord.TextChannel, place: Place) -> None:
    before = (await place.tell("GET", "/requests")).body["total"]
    await place.say("alice", ticket.id, "x")
    await place.ask("otto", "GET", f"/channels/{ticket.id}")

    seen = (await place.tell("GET", f"/requests?since={before}")).body["requests"]
    assert [(r["method"], r["status"]) for r in seen] == [("POST", 200), ("GET", 403)]
    assert seen[0]["actor"] == place.info["people"]["alice"]["id"]
    only = (await place.tell("GET", f"/requests?since={before}&method=POST&path=messages$")).body["requests"]
    assert [r["n"] for r in only] == [before + 1]


async def test_a_change_wakes_who_waits_for_it(ticket: discord.TextChannel, place: Place) -> None:
    at = (await place.tell("GET", "/changes")).body["at"]
    await place.say("alice", ticket.id, "x")

    assert (await place.tell("GET", f"/changes?since={at}&wait=5")).body["at"] > at
