"""A mark that was on its way when Guildesk was killed is set again."""

import pytest

from chaos.house import House, until

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("content", ["Hello", "// he is angry"])
@pytest.mark.parametrize("requester_writes", [pytest.param(False, marks=pytest.mark.slow), True])
async def test_a_mark_in_flight_at_a_kill_is_set_again(
    house: House, content: str, requester_writes: bool
) -> None:
    casey, ada = house.customer(), house.somebody("ada")
    ticket = await casey.open()
    channel = await house.channel_of(ticket)
    if requester_writes:
        await casey.post(ticket, "Hello?")
        await house.hears(channel, ["Hello?"])

    await house.fault(method="PUT", path=r"/reactions/", count=1, cut="before", delay=30.0)
    sent = await ada.write(channel, content)
    await until(house.nothing_to_hit)
    if requester_writes:
        await casey.post(ticket, "Still there?")
        await house.hears(channel, ["Hello?", "Still there?"])
    await _a_record_later(house)
    await house.kill_guildesk()
    assert await _marks(house, channel, sent["id"]) == []
    await house.start_guildesk()

    mark = "📝" if content.startswith("//") else "✅"
    await until(lambda: _is_marked(house, channel, sent["id"], mark))
    kept = [it["content"] for it in await casey.messages(ticket) if it["author_type"] == "STAFF"]
    assert kept == ([content] if mark == "✅" else [])


async def _a_record_later(house: House) -> None:
    """Until Guildesk has told the store what it has processed, twice as long as that takes."""
    other = await house.customer("other").open()
    channel = await house.channel_of(other)
    for words in ("one", "two"):
        await house.somebody("ada").write(channel, words)
        await until(lambda: house.has_seen_everything(channel))


async def _marks(house: House, channel: str, message: str) -> list[str]:
    (there,) = [it for it in await house.somebody("ada").read(channel) if it["id"] == message]
    return [it["emoji"]["name"] for it in there.get("reactions", [])]


async def _is_marked(house: House, channel: str, message: str, mark: str) -> bool:
    return await _marks(house, channel, message) == [mark]
