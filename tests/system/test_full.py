"""Discord full: tickets are accepted, wait in order, say so, and open as places free up."""

import re

import pytest

from chaos.house import House, until

pytestmark = pytest.mark.slow


async def test_a_full_category_gets_another_beside_it(house: House) -> None:
    await house.limits(per_category=2)
    tickets = [await house.customer(f"user{n}").open() for n in range(5)]

    for ticket in tickets:
        await house.channel_of(ticket)

    parents = {it["parent_id"] for it in await house.channels() if it["name"].startswith("ticket-")}
    names = {it["name"] for it in await house.channels() if it["id"] in parents}
    assert len(parents) == 3
    general = next(it for it in await house.channels() if it["id"] == house.discord["categories"]["general"])
    assert names == {general["name"], f"{general['name']} 2", f"{general['name']} 3"}


async def test_in_a_full_guild_tickets_wait_and_open_in_order_of_level(house: House) -> None:
    first = await house.customer("first").open()
    channel = await house.channel_of(first)
    await house.limits(per_guild=len(await house.channels()))

    calm = await house.customer("calm").open()
    urgent = await house.customer("urgent").open(issue_level="URGENT")
    critical = await house.customer("critical").open(issue_level="CRITICAL")
    await house.customer("critical").post(critical, "while waiting")

    positions = {}
    for name, ticket in (("calm", calm), ("urgent", urgent), ("critical", critical)):
        _, seen = await house.customer(name).ask("GET", f"/tickets/{ticket['id']}")
        assert seen["discord"]["state"] == "queued"
        positions[name] = seen["discord"]["queue_position"]
    assert positions == {"critical": 1, "urgent": 2, "calm": 3}

    await house.somebody("ada").command(house.discord["guild_id"], channel, "close")
    opened = await house.channel_of(critical)
    await house.hears(opened, ["while waiting"])
    names = {it["name"] for it in await house.channels()}
    assert f"ticket-{urgent['number']:04}" not in names
    assert f"ticket-{calm['number']:04}" not in names

    await house.somebody("ada").command(house.discord["guild_id"], opened, "close", anyway=True)
    await house.channel_of(urgent)


async def test_a_noisy_ticket_does_not_hold_up_a_critical_one(house: House) -> None:
    noisy = house.customer("noisy")
    ticket = await noisy.open()
    channel = await house.channel_of(ticket)
    await house.limits(on=True)
    for number in range(60):
        await noisy.post(ticket, f"{number}")

    critical = await house.customer("critical").open(issue_level="CRITICAL")
    await house.channel_of(critical)

    assert len(await house.said_by_requesters(channel)) < 60
    await house.limits(on=False)

    async def all_there() -> bool:
        return await house.said_by_requesters(channel) == [str(number) for number in range(60)]

    await until(all_there, 60)


async def test_what_was_posted_while_waiting_for_a_place_arrives_in_order(house: House) -> None:
    first = await house.customer("first").open()
    channel = await house.channel_of(first)
    await house.limits(per_guild=len(await house.channels()))
    casey = house.customer("casey")
    ticket = await casey.open()
    words = [f"{number}" for number in range(30)]
    for word in words:
        await casey.post(ticket, word)
    _, waiting = await casey.ask("GET", f"/tickets/{ticket['id']}")
    assert waiting["discord"]["state"] == "queued"

    await house.somebody("ada").command(house.discord["guild_id"], channel, "close")

    await house.hears(await house.channel_of(ticket), words)


@pytest.mark.parametrize(
    "limit",
    [
        pytest.param({"overall": [2, 1.0]}, id="a global limit"),
        pytest.param({"webhooks": [1, 1.0]}, id="webhooks", marks=pytest.mark.slow),
        pytest.param({"others": [1, 1.0]}, id="channels and pins", marks=pytest.mark.slow),
        pytest.param({"messages": [1, 1.0]}, id="messages"),
    ],
)
async def test_under_limits_of_all_kinds_everything_arrives_once(
    house: House, limit: dict[str, object]
) -> None:
    await house.limits(on=True, **limit)
    casey = house.customer()
    ticket, other = await casey.open(), await casey.open(issue_level="CRITICAL")
    for word in ("one", "two", "three"):
        await casey.post(ticket, word)

    channel = await house.channel_of(ticket)
    await house.channel_of(other)

    await until(lambda: _reads(house, channel, ["one", "two", "three"]), 40)


async def test_429s_out_of_turn_double_and_lose_nothing(house: House) -> None:
    casey = house.customer()
    ticket = await casey.open()
    channel = await house.channel_of(ticket)
    await house.fault(method="POST", path=r"/webhooks", count=7, status=429, retry_after=0.3)

    for word in ("one", "two", "three"):
        await casey.post(ticket, word)

    await until(lambda: _reads(house, channel, ["one", "two", "three"]), 40)
    await house.hears_once(channel, ["one", "two", "three"])


async def _reads(house: House, channel: str, words: list[str]) -> bool:
    return await house.said_by_requesters(channel) == words


async def names_of_tickets(house: House) -> list[str]:
    """By the age of their channels."""
    there = sorted(await house.channels(), key=lambda it: int(it["id"]))
    return [it["name"] for it in there if it["name"].startswith("ticket-")]


async def test_who_has_a_channel_is_not_held_up_by_those_who_wait_for_one(house: House) -> None:
    first = house.customer("first")
    ticket = await first.open()
    channel = await house.channel_of(ticket)
    await house.limits(on=True)
    for number in range(40):
        await house.customer(f"user{number}").open()

    await first.post(ticket, "Still here?")
    await house.hears(channel, ["Still here?"])

    assert len(await names_of_tickets(house)) < 30
    await house.limits(on=False)


async def test_whoever_waits_for_a_channel_comes_in_turn_also_after_a_crash(house: House) -> None:
    await house.limits(on=True, others=[2, 1.0])
    levels = ["NORMAL", "URGENT", "CRITICAL"] * 4
    tickets = [await house.customer(f"user{n}").open(issue_level=it) for n, it in enumerate(levels)]

    await house.kill_guildesk()
    before = await names_of_tickets(house)
    await house.start_guildesk()

    for ticket in tickets:
        await house.channel_of(ticket)
    calm = {f"ticket-{it['number']:04}" for it in tickets if it["issue_level"] == "NORMAL"} - set(before)
    since = (await names_of_tickets(house))[len(before) :]
    assert len(since) >= 6
    assert calm.isdisjoint(since[: -len(calm) - 2])  # two more may be asking at the same time
    await house.limits(on=False)


async def test_nothing_is_ever_renamed(house: House) -> None:
    """Discord takes two new names or topics of a channel in ten minutes; further ones hang."""
    before = await house.requests_so_far()
    casey, agent, ada = house.customer(), house.agent(), house.somebody("ada")
    ticket = await casey.open()
    channel = await house.channel_of(ticket)
    await ada.write(channel, "Hello")
    await casey.post(ticket, "Hello")
    await agent.ask("PATCH", f"/tickets/{ticket['id']}", {"topic": "Another topic", "issue_level": "URGENT"})
    await ada.command(house.discord["guild_id"], channel, "claim")
    await ada.command(house.discord["guild_id"], channel, "close", anyway=True)
    await until(lambda: house.is_removed(channel))

    changes = [it for it in await house.requests_since(before) if it["method"] == "PATCH"]
    of_channels = [it for it in changes if re.fullmatch(r"/channels/\d+", it["path"])]
    assert len(of_channels) == 1  # the move to the level's category


async def test_whose_channel_cannot_be_made_holds_up_nobody_behind(house: House) -> None:
    first = await house.customer("first").open()
    channel = await house.channel_of(first)
    await house.limits(per_guild=len(await house.channels()))
    tickets = [await house.customer(f"user{number}").open() for number in range(5)]
    await house.fault(method="POST", path=r"/guilds/\d+/channels", count=3, status=403)
    await house.limits(per_guild=500)

    await house.somebody("ada").command(house.discord["guild_id"], channel, "close")

    refused, *_, fourth, fifth = [int(await house.channel_of(ticket)) for ticket in tickets]
    assert max(fourth, fifth) < refused, "ids of channels tell which was made first"
