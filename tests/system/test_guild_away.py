"""The bot is put out of the guild, or an outage of Discord takes the guild away, and it comes back."""

from chaos.house import House, until


async def told(house: House, method: str, path: str, **fields: object) -> None:
    """The sandbox is told what is to happen."""
    url = f"{house.discord['api_base'].removesuffix('/api/v10')}/sandbox/{path}"
    async with house.session.request(method, url, json=fields, raise_for_status=True):
        pass


async def test_nothing_is_lost_while_the_guild_is_away_and_no_channel_is_made_again(house: House) -> None:
    casey, ada = house.customer(), house.somebody("ada")
    ticket = await casey.open()
    channel = await house.channel_of(ticket)

    for number, what in enumerate(("in_guild", "is_available"), 1):
        before = {it["id"] for it in await house.channels()}
        await told(house, "PATCH", "bot", **{what: False})
        await casey.post(ticket, f"Question {number}")
        another = await casey.open(topic="Another one")
        await told(house, "POST", "gateway", action="lose", event="MESSAGE_CREATE", count=1)
        await ada.write(channel, f"Answer {number}")
        await told(house, "PATCH", "bot", **{what: True})

        await house.hears_once(channel, [f"Question {it}" for it in range(1, number + 1)])
        new = await house.channel_of(another)
        await until(lambda: _is_known(house, ticket, f"Answer {number}"))  # noqa: B023  done within the turn
        assert {it["id"] for it in await house.channels()} - before == {new}


async def _is_known(house: House, ticket: dict[str, object], content: str) -> bool:
    return content in [it["content"] for it in await house.customer().messages(ticket)]
