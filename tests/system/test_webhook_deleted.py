"""A channel's webhook deleted by hand: what it had posted can still be changed and taken back."""

import pytest

from chaos.house import House, until

pytestmark = pytest.mark.slow


async def test_an_edit_is_told_in_a_reply_that_goes_with_the_message(house: House) -> None:
    casey, olive = house.customer(), house.somebody("olive")
    ticket = await casey.open()
    channel = await house.channel_of(ticket)
    sent = await casey.post(ticket, "tpyo")
    await house.hears(channel, ["tpyo"])
    (webhook,) = await olive.ask("GET", f"/channels/{channel}/webhooks")

    await olive.ask("DELETE", f"/webhooks/{webhook['id']}")
    await casey.post(ticket, "There is a new webhook now")
    await casey.ask("PATCH", f"/tickets/{ticket['id']}/messages/{sent['id']}", {"content": "typo"})

    async def replies() -> list[str]:
        return [it["content"] for it in await olive.read(channel) if it["content"].startswith("Edited by")]

    await until(replies)
    assert [it.partition("\n")[2] for it in await replies()] == [">>> typo"]

    await casey.ask("DELETE", f"/tickets/{ticket['id']}/messages/{sent['id']}")
    await house.hears(channel, ["There is a new webhook now"])

    async def without_replies() -> bool:
        return await replies() == []

    await until(without_replies)


async def test_a_webhook_whose_token_is_refused_is_looked_up_again(house: House) -> None:
    casey = house.customer()
    ticket = await casey.open()
    channel = await house.channel_of(ticket)
    await casey.post(ticket, "one")
    await house.hears(channel, ["one"])

    await house.fault(method="POST", path=r"^/webhooks/\d+/", count=1, status=401, code=50027)
    await casey.post(ticket, "two")

    await house.hears(channel, ["one", "two"])
