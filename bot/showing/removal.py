"""The end of a ticket's channel, some time after the ticket was closed."""

from collections.abc import Awaitable, Callable
from contextlib import suppress

from bot.connection.faults import ChannelIsGone, discord_faults
from bot.showing.channels import TicketChannels
from bot.showing.transcript_posts import TranscriptPosts
from tickets.model import Ticket
from tickets.ports.store import Clock, Store
from tickets.ports.timers import Timer, TimerKind

ReadOut = Callable[[int], Awaitable[None]]
"""Returns once everything that was written in a channel is stored. Raises Discord's error if the channel
cannot be read."""


class RemovalOfChannels:
    """Removes the channel of a closed ticket, unless it was reopened since the timer was set, or somebody
    keeps it open for longer."""

    name = TimerKind.REMOVAL

    def __init__(
        self,
        store: Store,
        channels: TicketChannels,
        transcripts: TranscriptPosts,
        read_out: ReadOut,
        clock: Clock,
    ) -> None:
        """``read_out`` is called first, because nobody can read the channel afterwards."""
        self._store = store
        self._channels = channels
        self._transcripts = transcripts
        self._read_out = read_out
        self._clock = clock

    async def show(self, timer: Timer) -> None:
        channel = await self._channels.existing(timer.ticket_id)
        if channel is None or await self._closed(timer) is None:
            return
        self._channels.must_be_connected()
        with suppress(ChannelIsGone), discord_faults("reading what was written in a channel that is to go"):
            await self._read_out(channel.channel_id)
        if (ticket := await self._closed(timer)) is not None:
            closed_seq = ticket.closed_seq or timer.set_at_seq
            (closing,) = await self._store.log.events(ticket.id, after=closed_seq - 1, upto=closed_seq)
            await self._transcripts.complete(closing)
            if await self._closed(timer) is not None:
                await self._channels.remove(channel, f"ticket {ticket.number} was closed")

    async def _closed(self, timer: Timer) -> Ticket | None:
        """The ticket, if it is still closed as it was when the timer was set, and its channel is not kept."""
        ticket = await self._store.views.ticket(timer.ticket_id)
        if ticket is None or ticket.erased_at is not None:  # then the channel is removed at once
            return None
        if ticket.closed_seq is None or ticket.closed_seq > timer.set_at_seq:
            return None
        return None if ticket.kept_until is not None and ticket.kept_until > self._clock() else ticket

    async def give_up(self, timer: Timer, why: str) -> None:
        """The channel stays. The relay logs that."""
