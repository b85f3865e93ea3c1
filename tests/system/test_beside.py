"""What Discord refuses of commands, cards and pins keeps nobody from being heard."""

from functools import partial

import pytest

from chaos.house import House, until

pytestmark = pytest.mark.slow

COMMANDS = r"^/applications/\d+/guilds/\d+/commands"
REFUSALS = [
    pytest.param({"status": 400, "code": 50035}, id="400", marks=pytest.mark.slow),
    pytest.param({"status": 403, "code": 50001}, id="403"),
    pytest.param({"status": 429, "retry_after": 3600}, id="429 for an hour"),
    pytest.param({"status": 502}, id="502", marks=pytest.mark.slow),
]


@pytest.mark.parametrize("fault", REFUSALS)
async def test_refused_commands_keep_nobody_from_being_heard(house: House, fault: dict[str, object]) -> None:
    await house.kill_guildesk()
    await house.fault(method="*", path=COMMANDS, count=1_000, **fault)

    await house.start_guildesk()
    casey, ada = house.customer(), house.somebody("ada")
    ticket = await casey.open()
    channel = await house.channel_of(ticket)
    await casey.post(ticket, "Hello?")
    await house.hears_once(channel, ["Hello?"])
    await ada.write(channel, "Hello!")
    await until(partial(_has, house, ticket, "Hello!"))

    if fault["status"] != 502:
        await until(partial(_is_told, house, "ommands"))


async def test_commands_are_set_up_once_it_is_possible_and_not_again_without_a_change(house: House) -> None:
    ticket = await house.customer().open()
    channel = await house.channel_of(ticket)
    await until(partial(_has_commands, house))
    await house.kill_guildesk()
    await _lose_commands(house)
    await house.fault(method="PUT", path=COMMANDS, count=1, status=400, code=50035)

    await house.start_guildesk()
    await until(partial(_has_commands, house))
    await house.somebody("ada").command(house.discord["guild_id"], channel, "claim")
    before = await house.requests_so_far()
    await house.kill_guildesk()
    await house.start_guildesk()
    await until(partial(_asked, house, before, "GET"))
    await house.somebody("ada").command(house.discord["guild_id"], channel, "close")
    await until(partial(house.is_removed, channel))

    assert not await _asked(house, before, "PUT")


@pytest.mark.parametrize("path", [r"/pins/\d+", r"^/channels/\d+/messages$"], ids=["pin", "card"])
async def test_a_refused_card_or_pin_keeps_nobody_from_being_heard(house: House, path: str) -> None:
    method = "PUT" if "pins" in path else "POST"
    await house.fault(method=method, path=path, count=1, status=403, code=50013)
    casey, ada = house.customer(), house.somebody("ada")
    ticket = await casey.open()
    await casey.post(ticket, "Hello?")
    channel = await until(partial(_channel, house, ticket["number"]))

    await house.hears_once(channel, ["Hello?"])
    await ada.write(channel, "Hello!")
    await until(partial(_has, house, ticket, "Hello!"))

    assert {it["delivery"] for it in await casey.messages(ticket)} == {"DELIVERED"}
    await until(partial(_is_told, house, "Discord refuses the card of a ticket"))


async def _channel(house: House, number: int) -> str | None:
    found = [it["id"] for it in await house.channels() if it["name"] == f"ticket-{number:04}"]
    return found[0] if found else None


async def _has(house: House, ticket: dict[str, object], words: str) -> bool:
    return words in [it["content"] for it in await house.customer().messages(ticket)]


async def _is_told(house: House, words: str) -> bool:
    there = await house.somebody("ada").read(house.discord["transcript_channel_id"])
    return any(words in it["content"] for it in there)


async def _asked(house: House, since: int, method: str) -> bool:
    """Whether Discord was asked for its list of commands, or told another."""
    seen = await house.requests_since(since)
    return any(it["method"] == method and it["path"].endswith("/commands") for it in seen)


def _commands_of(house: House) -> tuple[str, dict[str, str]]:
    discord = house.discord
    path = f"applications/{discord['application_id']}/guilds/{discord['guild_id']}/commands"
    return f"{discord['api_base']}/{path}", {"Authorization": f"Bot {discord['bot_token']}"}


async def _has_commands(house: House) -> bool:
    url, headers = _commands_of(house)
    async with house.session.get(url, headers=headers) as answer:
        return answer.status == 200 and len(await answer.json()) > 0


async def _lose_commands(house: House) -> None:
    url, headers = _commands_of(house)
    async with house.session.put(url, headers=headers, json=[], raise_for_status=True):
        pass
