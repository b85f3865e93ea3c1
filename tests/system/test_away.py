"""What people did in Discord while Guildesk was away is caught up with."""

import asyncio
from contextlib import suppress
from functools import partial
from pathlib import Path

from chaos.house import House, housed, until
from chaos.seen import without_time


async def test_edits_deletions_and_files_are_caught_up(house: House) -> None:
    casey, ada = house.customer(), house.somebody("ada")
    ticket = await casey.open()
    channel = await house.channel_of(ticket)
    sent = [await ada.write(channel, text) for text in ("kept", "tpyo", "slip")]
    await until(lambda: _count(house, ticket, 3))

    await house.kill_guildesk()
    await ada.edit(channel, sent[1]["id"], "typo")
    await ada.delete(channel, sent[2]["id"])
    await ada.send_file(channel, "the plan", "план.txt", b"step one")
    await house.start_guildesk()

    async def caught_up() -> bool:
        return [it["content"] for it in await casey.messages(ticket)] == ["kept", "typo", "", "the plan"]

    await until(caught_up)
    messages = await casey.messages(ticket)
    assert [it["edited"] for it in messages] == [False, True, False, False]
    async with house.session.get(messages[3]["attachments"][0]) as answer:
        assert await answer.read() == b"step one"
    _, files = await casey.ask("GET", f"/tickets/{ticket['id']}/attachments")
    assert [it["name"] for it in files] == ["план.txt"]


async def test_edits_and_deletions_are_caught_up_even_if_the_first_thing_after_is_closing(
    house: House,
) -> None:
    casey, ada = house.customer(), house.somebody("ada")
    tickets = [await casey.open() for _ in range(6)]
    channels = [await house.channel_of(ticket) for ticket in tickets]
    sent = []
    for channel in channels:
        sent.append([await ada.write(channel, text) for text in ("tpyo", "slip")])
    for ticket in tickets:
        await until(partial(_count, house, ticket, 2))

    await house.kill_guildesk()
    for channel, (tpyo, slip) in zip(channels, sent, strict=True):
        await ada.edit(channel, tpyo["id"], "typo")
        await ada.delete(channel, slip["id"])
    starting = asyncio.create_task(house.start_guildesk())
    await until(partial(_says, house, "connected to Discord", 2))
    for channel in reversed(channels):
        await ada.command(house.discord["guild_id"], channel, "close")
    await starting

    for ticket, channel in zip(tickets, channels, strict=True):
        await until(partial(house.is_removed, channel))
        assert [it["content"] for it in await casey.messages(ticket)] == ["typo", ""]


async def test_a_note_written_while_away_in_a_channel_that_is_to_go_is_kept(house: House) -> None:
    ticket = await house.customer().open()
    channel = await house.channel_of(ticket)
    ada = house.somebody("ada")
    await ada.command(house.discord["guild_id"], channel, "close")

    async def closed() -> bool:
        _, now = await house.customer().ask("GET", f"/tickets/{ticket['id']}")
        return now["status"] not in ("OPEN", "PENDING")

    await until(closed)
    await house.kill_guildesk()
    await ada.write(channel, "// what we learnt of it")
    await house.start_guildesk()
    await until(partial(house.is_removed, channel))

    status, notes = await house.agent().ask("GET", f"/tickets/{ticket['id']}/notes")
    assert status == 200
    assert [it["content"] for it in notes] == ["what we learnt of it"]


async def _says(house: House, words: str, times: int) -> bool:
    return (house.data_dir / "guildesk.log").read_text().count(words) >= times


async def test_a_message_whose_event_was_lost_is_found_by_the_next_session(house: House) -> None:
    casey, ada = house.customer(), house.somebody("ada")
    ticket = await casey.open()
    channel = await house.channel_of(ticket)

    await house.gateway("lose", event="MESSAGE_CREATE", count=1)
    await ada.write(channel, "lost")
    await ada.write(channel, "after it")
    await until(lambda: _count(house, ticket, 1))
    await house.gateway("drop_no_resume")
    await until(lambda: _count(house, ticket, 2), 60)  # a channel without news is compared some time later

    assert {it["content"] for it in await casey.messages(ticket)} == {"lost", "after it"}


async def test_a_channel_moved_meanwhile_changes_the_level(house: House) -> None:
    casey = house.customer()
    ticket = await casey.open()
    channel = await house.channel_of(ticket)

    await house.kill_guildesk()
    critical = house.discord["categories"]["critical"]
    await house.somebody("olive").ask("PATCH", f"/channels/{channel}", json={"parent_id": critical})
    await house.start_guildesk()

    async def changed() -> bool:
        _, now = await casey.ask("GET", f"/tickets/{ticket['id']}")
        return bool(now["issue_level"] == "CRITICAL")

    await until(changed)


async def test_a_channel_moved_to_and_fro_ends_at_the_level_where_it_stands(house: House) -> None:
    casey, olive = house.customer(), house.somebody("olive")
    ticket = await casey.open()
    channel = await house.channel_of(ticket)

    for number, name in enumerate(("critical", "general", "urgent", "general", "critical")):
        await casey.post(ticket, f"{number}")  # something of the ticket is always on its way
        category = house.discord["categories"][name]
        await olive.ask("PATCH", f"/channels/{channel}", json={"parent_id": category})

    async def level() -> str:
        _, now = await casey.ask("GET", f"/tickets/{ticket['id']}")
        return str(now["issue_level"])

    async def followed() -> bool:
        return await level() == "CRITICAL" and not house.backlog()

    await until(followed)
    await olive.ask(
        "PATCH", f"/channels/{channel}", json={"parent_id": house.discord["categories"]["general"]}
    )

    async def followed_back() -> bool:
        return await level() == "NORMAL"

    await until(followed_back)


async def test_a_channel_deleted_meanwhile_is_built_again(house: House) -> None:
    casey, ada = house.customer(), house.somebody("ada")
    ticket = await casey.open()
    channel = await house.channel_of(ticket)
    await casey.post(ticket, "Hello?")
    await ada.write(channel, "Hello!")
    await house.hears(channel, ["Hello?"])
    await until(lambda: _count(house, ticket, 2))

    await house.kill_guildesk()
    await house.somebody("olive").ask("DELETE", f"/channels/{channel}")
    await house.start_guildesk()
    again = await house.channel_of(ticket)

    async def has_both() -> bool:
        return [without_time(it) for it in await house.said_by_requesters(again)] == ["Hello?", "Hello!"]

    await until(has_both)
    assert all(it.startswith("-# <t:") for it in await house.said_by_requesters(again))
    assert again != channel
    assert [it["content"] for it in await casey.messages(ticket)] == ["Hello?", "Hello!"]


async def test_a_quiet_channel_costs_no_request_before_ready(house: House) -> None:
    tickets = [await house.customer(f"user{n}").open() for n in range(5)]
    channels = [await house.channel_of(ticket) for ticket in tickets]
    for channel in channels[1:]:
        await house.somebody("ada").write(channel, "We look.")
    for channel in channels:
        await until(partial(house.has_seen_everything, channel))
    assert house.guildesk is not None
    await house.guildesk.stop()
    before = await house.requests_so_far()

    await house.start_guildesk()

    asked = await house.requests_since(before)
    assert asked
    assert [it["path"] for it in asked if any(f"/channels/{each}" in it["path"] for each in channels)] == []


async def _count(house: House, ticket: dict[str, object], number: int) -> bool:
    return len(await house.customer().messages(ticket)) >= number


async def test_what_is_typed_while_the_connection_comes_back_is_kept(house: House) -> None:
    casey, ada = house.customer(), house.somebody("ada")
    ticket = await casey.open()
    channel = await house.channel_of(ticket)
    await house.gateway("drop_no_resume")

    sent: list[str] = []
    while not await _connected_again(house, len(sent)):
        sent.append(f"{len(sent)}")
        await ada.write(channel, sent[-1])
        with suppress(TimeoutError):  # the pace of those who type
            await until(lambda: _connected_again(house, len(sent)), 0.05)

    async def all_of_it() -> bool:
        return [it["content"] for it in await casey.messages(ticket)] == sent

    await until(all_of_it)


async def _connected_again(house: House, sent: int) -> bool:
    """Whether a new session has begun, and something was said before it, on its way and after it."""
    log = (house.data_dir / "guildesk.log").read_text()
    return log.count("connected to Discord") >= 2 and sent > 20


async def test_roles_and_categories_that_went_meanwhile_are_named_everywhere_and_work_goes_on(
    house: House,
) -> None:
    casey, olive = house.customer(), house.somebody("olive")
    guild, categories = house.discord["guild_id"], house.discord["categories"]
    before = await casey.open()
    channel = await house.channel_of(before)
    await house.kill_guildesk()

    await olive.ask("DELETE", f"/channels/{categories['urgent']}")
    await olive.ask("DELETE", f"/guilds/{guild}/roles/{house.discord['roles']['developer']}")
    await house.start_guildesk(wait_for_discord=False)
    await until(partial(_says, house, "connected to Discord", 2))

    names = ("URGENT_TICKET_CATEGORY_ID", "DEVELOPER_ROLE_ID")

    async def admins_know() -> bool:
        notices = await olive.read(house.discord["transcript_channel_id"])
        return all(any(name in it["content"] for it in notices) for name in names)

    await until(admins_know)
    assert all(name in (house.data_dir / "guildesk.log").read_text() for name in names)
    async with house.session.get(f"{house.api_url}/readyz") as answer:
        told = await answer.text()
    assert all(name in told for name in names)
    urgent = await casey.open(issue_level="URGENT")
    technical = await casey.open(support_role="TECHNICAL")
    await house.channel_of(urgent)
    await house.channel_of(technical)
    await casey.post(before, "still there?")
    await house.hears(channel, ["still there?"])


async def test_a_channel_deleted_meanwhile_closes_its_ticket_where_that_is_set(tmp_path: Path) -> None:
    async with housed(tmp_path, RATE_LIMITS="off", ON_CHANNEL_DELETED="close") as house:
        casey = house.customer()
        ticket = await casey.open()
        channel = await house.channel_of(ticket)

        await house.kill_guildesk()
        await house.somebody("olive").ask("DELETE", f"/channels/{channel}")
        await house.start_guildesk()

        async def closed() -> bool:
            _, now = await casey.ask("GET", f"/tickets/{ticket['id']}")
            return bool(now["status"] == "UNRESOLVED")

        await until(closed)


async def test_a_webhook_deleted_meanwhile_is_made_again(house: House) -> None:
    casey, olive = house.customer(), house.somebody("olive")
    ticket = await casey.open()
    channel = await house.channel_of(ticket)
    await casey.post(ticket, "one")
    await house.hears(channel, ["one"])

    await house.kill_guildesk()
    for webhook in await olive.ask("GET", f"/channels/{channel}/webhooks"):
        await olive.ask("DELETE", f"/webhooks/{webhook['id']}")
    await house.start_guildesk()
    await casey.post(ticket, "two")

    await house.hears(channel, ["one", "two"])
