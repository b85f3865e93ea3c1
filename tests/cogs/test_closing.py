"""Closing: the command and the button, the transcript, and what comes after."""

import asyncio
import re
import time
from pathlib import Path

import discord
import pytest
from simcord import ChannelHandle, InteractionResult

from bot.hearing.intake import InboxOptions
from tests.cards import card_in, colour, labels, texts
from tests.office import CASEY, Office, office
from tests.waiting import until
from tickets.erasing import transcripts_in
from tickets.model import FileId, Status, Ticket
from tickets.ports.channels import ChannelState
from tickets.ports.timers import TimerKind


async def test_staff_closes_with_outcome_and_reason(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]
    await agent.send(channel, "Done.")
    await desk_office.taken()

    result = await agent.slash(channel, "close", outcome="UNRESOLVED", reason="Cannot be mended")
    await desk_office.shown()

    closed = await desk_office.fresh(ticket)
    assert (closed.status, closed.close_reason) == (Status.UNRESOLVED, "Cannot be mended")
    assert result.ephemeral
    assert f"Ticket {ticket.number} is closed as Unresolved" in _told(result)


@pytest.mark.parametrize("grace", [60_000, 5_000])
async def test_the_channel_is_told_who_closed_it_how_why_and_when_it_goes(tmp_path: Path, grace: int) -> None:
    async with office(tmp_path, close_grace=grace) as desk_office:
        ticket, channel = await desk_office.open()
        began_at = time.time()

        await desk_office.desk.close(desk_office.caller("admin"), ticket.id, reason="*Done*")
        await desk_office.shown()

        told = desk_office.ever_posted(channel)[-1]["content"]
        (transcript,) = [it for it in desk_office.transcripts.history() if it.embeds]
        how, link, goes = told.splitlines()
        assert how == r"Closed as Unresolved by admin\-agent: \*Done\*"
        assert link == f"[Transcript]({transcript.jump_url})"
        at = re.fullmatch(r"This channel goes <t:(\d+):R>\.", goes)
        assert at is not None
        assert began_at - 1 <= int(at[1]) - grace / 1000 <= time.time()


async def test_a_reason_that_nobody_sees_is_none(desk_office: Office) -> None:
    (blank, first), (turned, second) = await desk_office.open(), await desk_office.open()
    agent = desk_office.people["general"]

    await agent.slash(first, "close", reason="\u200b\u2060")
    await agent.slash(second, "close", reason="\u202ebad\x1b")
    await desk_office.shown()

    assert (await desk_office.fresh(blank)).close_reason is None
    assert (await desk_office.fresh(turned)).close_reason == "\u202ebad\u202c"


async def test_closing_waits_for_what_was_said_before(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    said = asyncio.Event()
    desk_office.inbox.do(channel.id, lambda: _as_soon_as(said))
    agent = desk_office.people["general"]
    await agent.send(channel, "One last thing.")

    # Time enough for a close that does not wait; one that waits takes as long as it takes.
    asyncio.get_running_loop().call_later(0.3, said.set)
    await agent.slash(channel, "close")
    await desk_office.taken()

    assert [it.content for it in await desk_office.messages(ticket)] == ["One last thing."]
    assert (await desk_office.fresh(ticket)).status is Status.RESOLVED


async def _as_soon_as(event: asyncio.Event) -> None:
    await event.wait()


@pytest.mark.parametrize("by_command", [True, False])
async def test_a_closing_takes_four_requests_at_most_and_the_removal_two(
    tmp_path: Path, by_command: bool
) -> None:
    async with office(tmp_path, close_grace=300) as desk_office:
        ticket, channel = await desk_office.open()
        await desk_office.taken()
        before = len(desk_office.env.http_requests)

        if by_command:
            await desk_office.people["general"].slash(channel, "close")
        else:
            await desk_office.desk.close(desk_office.caller("admin"), ticket.id)
        await until(lambda: is_gone(desk_office, ticket))

        asked = [
            f"{it.method} {it.path}"
            for it in desk_office.env.http_requests[before:]
            if not it.path.endswith("/commands")  # they are set up beside everything else
        ]
        closing = ["GET a channel's messages", "POST the transcript", "POST a line in the channel"]
        removal = ["GET a channel's messages", "DELETE the channel"]
        answer = ["POST the answer"] if by_command else []
        assert sorted(named(asked, channel, desk_office)) == sorted([*closing, *answer, *removal])


async def test_a_channel_that_stays_for_long_has_a_card_that_shows_the_end(tmp_path: Path) -> None:
    async with office(tmp_path, close_grace=3_600_000) as desk_office:
        _, channel = await desk_office.open()

        await desk_office.people["general"].slash(channel, "close")
        await desk_office.shown()

        card = card_in(channel)
        assert texts(card)[1].startswith("**Unresolved** · General · closed <t:")
        assert colour(card) == discord.Colour.dark_grey()
        assert labels(card) == []


async def test_without_an_outcome_it_is_resolved_if_staff_has_posted(desk_office: Office) -> None:
    answered, channel = await desk_office.open()
    ignored, other = await desk_office.open()
    agent = desk_office.people["general"]
    await agent.send(channel, "Done.")
    await desk_office.taken()

    await agent.slash(channel, "close")
    await agent.slash(other, "close")

    assert (await desk_office.fresh(answered)).status is Status.RESOLVED
    assert (await desk_office.fresh(ignored)).status is Status.UNRESOLVED


async def test_the_button_on_the_card_asks_for_a_reason_and_closes(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]
    (card,) = channel.pinned_messages()

    shown = await agent.click(card, label="Close")
    await agent.submit_modal(shown, {"reason": "Solved by phone"})

    closed = await desk_office.fresh(ticket)
    assert (closed.status, closed.close_reason) == (Status.UNRESOLVED, "Solved by phone")


async def test_a_refusal_is_told_to_the_person_alone(desk_office: Office) -> None:
    _, channel = await desk_office.open()
    agent = desk_office.people["general"]
    await agent.slash(channel, "close")

    result = await agent.slash(channel, "close")

    assert result.ephemeral
    assert "is closed" in _told(result)


async def test_only_in_a_tickets_channel(desk_office: Office) -> None:
    result = await desk_office.people["general"].slash(desk_office.transcripts, "close")

    assert "not the channel of a ticket" in _told(result)


async def test_the_transcript_is_filed_with_everything_said(desk_office: Office) -> None:
    ticket, channel = await desk_office.open(description="The <b>printer</b> burns.")
    agent = desk_office.people["general"]
    await desk_office.say(ticket, "Help!")
    await agent.send(channel, "Use the extinguisher.")
    await agent.send(channel, "// he sounds calm")
    await desk_office.taken()

    await agent.slash(channel, "close", reason="It is out")
    await desk_office.shown()

    (record,) = desk_office.transcripts.history()
    fields = {field.name: field.value for field in record.embeds[0].fields}
    assert fields["Closed by"] == "general\\-agent"
    assert fields["Reason"] == "It is out"
    html = (await record.attachments[0].read()).decode()
    assert "The &lt;b&gt;printer&lt;/b&gt; burns." in html
    assert "Help!" in html
    assert "Use the extinguisher." in html


@pytest.mark.parametrize("max_file_bytes", [1024 * 1024, 5000])
async def test_a_note_written_after_closing_is_put_into_the_filed_transcript(
    tmp_path: Path, max_file_bytes: int
) -> None:
    async with office(
        tmp_path, close_grace=400, inbox=InboxOptions(max_file_bytes=max_file_bytes)
    ) as desk_office:
        ticket, channel = await desk_office.open()
        await desk_office.say(ticket, "x" * 4000)
        agent = desk_office.people["general"]
        await agent.slash(channel, "close", anyway=True)
        await desk_office.shown()
        (filed,) = desk_office.transcripts.history()
        await agent.send(channel, "// it was the plug")
        await desk_office.taken()

        await until(lambda: is_gone(desk_office, ticket))

        (record,) = desk_office.transcripts.history()
        assert "it was the plug" in await _page_of(desk_office, record)
        if not filed.attachments:
            assert await desk_office.store.files.get(_linked(filed)) is None  # nobody needs the first one


async def test_a_late_note_stores_no_transcript_whose_post_is_gone(tmp_path: Path) -> None:
    """As once retention has removed it."""
    small = InboxOptions(max_file_bytes=5000)
    async with office(tmp_path, close_grace=400, inbox=small) as desk_office:
        ticket, channel = await desk_office.open()
        await desk_office.say(ticket, "x" * 4000)
        agent = desk_office.people["general"]
        await agent.slash(channel, "close", anyway=True)
        await desk_office.shown()
        (filed,) = desk_office.transcripts.history()
        await desk_office.client.http.delete_message(desk_office.transcripts.id, filed.id)
        await desk_office.store.files.delete(_linked(filed))
        await agent.send(channel, "// it was the plug")
        await desk_office.taken()

        await until(lambda: is_gone(desk_office, ticket))

        for file_id in transcripts_in(await desk_office.store.log.events(ticket.id)):
            assert await desk_office.store.files.get(file_id) is None


async def _page_of(desk_office: Office, record: discord.Message) -> str:
    """The transcript's page, attached or linked."""
    if record.attachments:
        return (await record.attachments[0].read()).decode()
    found = await desk_office.store.files.get(_linked(record))
    assert found is not None
    return found[1].decode()


def _linked(record: discord.Message) -> FileId:
    link = str(record.embeds[0].fields[-1].value)
    return FileId(link.partition("/files/")[2].split("/")[0])


async def test_a_transcript_over_the_file_limit_is_linked(tmp_path: Path) -> None:
    async with office(tmp_path, inbox=InboxOptions(max_file_bytes=5000)) as desk_office:
        ticket, channel = await desk_office.open()
        await desk_office.say(ticket, "x" * 4000)

        await desk_office.people["general"].slash(channel, "close", anyway=True)
        await desk_office.shown()

        (record,) = desk_office.transcripts.history()
        assert record.attachments == []
        assert "https://support.example/files/" in str(record.embeds[0].fields[-1].value)


async def test_what_is_typed_after_closing_is_answered_with_not_sent(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]
    await agent.slash(channel, "close")
    await desk_office.shown()

    await agent.send(channel, "One more thing")
    await desk_office.taken()

    assert await desk_office.messages(ticket) == []
    assert channel.last_message is not None
    assert "Not sent" in channel.last_message.content
    assert channel.last_message.mentions == []  # who wrote it is looking at it


async def test_the_channel_goes_after_the_grace(tmp_path: Path) -> None:
    async with office(tmp_path, close_grace=50) as desk_office:
        ticket, channel = await desk_office.open()
        await desk_office.people["general"].slash(channel, "close")
        await desk_office.shown()

        await until(lambda: is_gone(desk_office, ticket))

        assert len(desk_office.transcripts.history()) == 1
        assert channel.name not in desk_office.guild.channels


async def test_a_ticket_reopened_after_its_channel_went_has_all_that_was_said_in_a_new_one(
    tmp_path: Path,
) -> None:
    async with office(tmp_path, close_grace=50) as desk_office:
        ticket, channel = await desk_office.open()
        await desk_office.say(ticket, "It does not start")
        await desk_office.shown()
        await desk_office.people["general"].send(channel, "Is it plugged in?")
        await desk_office.taken()
        await desk_office.people["general"].slash(channel, "close", anyway=True)

        await until(lambda: is_gone(desk_office, ticket))
        await desk_office.desk.reopen(CASEY, ticket.id)
        await desk_office.shown()

        again = desk_office.guild.channels[channel.name or ""]
        told = [re.sub(r"<t:\d+:f>", "TIME", message.content) for message in again.history()]
        assert again.id != channel.id
        assert [it for it in told if "TIME" in it] == [
            "TIME Casey opened this ticket.",
            "-# TIME\nIt does not start",
            "-# TIME\nIs it plugged in?",
            "TIME general\\-agent closed this ticket as Resolved.",
            "TIME Casey opened this ticket again.",
        ]
        assert len(desk_office.transcripts.history()) == 1


async def test_a_reopened_ticket_keeps_its_channel(tmp_path: Path) -> None:
    async with office(tmp_path, close_grace=300) as desk_office:
        ticket, channel = await desk_office.open()
        await desk_office.people["general"].slash(channel, "close")
        await desk_office.shown()
        await desk_office.desk.reopen(CASEY, ticket.id)

        async def grace_is_over() -> bool:
            return await desk_office.store.timers.earliest(TimerKind.REMOVAL) is None

        await until(grace_is_over)

        assert channel.name in desk_office.guild.channels


async def test_an_end_that_is_past_is_not_told_in_a_channel_that_is_built_again(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    await desk_office.people["general"].slash(channel, "close")
    await desk_office.shown()
    await desk_office.desk.reopen(CASEY, ticket.id)
    await desk_office.shown()
    before = len(desk_office.ever_posted())

    await desk_office.by_hand(desk_office.client.http.delete_channel(channel.id))

    told = [it["content"] for it in desk_office.ever_posted()[before:]]
    assert any(it.endswith(" Casey opened this ticket again.") for it in told)
    assert [it for it in told if "Closed" in it or "channel goes" in it] == []


async def is_gone(desk_office: Office, ticket: Ticket) -> bool:
    """Whether the ticket's channel was removed, and that is known."""
    known = await desk_office.store.channels.of_ticket(ticket.id)
    return known is not None and known.state is ChannelState.GONE


def named(asked: list[str], channel: ChannelHandle, desk_office: Office) -> list[str]:
    """Requests by what they are for; an unknown one as it is."""
    names = {
        f"GET /channels/{channel.id}/messages": "GET a channel's messages",
        f"POST /channels/{channel.id}/messages": "POST a line in the channel",
        f"POST /channels/{desk_office.transcripts.id}/messages": "POST the transcript",
        f"DELETE /channels/{channel.id}": "DELETE the channel",
    }
    answer = re.compile(r"POST /interactions/.*/callback")
    return ["POST the answer" if answer.fullmatch(it) else names.get(it, it) for it in asked]


def _told(result: InteractionResult) -> str:
    assert result.response is not None
    return result.response.content
