"""Discord acted but its answer was lost: nothing appears twice, nothing is missing."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from chaos.house import House, housed, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

LOST_AFTER = [
    pytest.param({"cut": "after"}, id="the connection breaks after it took effect"),
    pytest.param({"cut": "after", "status": 502}, id="a 502 after it took effect"),
    pytest.param({"cut": "after", "status": 204}, id="a 204 that does not say what was made"),
    pytest.param({"cut": "after", "status": 200, "html": True}, id="a page of a proxy's with 200"),
    pytest.param({"cut": "after", "status": 200}, id="a 200 whose JSON does not say what was made"),
    pytest.param({"cut": "before"}, id="the connection breaks before"),
    pytest.param({"status": 503}, id="a 503"),
]
OFTEN = [
    pytest.param(*it.values, id=it.id, marks=[] if number in (0, 2, 6) else [pytest.mark.slow])
    for number, it in enumerate(LOST_AFTER)
]
"""The same; those that a message is tried with anyway are slow."""
FIRST_ONLY = [
    pytest.param(*it.values, id=it.id, marks=[pytest.mark.slow] if number else [])
    for number, it in enumerate(LOST_AFTER)
]
"""For what takes long: all but the first are slow tests."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def one_house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with housed(tmp_path_factory.mktemp("house"), RATE_LIMITS="off", CLOSE_GRACE="1") as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def house(one_house: House) -> House:
    """One for all: a test begins when nothing of an earlier one is left to be shown, or to be hit."""
    await one_house.clear_faults()
    await until(lambda: _is_quiet(one_house))
    return one_house


@pytest.mark.parametrize("fault", LOST_AFTER)
async def test_a_message_appears_once(house: House, fault: dict[str, object]) -> None:
    casey = house.customer()
    ticket = await casey.open()
    channel = await house.channel_of(ticket)
    await casey.post(ticket, "one")
    await house.hears(channel, ["one"])

    await house.fault(method="POST", path=r"/webhooks/\d+/", count=1, **fault)
    await casey.post(ticket, "two")
    await casey.post(ticket, "three")

    await house.hears_once(channel, ["one", "two", "three"])


@pytest.mark.parametrize("fault", OFTEN)
async def test_a_ticket_has_one_channel(house: House, fault: dict[str, object]) -> None:
    await house.fault(method="POST", path=r"/guilds/\d+/channels", count=1, **fault)

    ticket = await house.customer().open()

    channel = await house.channel_of(ticket)
    made = await house.happened("CHANNEL_CREATE")
    assert [it["id"] for it in made if it["name"] == f"ticket-{ticket['number']:04}"] == [channel]


@pytest.mark.parametrize("fault", OFTEN)
async def test_a_channel_has_one_card_that_pings_once(house: House, fault: dict[str, object]) -> None:
    await house.fault(method="POST", path=r"/channels/\d+/messages", count=1, **fault)

    channel = await house.channel_of(await house.customer().open())

    cards = [it for it in await house.happened("MESSAGE_CREATE", channel) if it["components"]]
    assert [len(it["mention_roles"]) for it in cards] == [1]


@pytest.mark.parametrize("fault", OFTEN)
async def test_a_transcript_is_filed_once(house: House, fault: dict[str, object]) -> None:
    ticket = await house.customer().open()
    channel = await house.channel_of(ticket)
    transcripts, filed_before = house.discord["transcript_channel_id"], await _ever_filed(house)

    await house.fault(method="POST", path=rf"/channels/{transcripts}/messages", count=1, **fault)
    await house.somebody("ada").command(house.discord["guild_id"], channel, "close")

    await until(lambda: house.is_removed(channel))
    assert await _ever_filed(house) == filed_before + 1


async def test_a_message_deleted_before_its_sending_was_known_is_gone(house: House) -> None:
    casey = house.customer()
    ticket = await casey.open()
    channel = await house.channel_of(ticket)
    await casey.post(ticket, "one")
    await house.hears(channel, ["one"])

    await house.fault(method="POST", path=r"/webhooks/\d+/", count=1, cut="after")
    slip = await casey.post(ticket, "slip")
    await until(house.nothing_to_hit)
    await casey.ask("DELETE", f"/tickets/{ticket['id']}/messages/{slip['id']}")
    await casey.post(ticket, "two")

    await house.hears(channel, ["one", "two"])
    assert await house.ever_said_by_requesters(channel) == ["one", "slip", "two"]


async def test_a_message_that_takes_effect_too_late_is_removed_again(house: House) -> None:
    casey = house.customer()
    ticket = await casey.open()
    channel = await house.channel_of(ticket)
    await casey.post(ticket, "one")
    await house.hears(channel, ["one"])

    await house.fault(method="POST", path=r"/webhooks/\d+/", count=1, delay=13)
    await casey.post(ticket, "two")

    async def twice() -> bool:
        return await house.said_by_requesters(channel) == ["one", "two", "two"]

    async def once_again() -> bool:
        return await house.said_by_requesters(channel) == ["one", "two"]

    await until(twice, 30)
    await until(once_again, 30)


async def test_a_message_that_discord_refuses_is_told_and_stepped_over(house: House) -> None:
    casey = house.customer()
    ticket = await casey.open()
    channel = await house.channel_of(ticket)

    await house.fault(method="POST", path=r"/webhooks/\d+/", count=1, status=400, code=50035)
    refused = await casey.post(ticket, "something rude")
    await casey.post(ticket, "something kind")

    await house.hears(channel, ["something kind"])
    stored = {it["id"]: it["delivery"] for it in await casey.messages(ticket)}
    assert stored[refused["id"]] == "FAILED"
    told = await house.somebody("ada").read(channel)
    assert any("Discord does not take something" in it["content"] and it["attachments"] for it in told)


@pytest.mark.parametrize("fault", FIRST_ONLY)
async def test_a_file_a_note_an_edit_a_deletion_and_a_removal_happen_once(
    house: House, fault: dict[str, object]
) -> None:
    casey, agent, ada = house.customer(), house.agent(), house.somebody("ada")
    filed_before = await _ever_filed(house)
    ticket = await casey.open()
    path = f"/tickets/{ticket['id']}"
    channel = await house.channel_of(ticket)
    await house.fault(method="POST", path=r"^/channels/\d+/webhooks", count=1, **fault)
    kept, gone = await casey.post(ticket, "tpyo"), await casey.post(ticket, "gone")
    await house.hears(channel, ["tpyo", "gone"])

    await house.fault(method="POST", path=r"^/webhooks/\d+/", count=1, **fault)
    await casey.post(ticket, "with a file", file=b"step one")
    await house.fault(method="POST", path=r"^/channels/\d+/messages", count=1, **fault)
    await agent.ask("POST", f"{path}/notes", {"content": "seen before"})
    await house.fault(method="PATCH", path=r"^/webhooks/\d+/", count=1, **fault)
    await casey.ask("PATCH", f"{path}/messages/{kept['id']}", {"content": "typo"})
    await house.fault(method="DELETE", path=r"^/channels/\d+/messages/", count=1, **fault)
    await casey.ask("DELETE", f"{path}/messages/{gone['id']}")
    await house.fault(method="PATCH", path=r"^/channels/\d+$", count=1, **fault)
    await agent.ask("PATCH", path, {"issue_level": "CRITICAL"})

    await until(lambda: _drained(house))
    await house.hears(channel, ["typo", "with a file"])
    assert await house.ever_said_by_requesters(channel) == ["tpyo", "gone", "with a file"]
    there = await ada.read(channel)
    notes = [it["content"] for it in await house.happened("MESSAGE_CREATE", channel)]
    assert [len(it["attachments"]) for it in there if it.get("webhook_id")] == [0, 1]
    assert sum("seen before" in it for it in notes) == 1
    assert await house.nothing_to_hit()
    (channel_now,) = [it for it in await house.channels() if it["id"] == channel]
    assert channel_now["parent_id"] == house.discord["categories"]["critical"]
    assert len(await house.somebody("olive").ask("GET", f"/channels/{channel}/webhooks")) == 1

    await house.fault(method="DELETE", path=r"^/channels/\d+$", count=1, **fault)
    await casey.ask("PATCH", path, {"status": "CANCELED"})
    await until(lambda: house.is_removed(channel))
    await until(lambda: _drained(house))
    assert await _ever_filed(house) == filed_before + 1


async def _ever_filed(house: House) -> int:
    """How many transcripts were ever to be seen."""
    there = await house.happened("MESSAGE_CREATE", house.discord["transcript_channel_id"])
    return sum(bool(it["embeds"]) for it in there)


async def _is_quiet(house: House) -> bool:
    return not house.timers() and await _drained(house)


async def _drained(house: House) -> bool:
    return not house.backlog() and await house.nothing_to_hit()


async def test_the_channel_stays_until_its_transcript_is_filed(house: House) -> None:
    ticket = await house.customer().open()
    channel = await house.channel_of(ticket)
    transcripts, filed_before = house.discord["transcript_channel_id"], await _ever_filed(house)

    await house.fault(method="POST", path=rf"/channels/{transcripts}/messages", count=3, status=503)
    await house.somebody("ada").command(house.discord["guild_id"], channel, "close")
    while await house.faults_left():
        assert not await house.is_removed(channel)

    await until(lambda: house.is_removed(channel))
    assert await _ever_filed(house) == filed_before + 1
