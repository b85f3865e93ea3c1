"""The channel of a closed ticket goes once all is read that was written there, unless it is open again."""

from collections.abc import Awaitable, Callable
from typing import cast

from bot.showing.channels import TicketChannels
from bot.showing.removal import RemovalOfChannels
from bot.showing.transcript_posts import TranscriptPosts
from tests.office import CASEY, Office, now
from tickets.desks.keeping_desk import KeepingDesk
from tickets.events import Event
from tickets.model import Status, Ticket, TicketId
from tickets.ports.channels import Channel
from tickets.ports.store import Clock
from tickets.ports.timers import Timer, TimerKind


class Discord:
    """The channels and the transcripts, as far as their end needs them; what was done to them, in order."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self.done: list[str] = []
        self.is_opened_meanwhile = False
        """Whether the ticket is opened again while its transcript is completed."""

    async def existing(self, ticket_id: TicketId) -> Channel | None:
        return await self._office.store.channels.of_ticket(ticket_id)

    def must_be_connected(self) -> None:
        self.done.append("looked whether Discord is there")

    async def complete(self, closing: Event) -> None:
        self.done.append(f"completed the transcript of event {closing.seq}")
        if self.is_opened_meanwhile:
            await self._office.desk.reopen(CASEY, closing.ticket_id)

    async def remove(self, _: Channel, why: str) -> None:
        self.done.append(f"removed the channel: {why}")

    async def reach_the_end(
        self, timer: Timer, read_out: Callable[[int], Awaitable[None]], clock: Clock = now
    ) -> list[str]:
        channels, transcripts = cast("TicketChannels", self), cast("TranscriptPosts", self)
        await RemovalOfChannels(self._office.store, channels, transcripts, read_out, clock).show(timer)
        return self.done


async def closed(office: Office) -> tuple[Ticket, Timer]:
    ticket, _ = await office.open()
    ended = await office.desk.close(office.caller("admin"), ticket.id, Status.UNRESOLVED)
    await office.shown()
    return ticket, Timer(ticket.id, TimerKind.REMOVAL, ended.closed_seq or 0, 0)


async def test_it_goes_once_all_is_read(desk_office: Office) -> None:
    ticket, timer = await closed(desk_office)
    channel = await desk_office.store.channels.of_ticket(ticket.id)
    discord = Discord(desk_office)

    async def read_out(channel_id: int) -> None:
        assert channel is not None
        discord.done.append(f"read channel {channel_id == channel.channel_id}")

    assert await discord.reach_the_end(timer, read_out) == [
        "looked whether Discord is there",
        "read channel True",
        "completed the transcript of event 2",
        f"removed the channel: ticket {ticket.number} was closed",
    ]


async def test_it_stays_if_the_ticket_is_opened_again_while_it_is_read(desk_office: Office) -> None:
    ticket, timer = await closed(desk_office)

    async def read_out(_: int) -> None:
        await desk_office.desk.reopen(CASEY, ticket.id)

    assert await Discord(desk_office).reach_the_end(timer, read_out) == ["looked whether Discord is there"]


async def test_it_stays_if_the_ticket_is_opened_again_while_its_transcript_is_completed(
    desk_office: Office,
) -> None:
    _, timer = await closed(desk_office)
    discord = Discord(desk_office)
    discord.is_opened_meanwhile = True

    async def read_out(_: int) -> None:
        pass

    done = await discord.reach_the_end(timer, read_out)
    assert done == ["looked whether Discord is there", "completed the transcript of event 2"]


async def test_it_stays_for_the_next_closing_if_the_ticket_was_closed_again(desk_office: Office) -> None:
    ticket, timer = await closed(desk_office)
    await desk_office.desk.reopen(CASEY, ticket.id)
    await desk_office.desk.close(desk_office.caller("admin"), ticket.id, Status.UNRESOLVED)

    async def read_out(_: int) -> None:
        raise AssertionError("the time of this closing has not come")

    assert await Discord(desk_office).reach_the_end(timer, read_out) == []


async def test_it_stays_if_somebody_keeps_it_while_it_is_read(desk_office: Office) -> None:
    """Also before the later timer is set."""
    ticket, timer = await closed(desk_office)
    keeping = KeepingDesk(desk_office.desk, now, close_grace=0)

    async def read_out(_: int) -> None:
        await keeping.keep_open(desk_office.caller("admin"), ticket.id)

    assert await Discord(desk_office).reach_the_end(timer, read_out) == ["looked whether Discord is there"]
    assert await Discord(desk_office).reach_the_end(timer, read_out) == []


async def test_it_goes_once_the_time_is_over_for_which_it_was_kept(desk_office: Office) -> None:
    ticket, timer = await closed(desk_office)
    keeping = KeepingDesk(desk_office.desk, now, close_grace=0)
    kept = await keeping.keep_open(desk_office.caller("admin"), ticket.id)

    async def read_out(_: int) -> None:
        pass

    until = kept.kept_until or 0
    assert await Discord(desk_office).reach_the_end(timer, read_out, lambda: until - 1) == []
    done = await Discord(desk_office).reach_the_end(timer, read_out, lambda: until)
    assert done[-1] == f"removed the channel: ticket {ticket.number} was closed"
