"""Other bots in the channels of tickets: one that repeats what staff writes, and one that nobody named."""

from pathlib import Path
from typing import Any

import pytest

from chaos.house import House, housed
from tests.waiting import until

pytestmark = pytest.mark.slow

ANSWER = "Not sent: only staff speaks to the requester, and this is a bot."


async def _repeat(house: House, channel: str, original: dict[str, Any], content: str) -> dict[str, Any]:
    """As PluralKit does: a webhook of the bot's repeats the words, then the original goes."""
    parrot, olive = house.somebody("parrot"), house.somebody("olive")
    webhook = await parrot.ask("POST", f"/channels/{channel}/webhooks", json={"name": "Proxy"})
    url = f"/webhooks/{webhook['id']}/{webhook['token']}?wait=true"
    copy: dict[str, Any] = await parrot.ask("POST", url, json={"content": content, "username": "Luna"})
    assert copy["application_id"] == parrot.id
    await olive.delete(channel, original["id"])
    return copy


async def test_what_a_named_bot_repeats_is_staffs_and_no_tombstone_is_seen(tmp_path: Path) -> None:
    async with housed(tmp_path, RATE_LIMITS="off") as house:
        await house.kill_guildesk()
        house.settings["RELAY_BOTS"] = f"1, {house.somebody('parrot').id}"
        await house.start_guildesk()
        casey, ada = house.customer(), house.somebody("ada")
        ticket = await casey.open()
        channel = await house.channel_of(ticket)

        async with casey.listening():
            original = await ada.write(channel, "L: I am Luna")

            async def is_read(content: str) -> bool:
                return [it["content"] for it in await casey.messages(ticket)] == [content]

            await until(lambda: is_read("L: I am Luna"), 30)
            await until(lambda: casey.heard, 30)
            copy = await _repeat(house, channel, original, "I am Luna")
            await until(lambda: is_read("I am Luna"), 30)

            await until(lambda: len(casey.heard) == 2, 30)

        assert [event for event, _ in casey.heard] == ["message", "edit_message"]
        shown = await house.somebody("olive").read(channel)
        assert copy["id"] in {it["id"] for it in shown}
        assert not any(it["content"].startswith("Not sent") for it in shown)


async def test_what_another_bot_repeats_is_not_sent_and_is_told(house: House) -> None:
    casey, ada = house.customer(), house.somebody("ada")
    ticket = await casey.open()
    channel = await house.channel_of(ticket)
    original = await ada.write(channel, "L: I am Luna")
    await _repeat(house, channel, original, "I am Luna")

    async def is_told() -> bool:
        return any(it["content"] == ANSWER for it in await ada.read(channel))

    async def is_deleted() -> bool:
        return [it["deleted"] for it in await casey.messages(ticket)] == [True]

    await until(is_told, 30)
    await until(is_deleted, 30)
