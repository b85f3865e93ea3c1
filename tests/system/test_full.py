"""Discord full: tickets are accepted, wait in order, say so, and open as places free up."""

from chaos.house import House, until


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

    await house.somebody("ada").command(house.discord["guild_id"], opened, "close")
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
