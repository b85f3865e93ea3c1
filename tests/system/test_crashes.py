"""What was acknowledged arrives once, whatever is killed in between."""

import asyncio
import time
from contextlib import suppress
from typing import Any

import aiohttp

from chaos.house import Customer, House, until


async def test_messages_before_and_after_a_kill_arrive_once(house: House) -> None:
    casey, ada = house.customer(), house.somebody("ada")
    ticket = await casey.open()
    channel = await house.channel_of(ticket)

    await casey.post(ticket, "before")
    await house.kill_guildesk()
    await house.start_guildesk()
    await casey.post(ticket, "after")
    await ada.write(channel, "from staff")

    async def arrived() -> bool:
        return len(await casey.messages(ticket)) >= 3

    await until(arrived)
    await house.hears_once(channel, ["before", "after"])
    assert [it["content"] for it in await casey.messages(ticket)] == ["before", "after", "from staff"]


async def test_what_staff_wrote_while_the_bot_was_away_is_caught_up(house: House) -> None:
    casey, ada = house.customer(), house.somebody("ada")
    ticket = await casey.open()
    channel = await house.channel_of(ticket)
    await ada.write(channel, "one")

    await house.kill_guildesk()
    await ada.write(channel, "two")
    await ada.write(channel, "// a note")
    await ada.write(channel, "three")
    await house.start_guildesk()

    async def caught_up() -> bool:
        return len(await casey.messages(ticket)) >= 3

    await until(caught_up)
    assert [it["content"] for it in await casey.messages(ticket)] == ["one", "two", "three"]


async def test_what_staff_wrote_is_not_lost_when_history_cannot_be_read_at_once(house: House) -> None:
    casey, ada = house.customer(), house.somebody("ada")
    ticket = await casey.open()
    channel = await house.channel_of(ticket)
    await house.kill_guildesk()
    await ada.write(channel, "while you were away")

    await house.fault(method="GET", path=rf"/channels/{channel}/messages", count=2, status=502)
    await house.start_guildesk()

    async def arrived() -> bool:
        return [it["content"] for it in await casey.messages(ticket)] == ["while you were away"]

    await until(arrived)


async def test_a_stop_takes_less_than_five_seconds_and_loses_nothing(house: House) -> None:
    casey = house.customer()
    ticket = await casey.open()
    channel = await house.channel_of(ticket)
    async with casey.listening():
        sent = [await casey.post(ticket, f"{number}") for number in range(20)]

        started = time.monotonic()
        assert house.guildesk is not None
        await house.guildesk.stop()
        took = time.monotonic() - started
        assert house.guildesk.exit_code == 0
        assert took < 5

        await house.start_guildesk()

    await house.hears_once(channel, [it["content"] for it in sent])


async def test_a_start_while_discord_is_away_fails_nothing(house: House) -> None:
    casey = house.customer()
    ticket = await casey.open()
    channel = await house.channel_of(ticket)
    await house.kill_guildesk()
    await house.sandbox.stop()

    await house.start_guildesk(wait_for_discord=False)
    await casey.post(ticket, "Is anybody there?")
    await until(lambda: _logged(house, "is away, all tickets wait"))
    await house.start_sandbox()

    await house.hears(channel, ["Is anybody there?"])
    assert " ERROR " not in (house.data_dir / "guildesk.log").read_text()


async def _logged(house: House, words: str) -> bool:
    return words in (house.data_dir / "guildesk.log").read_text()


async def test_the_api_accepts_while_discord_is_away(house: House) -> None:
    casey = house.customer()
    await house.sandbox.stop()
    assert house.guildesk is not None

    ticket = await casey.open()
    await casey.post(ticket, "Is anybody there?")
    status, seen = await casey.ask("GET", f"/tickets/{ticket['id']}")
    assert (status, seen["discord"]["state"]) == (200, "queued")

    await house.start_sandbox()
    channel = await house.channel_of(ticket)

    async def arrived() -> bool:
        return await house.said_by_requesters(channel) == ["Is anybody there?"]

    await until(arrived)


async def test_a_channel_that_was_created_while_guildesk_died_is_adopted(house: House) -> None:
    casey = house.customer()
    await house.fault(method="POST", path=r"/guilds/\d+/channels", count=1, cut="after", delay=3)
    ticket = await casey.open()
    await until(house.nothing_to_hit)

    await house.kill_guildesk()
    await house.start_guildesk()
    await casey.post(ticket, "Hello?")

    channel = await house.channel_of(ticket)
    await house.hears(channel, ["Hello?"])
    named = [it for it in await house.channels() if it["name"] == f"ticket-{ticket['number']:04}"]
    assert [it["id"] for it in named] == [channel]


async def test_what_was_acknowledged_over_the_api_before_a_kill_is_done_after_it(house: House) -> None:
    casey, agent, ada = house.customer(), house.agent(), house.somebody("ada")
    resolved, moved = await casey.open(), await casey.open()
    channel, other = await house.channel_of(resolved), await house.channel_of(moved)
    await casey.post(resolved, "Solved, thank you")

    await agent.ask("POST", f"/tickets/{resolved['id']}/notes", {"content": "it was the plug"})
    await casey.ask("PATCH", f"/tickets/{resolved['id']}", {"status": "RESOLVED"})
    await agent.ask("PATCH", f"/tickets/{moved['id']}", {"issue_level": "CRITICAL"})
    await house.kill_guildesk()
    await house.start_guildesk()

    await until(lambda: house.is_removed(channel))
    records = [it for it in await ada.read(house.discord["transcript_channel_id"]) if it["embeds"]]
    assert len(records) == 1
    async with house.session.get(records[0]["attachments"][0]["url"]) as answer:
        page = await answer.text()
    assert "Solved, thank you" in page
    assert "it was the plug" in page

    async def stands_there() -> bool:
        (there,) = [it for it in await house.channels() if it["id"] == other]
        return bool(there["parent_id"] == house.discord["categories"]["critical"])

    await until(stands_there)


async def test_a_request_that_is_repeated_with_its_key_after_a_kill_is_done_once(house: House) -> None:
    casey = house.customer()
    for number in range(4):
        body = {"topic": f"T{number}", "description": "D"}
        asking = asyncio.create_task(_with_key(casey, f"key-{number}", body))
        await asyncio.wait({asking}, timeout=0.004 * number)  # before, within, or after: whatever comes
        await house.kill_guildesk()
        with suppress(aiohttp.ClientError):
            await asking
        await house.start_guildesk(wait_for_discord=False)

        first, again = [await _with_key(casey, f"key-{number}", body) for _ in range(2)]

        assert first[0] == again[0] == 201
        assert first[1]["id"] == again[1]["id"]

    _, tickets = await casey.ask("GET", "/tickets")
    assert sorted(it["topic"] for it in tickets) == ["T0", "T1", "T2", "T3"]


async def _with_key(casey: Customer, key: str, body: object) -> tuple[int, dict[str, Any]]:
    headers = {"Authorization": f"Bearer {casey.token}", "Idempotency-Key": key}
    url = f"{casey.house.api_url}/api/v1/tickets"
    async with casey.house.session.post(url, json=body, headers=headers) as answer:
        return answer.status, await answer.json()
