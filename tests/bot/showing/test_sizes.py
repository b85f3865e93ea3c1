"""Requests and files have limits, which fall and rise: files are spread, or linked, and nothing is lost."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from simcord import ChannelHandle
from simcord.backend import serializers

from bot.hearing.intake import InboxOptions
from bot.showing.posts import Bounds, Post, spread
from tests.bot.strict import Strict
from tests.office import CASEY, GUILD, Office, now, office
from tests.waiting import until
from tickets.desks.file_desk import FileDesk
from tickets.desks.ticket_desk import Said
from tickets.events import TicketClosed
from tickets.model import Attachment, Delivery, FileId, Status
from tickets.ports.sinks import SinkName
from tickets.ports.uploads import Upload

MIB = 2**20
Shown = list[tuple[str, list[int]]]


async def uploaded(office: Office, name: str, size: int, *, said_to_have: int | None = None) -> FileId:
    """A file of that many bytes."""
    file = Attachment(FileId(name), name, "application/octet-stream", said_to_have or size)
    assert await office.store.uploads.add(Upload(file=file, uploader=CASEY.key, at=now()))
    await office.store.files.put(file, b"x" * size)
    return file.id


def ever_shown(office: Office, channel: ChannelHandle) -> Shown:
    """Words and sizes of files of all that was ever to be read under a requester's name."""
    copies = [it for it in office.ever_posted(channel) if it.get("webhook_id")]
    return [(it["content"], [file["size"] for file in it["attachments"]]) for it in copies]


def shown(channel: ChannelHandle) -> Shown:
    copies = sorted((it for it in channel.history() if it.webhook_id), key=lambda it: it.id)
    return [(it.content, [file.size for file in it.attachments]) for it in copies]


async def posted(office: Office, sizes: Sequence[int]) -> tuple[ChannelHandle, Any]:
    """A ticket whose only message has the words "Look" and files of these sizes: 0.bin, 1.bin and so on."""
    ticket, channel = await office.open()
    first = 10 * (ticket.number - 1)
    files = [await uploaded(office, f"{first + n}.bin", size) for n, size in enumerate(sizes)]
    message = await office.desk.post(CASEY, ticket.id, Said("Look"), uploads=files)
    await office.shown()
    (stored,) = await office.messages(ticket)
    assert stored.delivery is Delivery.DELIVERED
    return channel, message


@pytest.mark.parametrize(
    ("sizes", "limits", "expected"),
    [
        pytest.param([900, 901, 902], {"request": 1000}, [900, 901, 902], id="each fits, the sum does not"),
        pytest.param([300 + n for n in range(10)], {"request": 950}, [300 + n for n in range(10)], id="ten"),
        pytest.param([500], {"file": 500, "request": 500}, [500], id="exactly the limit"),
        pytest.param([100, 501, 101], {"file": 500}, [100, 101], id="one is too large"),
        pytest.param([501, 502], {"file": 500}, [], id="all are too large"),
        pytest.param([1, 2], {"file": 0}, [], id="no files at all"),
        pytest.param([400, 0, 401], {"request": 450}, [400, 0, 401], id="an empty one"),
        pytest.param([400, 401, 10], {"file": 400, "request": 405}, [400, 10], id="both limits"),
    ],
)
async def test_every_file_is_there_once_whatever_discord_takes(
    desk_office: Office, strict: Strict, sizes: list[int], limits: dict[str, int], expected: list[int]
) -> None:
    strict.file_bytes = limits.get("file", strict.file_bytes)
    strict.request_bytes = limits.get("request", strict.request_bytes)

    channel, _ = await posted(desk_office, sizes)

    said = ever_shown(desk_office, channel)
    assert said[0][0].startswith("Look")
    assert [size for _, files in said for size in files] == expected
    words = "".join(content for content, _ in said)
    linked = [n for n, size in enumerate(sizes) if size not in expected]
    assert [n for n in range(len(sizes)) if f"/{n}.bin" in words] == linked
    assert words.count("Look") == 1


async def test_an_empty_file_is_linked_where_discord_takes_none(desk_office: Office, strict: Strict) -> None:
    strict.takes_empty_files = False

    channel, _ = await posted(desk_office, [400, 0])

    (said,) = ever_shown(desk_office, channel)
    assert said[1] == [400]
    assert "/1.bin" in said[0]


async def test_what_was_refused_is_remembered(desk_office: Office, strict: Strict) -> None:
    strict.file_bytes = 500
    await posted(desk_office, [600])

    channel, _ = await posted(desk_office, [600, 700])

    assert len(shown(channel)) == len(ever_shown(desk_office, channel)) == 1
    sent = [path for how, path, _ in strict.asked if how == "POST" and "/webhooks/" in path]
    assert len(sent) == 3  # one that was refused, and two that were not


async def test_words_that_go_as_a_file_go_as_messages_where_there_is_no_room_for_it(
    desk_office: Office, strict: Strict
) -> None:
    strict.file_bytes = 1000
    ticket, channel = await desk_office.open()

    await desk_office.say(ticket, "😀" * 6_000)

    assert sum(content.count("😀") for content, _ in shown(channel)) >= 6_000
    assert [files for _, files in shown(channel) if files] == []


async def test_a_spread_message_is_edited_and_deleted_as_a_whole(desk_office: Office, strict: Strict) -> None:
    strict.request_bytes = 1000
    channel, message = await posted(desk_office, [900, 901, 902])

    await desk_office.desk.edit(CASEY, message.ticket_id, message.id, Said("Look here"), keep_files=True)
    await desk_office.shown()
    assert shown(channel) == [("Look here", [900]), ("", [901]), ("", [902])]

    await FileDesk(desk_office.desk, desk_office.store, now).delete(CASEY, FileId("1.bin"))
    await desk_office.shown()
    assert shown(channel) == [("Look here", [900]), ("", [902])]

    await FileDesk(desk_office.desk, desk_office.store, now).delete(CASEY, FileId("0.bin"))
    await desk_office.shown()
    assert shown(channel) == [("Look here", [902])]

    await desk_office.desk.delete(CASEY, message.ticket_id, message.id)
    await desk_office.shown()
    assert shown(channel) == []


async def boosted(office: Office, tier: int) -> None:
    """The guild's tier changes, and the gateway tells of it."""
    backend = office.env.backend
    payload = {**serializers.guild_create_payload(backend, backend.get_guild(GUILD)), "premium_tier": tier}
    backend.emit("GUILD_UPDATE", payload)
    await until(lambda: office.guild_map.guild(office.client).premium_tier == tier)


async def test_the_limit_follows_the_guilds_tier(tmp_path: Path) -> None:
    async with office(tmp_path, inbox=InboxOptions(max_file_bytes=60 * MIB)) as desk_office:
        ticket, channel = await desk_office.open()
        for number, tier in enumerate((0, 2, 0, 3)):
            await boosted(desk_office, tier)
            file = await uploaded(desk_office, f"{number}.bin", 10 + number, said_to_have=40 * MIB)
            await desk_office.desk.post(CASEY, ticket.id, Said(""), uploads=[file])
            await desk_office.shown()

        assert [files for _, files in ever_shown(desk_office, channel)] == [[], [11], [], [13]]
        assert ["/0.bin" in content or "/2.bin" in content for content, _ in shown(channel)] == [
            True, False, True, False,
        ]  # fmt: skip


@pytest.mark.parametrize(("before", "after"), [(0, 2), (2, 0)])
async def test_an_edit_keeps_each_file_once_though_the_limit_has_changed(
    tmp_path: Path, before: int, after: int
) -> None:
    async with office(tmp_path, inbox=InboxOptions(max_file_bytes=60 * MIB)) as desk_office:
        ticket, channel = await desk_office.open()
        await boosted(desk_office, before)
        sizes = {f"{number}.bin": size for number, size in enumerate([7, 40])}
        files = [
            await uploaded(desk_office, name, size, said_to_have=size * MIB) for name, size in sizes.items()
        ]
        message = await desk_office.desk.post(CASEY, ticket.id, Said("Look"), uploads=files)
        await desk_office.shown()
        await boosted(desk_office, after)

        await desk_office.desk.edit(CASEY, ticket.id, message.id, Said("Look here"), keep_files=True)
        await desk_office.shown()

        attached = [size for _, there in shown(channel) for size in there]
        words = "\n".join(content for content, _ in shown(channel))
        linked = [size for name, size in sizes.items() if f"/{name}" in words]
        assert sorted(attached + linked) == sorted(sizes.values())
        assert words.startswith("Look here")


async def test_a_risen_limit_is_used_at_once_though_less_was_learned(tmp_path: Path, strict: Strict) -> None:
    async with office(tmp_path, inbox=InboxOptions(max_file_bytes=60 * MIB)) as desk_office:
        strict.file_bytes = 500
        await posted(desk_office, [600])
        strict.file_bytes = 1000

        await boosted(desk_office, 2)
        channel, _ = await posted(desk_office, [700])

        assert ever_shown(desk_office, channel) == [("Look", [700])]


async def test_what_failed_for_its_size_comes_again_when_the_limit_is_back(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    desk_office.client._ready.clear()
    message = await desk_office.desk.post(CASEY, ticket.id, Said("Look"))
    (event,) = await desk_office.store.log.events(ticket.id, after=message.seq - 1)
    why = "posting a message: 413 40005 Request entity too large"
    await desk_office.store.backlog.failed(SinkName.DISCORD, event, why)
    desk_office.client._ready.set()

    await boosted(desk_office, 1)
    await until(lambda: shown(channel))
    await desk_office.shown()

    assert ever_shown(desk_office, channel) == [("Look", [])]
    (stored,) = await desk_office.messages(ticket)
    assert stored.delivery is Delivery.DELIVERED


async def test_a_transcript_that_discord_finds_too_large_is_linked_and_its_channel_goes(
    tmp_path: Path, strict: Strict
) -> None:
    async with office(tmp_path, close_grace=100) as desk_office:
        strict.file_bytes = 2000
        ticket, channel = await desk_office.open()
        await desk_office.say(ticket, "x" * 4000)

        await desk_office.people["general"].slash(channel, "close", anyway=True)
        await until(lambda: channel.name not in desk_office.guild.channels)

        (record,) = desk_office.transcripts.history()
        assert record.attachments == []
        link = str(record.embeds[0].fields[-1].value)
        kept = await desk_office.store.files.get(FileId(link.partition("/files/")[2].split("/")[0]))
        assert kept is not None
        assert b"x" * 4000 in kept[1]


async def test_a_transcript_that_was_never_filed_is_filed_and_its_channel_goes(tmp_path: Path) -> None:
    """So an earlier program left it, whose transcripts were too large."""
    async with office(tmp_path, close_grace=100) as desk_office:
        ticket, channel = await desk_office.open()
        desk_office.client._ready.clear()
        await desk_office.desk.close(desk_office.caller("general"), ticket.id, Status.UNRESOLVED, reason=None)
        closing = (await desk_office.store.log.events(ticket.id))[-1]
        assert isinstance(closing.data, TicketClosed)
        why = "posting a transcript: 400 50035 Invalid Form Body"
        await desk_office.store.backlog.failed(SinkName.DISCORD, closing, why)
        desk_office.client._ready.set()

        await desk_office.new_session()
        await until(lambda: channel.name not in desk_office.guild.channels)

        assert len([*desk_office.transcripts.history()]) == 1


@pytest.mark.parametrize(("status", "code"), [(400, 50035), (403, 50013), (413, 0)])
async def test_a_transcript_that_is_refused_is_told_of_and_tried_again(
    tmp_path: Path, status: int, code: int
) -> None:
    async with office(tmp_path, close_grace=100) as desk_office:
        ticket, channel = await desk_office.open()
        path = f"/channels/{desk_office.transcripts.id}/messages"
        desk_office.env.inject_error("POST", path, status=status, code=code, message="No.", times=None)
        await desk_office.people["general"].slash(channel, "close")
        admins = desk_office.work.admins
        await until(lambda: admins.lasting)

        assert "The transcript of ticket 1 cannot be filed, and its channel stays" in str(admins.lasting[0])
        assert channel.name in desk_office.guild.channels

        desk_office.env.backend.faults.clear()
        await desk_office.hasten(ticket)
        await until(lambda: channel.name not in desk_office.guild.channels)
        assert admins.lasting == []
        assert len([it for it in desk_office.transcripts.history() if it.embeds]) == 1


async def test_a_reopened_ticket_does_not_wait_for_the_transcript_of_its_closing(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    path = f"/channels/{desk_office.transcripts.id}/messages"
    desk_office.env.inject_error("POST", path, status=400, code=50035, message="No.", times=None)
    desk_office.client._ready.clear()
    agent = desk_office.caller("general")
    await desk_office.desk.close(agent, ticket.id, Status.UNRESOLVED, reason=None)
    await desk_office.desk.reopen(agent, ticket.id)
    await desk_office.desk.post(CASEY, ticket.id, Said("Still broken"))
    desk_office.client._ready.set()
    await desk_office.shown()

    assert desk_office.ever_said_by_requesters(channel) == ["Still broken"]


@pytest.mark.parametrize("request_bytes", [10_000, 1000])
async def test_files_of_notes_come_back_with_a_channel_that_is_built_again(
    desk_office: Office, strict: Strict, request_bytes: int
) -> None:
    strict.request_bytes = request_bytes
    _, channel = await desk_office.open()
    strict.request_bytes = 1 << 30
    files: list[tuple[str, bytes]] = [("plan.bin", b"p" * 900), ("list.bin", b"l" * 901)]
    await desk_office.people["general"].send(channel, "// look at this", attachments=files)
    await desk_office.taken()
    strict.request_bytes = request_bytes

    await desk_office.by_hand(desk_office.client.http.delete_channel(channel.id))

    again = desk_office.guild.channels[channel.name or ""]
    there = sorted(again.history(), key=lambda it: it.id)
    assert [file.size for it in there for file in it.attachments] == [900, 901]
    assert sum("look at this" in it.content for it in there) == 1
    kept = [await file.read() for it in there for file in it.attachments]
    assert kept == [content for _, content in files]


def test_what_has_nothing_in_it_is_no_message() -> None:
    assert spread(Post(), lambda file: file.name, Bounds(file=10, request=10)) == []


def test_links_for_which_a_full_message_has_no_room_are_a_message_of_their_own() -> None:
    large = [Attachment(FileId(f"f{it}"), f"{it}.png", "image/png", 11) for it in range(2)]

    posts = spread(
        Post("w" * 2_000, tuple(large)), lambda file: f"<{file.name}>", Bounds(file=10, request=10)
    )

    assert [it.text for it in posts] == ["w" * 2_000, "<0.png>\n<1.png>"]
    assert [it.files for it in posts] == [(), ()]


async def test_a_file_that_discord_refuses_for_what_it_is_is_linked(
    desk_office: Office, strict: Strict
) -> None:
    """Such as one that a filter takes for something else: the words come, and with them a link."""
    strict.refused_files = True
    channel, _ = await posted(desk_office, [100])

    ((said, files),) = ever_shown(desk_office, channel)
    assert (said.startswith("Look\n[0.bin]") or "0.bin" in said, files) == (True, [])
