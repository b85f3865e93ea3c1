"""Threads over real sockets: notes of staff, also those that were written while Guildesk was away."""

from typing import Any

import pytest

from chaos.house import House, until

pytestmark = pytest.mark.slow

KINDS = pytest.mark.parametrize("kind", [11, 12], ids=["public", "private"])


async def begin(house: House, channel: str, kind: int, who: str = "ada") -> str:
    """The id of a new thread."""
    body = {"name": "among us", "type": kind}
    begun = await house.somebody(who).ask("POST", f"/channels/{channel}/threads", json=body)
    return str(begun["id"])


async def wait_for_notes(house: House, ticket: dict[str, Any], *expected: str) -> None:
    async def there() -> bool:
        _, notes = await house.agent().ask("GET", f"/tickets/{ticket['id']}/notes")
        return sorted(it["content"] for it in notes) == sorted(expected)

    await until(there)


@KINDS
async def test_what_is_written_in_a_thread_is_a_note_and_in_the_transcript(house: House, kind: int) -> None:
    casey, ada = house.customer(), house.somebody("ada")
    ticket = await casey.open()
    channel = await house.channel_of(ticket)

    async with casey.listening():
        thread = await begin(house, channel, kind)
        said = await ada.write(thread, "between us")
        slip = await ada.write(thread, "slip")
        await ada.edit(thread, said["id"], "strictly between us")
        await wait_for_notes(house, ticket, "strictly between us", "slip")
        await ada.delete(thread, slip["id"])
        await ada.command(house.discord["guild_id"], channel, "close")
        await until(lambda: house.is_removed(channel))

    (filed,) = [it for it in await ada.read(house.discord["transcript_channel_id"]) if it.get("attachments")]
    async with house.session.get(filed["attachments"][0]["url"]) as answer:
        page = await answer.text()
    assert "strictly between us" in page
    assert await casey.messages(ticket) == []
    assert "between" not in str(casey.heard)


@KINDS
@pytest.mark.parametrize("is_archived", [pytest.param(False, marks=pytest.mark.slow), True])
async def test_threads_are_caught_up_after_an_absence(house: House, kind: int, is_archived: bool) -> None:
    casey, ada = house.customer(), house.somebody("ada")
    ticket = await casey.open()
    channel = await house.channel_of(ticket)
    before = await begin(house, channel, kind)
    tpyo, slip = [await ada.write(before, text) for text in ("tpyo", "slip")]
    await ada.write(channel, "Hello")
    await wait_for_notes(house, ticket, "tpyo", "slip")

    await house.kill_guildesk()
    during = await begin(house, channel, kind)
    await ada.write(during, "meanwhile")
    await ada.write(before, "went on")
    await ada.edit(before, tpyo["id"], "typo")
    await ada.delete(before, slip["id"])
    if is_archived:
        for thread in (before, during):
            await house.somebody("olive").ask("PATCH", f"/channels/{thread}", json={"archived": True})
    await house.start_guildesk()

    await wait_for_notes(house, ticket, "typo", "meanwhile", "went on", "")


async def test_a_thread_whose_every_event_was_lost_is_read_before_closing(house: House) -> None:
    casey, ada = house.customer(), house.somebody("ada")
    ticket = await casey.open()
    channel = await house.channel_of(ticket)

    await house.gateway("lose", event="THREAD_CREATE", count=1)
    thread = await begin(house, channel, 11)
    await house.gateway("lose", event="MESSAGE_CREATE", count=1)
    await ada.write(thread, "lost")
    await ada.command(house.discord["guild_id"], channel, "close")

    await wait_for_notes(house, ticket, "lost")


async def test_a_message_in_a_thread_that_was_never_told_of_is_a_note(house: House) -> None:
    casey, ada = house.customer(), house.somebody("ada")
    ticket = await casey.open()
    channel = await house.channel_of(ticket)

    await house.gateway("lose", event="THREAD_CREATE", count=1)
    thread = await begin(house, channel, 12)
    await ada.write(thread, "first")
    await ada.write(thread, "second")

    await wait_for_notes(house, ticket, "first", "second")
