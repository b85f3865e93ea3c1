"""Discord's limits of files and requests, lower than ours and changing: nothing is lost, doubled or stuck."""

from typing import Any

import pytest

from chaos.house import House, until

pytestmark = pytest.mark.slow

SIZES = [110_000, 120_000, 130_000]
LOST_AFTER = [
    {"cut": "after"},
    *(
        pytest.param(it, marks=pytest.mark.slow)
        for it in ({"cut": "after", "status": 502}, {"cut": "before"})
    ),
]


async def shown(house: House, channel: str) -> list[int]:
    """The sizes of the files that staff sees of requesters."""
    copies = [it for it in await house.somebody("ada").read(channel) if it.get("webhook_id")]
    return [file["size"] for it in copies for file in it["attachments"]]


async def ever_shown(house: House, channel: str) -> list[int]:
    copies = [it for it in await house.happened("MESSAGE_CREATE", channel) if it["webhook_id"]]
    return [size for it in copies for size in it["sizes"]]


async def post_files(house: House, ticket: dict[str, Any], sizes: list[int]) -> dict[str, Any]:
    casey = house.customer()
    uploads = [await casey.upload(bytes(size)) for size in sizes]
    body = {"content": "Look", "attachments": uploads}
    status, message = await casey.ask("POST", f"/tickets/{ticket['id']}/messages", body)
    assert status == 201, message
    return dict(message)


async def delivered(house: House, ticket: dict[str, Any]) -> bool:
    return [it["delivery"] for it in await house.customer().messages(ticket)] == ["DELIVERED"]


async def test_three_files_whose_sum_is_too_large_arrive(house: House) -> None:
    ticket = await house.customer().open()
    channel = await house.channel_of(ticket)

    large = int(9.9 * 2**20)
    await post_files(house, ticket, [large, large + 1, large + 2])

    await until(lambda: delivered(house, ticket))
    assert await ever_shown(house, channel) == [large, large + 1, large + 2]


@pytest.mark.parametrize("fault", LOST_AFTER, ids=str)
async def test_spread_files_are_there_once_after_lost_answers_and_kills(
    house: House, fault: dict[str, object]
) -> None:
    ticket = await house.customer().open()
    channel = await house.channel_of(ticket)
    await house.limits(request_bytes=150_000)
    await post_files(house, ticket, SIZES)
    await until(lambda: delivered(house, ticket))

    second = await house.customer().open()
    other = await house.channel_of(second)
    await house.fault(method="POST", path=r"^/webhooks/\d+/", count=1)  # the first of them comes through
    await house.fault(method="POST", path=r"^/webhooks/\d+/", count=1, delay=0.5, **fault)
    await post_files(house, second, SIZES)
    await until(house.nothing_to_hit)
    await house.kill_guildesk()
    await house.limits(request_bytes=None)  # the next process knows nothing of what was refused
    await house.start_guildesk()

    await until(lambda: delivered(house, second))
    assert await ever_shown(house, channel) == SIZES
    assert await shown(house, other) == SIZES


async def test_when_the_guilds_limit_falls_files_and_transcripts_are_linked(house: House) -> None:
    casey = house.customer()
    ticket = await casey.open()
    channel = await house.channel_of(ticket)
    await house.limits(file_bytes=3_000)

    await post_files(house, ticket, [4_000])
    await until(lambda: delivered(house, ticket))
    (copy,) = [it for it in await house.somebody("ada").read(channel) if it.get("webhook_id")]
    words, _, link = copy["content"].partition("\n")
    assert (words, copy["attachments"]) == ("Look", [])
    async with house.session.get(link) as answer:
        assert await answer.read() == bytes(4_000)

    await house.somebody("ada").command(house.discord["guild_id"], channel, "close", anyway=True)
    await until(lambda: house.is_removed(channel))
    filed = await house.somebody("ada").read(house.discord["transcript_channel_id"])
    assert [it["attachments"] for it in filed] == [[]]
    link = filed[0]["embeds"][0]["fields"][-1]["value"].partition("](")[2].rstrip(")")
    async with house.session.get(link) as answer:
        assert "Look" in await answer.text()
