"""Lines of the bot in a ticket's channel: who did what. They stay true later, and in a rebuilt channel."""

from collections.abc import Sequence
from contextlib import suppress

import discord

from bot.connection.faults import MessageIsGone
from bot.showing.channels import TicketChannels
from bot.showing.lines import (
    Lines,
    change_of,
    closing_of,
    doer,
    link_of,
    part_of,
    people_in,
    sentence_in_discord,
)
from bot.showing.outbox import nonce
from bot.showing.pings import Pinged
from bot.showing.rebuilt import time_there
from cogs.carrying_buttons import Carrying, CarryingButton
from texts.text import Text, Words, joined
from tickets.events import (
    Change,
    ClosingPlanned,
    Event,
    LinkChanged,
    PartChanged,
    Sentence,
    TicketChanged,
    TicketClosed,
    TicketOpened,
)
from tickets.model import MessageId, Millis, Ticket
from tickets.ports.channels import Channel, Link
from tickets.ports.store import Store


class Notices:
    def __init__(
        self,
        store: Store,
        channels: TicketChannels,
        lines: Lines,
        buttons: Sequence[CarryingButton],
        plan_buttons: Sequence[CarryingButton],
    ) -> None:
        """``buttons`` are below the line about a closing, ``plan_buttons`` below a planned one."""
        self._store = store
        self._channels = channels
        self._lines = lines
        self._buttons = [button.carrying() for button in buttons]
        self._plan_buttons = [button.carrying() for button in plan_buttons]

    async def who(self, event: Event) -> Words:
        """The name of the actor."""
        keys = [event.actor.key] if event.actor.key else []
        return doer(event.actor.key, await self._store.people.people(keys), by_hand=event.is_by_hand)

    async def opened(self, channel: Channel, event: Event, opened: TicketOpened) -> None:
        """Post who opened the ticket, in a rebuilt channel. Otherwise the card says so."""
        when = await self._when(channel, event)
        if when:
            await self.say(channel, event, Text("ticket-was-opened", who=await self.who(event)), number=95)
        if opened.nobody_on_duty:
            text = Text("nobody-on-duty", role=Text("support-role", role=opened.support_role))
            await self.say(channel, event, text, number=97)

    async def author_of(self, channel: Channel, event: Event) -> Words:
        """The author of a note, with the time if the channel was rebuilt since."""
        return joined((await self.who(event), await self._when(channel, event)), ", ")

    async def changed(
        self, channel: Channel, event: Event, changes: Sequence[Change], ping: Pinged | None
    ) -> None:
        people = await self._store.people.people({key for it in changes for key in people_in(it)})
        who = await self.who(event)
        text = joined(change_of(who, event.actor.key, it, people) for it in changes)
        await self.say(channel, event, text, ping=ping)

    async def part_changed(
        self, channel: Channel, event: Event, changed: PartChanged, ping: Pinged | None
    ) -> None:
        people = await self._store.people.people([changed.who])
        await self.say(channel, event, part_of(await self.who(event), changed, people), ping=ping)

    async def link_changed(self, channel: Channel, event: Event, changed: LinkChanged) -> None:
        other = await self._store.views.ticket(changed.other)
        url = await self._lines.url_of(other) if other else None
        await self.say(channel, event, link_of(await self.who(event), changed, url))

    async def moved_by_hand(self, channel: Channel, event: Event, changed: TicketChanged) -> None:
        """Say why the level changed: the channel was moved by hand."""
        for change in changed.changes:
            if change.field == "issue_level":
                await self.say(channel, event, change_of(await self.who(event), None, change, {}))

    async def closed(self, channel: Channel, event: Event, ticket: Ticket, goes_at: Millis) -> None:
        """Say that the ticket is closed, and that the channel is removed at ``goes_at`` unless somebody
        presses one of the buttons."""
        sent = await self.say(
            channel,
            event,
            await self._lines.notice(ticket, goes_at),
            buttons=() if ticket.merged_into else self._buttons,
        )
        link = Link(
            ticket_id=ticket.id,
            message_id=_notice_of(event),
            channel_id=channel.channel_id,
            discord_id=sent.id,
        )
        await self._store.channels.link(link)

    async def kept(self, channel: Channel, event: Event, ticket: Ticket, until: Millis) -> None:
        """Change the line about the closing: it says who keeps the channel open. If it is gone, post another
        line."""
        who = await self.who(event)
        words = await self._lines.notice(ticket, until, who)
        buttons = () if ticket.merged_into else self._buttons
        for closing in await self._store.log.events(
            ticket.id, after=(ticket.closed_seq or 1) - 1, upto=ticket.closed_seq
        ):
            for link in await self._store.channels.links(ticket.id, _notice_of(closing)):
                with suppress(MessageIsGone):
                    await self._channels.correct(channel, link.discord_id, words, buttons)
                    return
        await self.say(channel, event, words, buttons=buttons)

    async def told(self, channel: Channel, event: Event, data: Sentence, ping: Pinged | None) -> None:
        buttons = self._plan_buttons if isinstance(data, ClosingPlanned) else ()
        words = sentence_in_discord(await self.who(event), data)
        await self.say(channel, event, words, ping=ping, buttons=buttons)

    async def was_closed(self, channel: Channel, event: Event, closed: TicketClosed) -> None:
        """Say that the ticket was closed earlier, in a rebuilt channel."""
        if await self._when(channel, event):
            await self.say(channel, event, closing_of(await self.who(event), closed))

    async def correct_closing(self, channel: Channel, later: Event) -> None:
        """Once a ticket is open again, correct the line which says that the channel will be removed."""
        before = await self._store.log.events(later.ticket_id, upto=later.seq)
        closings = [it for it in before if isinstance(it.data, TicketClosed)]
        for event in closings[-1:]:
            for link in await self._store.channels.links(event.ticket_id, _notice_of(event)):
                if link.channel_id == channel.channel_id and isinstance(event.data, TicketClosed):
                    status = Text("status", status=event.data.to)
                    text = Text("closed-and-reopened", status=status, who=await self.who(event))
                    with suppress(MessageIsGone):
                        await self._channels.correct(channel, link.discord_id, text)

    async def say(
        self,
        channel: Channel,
        event: Event,
        words: Words,
        *,
        number: int = 0,
        ping: Pinged | None = None,
        buttons: Sequence[Carrying] = (),
    ) -> discord.Message:
        """Post a line about what happened, with its time if the channel was rebuilt since."""
        words = joined((await self._when(channel, event), words), " ")
        return await self._channels.say(channel, words, nonce(event, number), ping=ping, buttons=buttons)

    async def _when(self, channel: Channel, event: Event) -> str:
        """The time of the event, if the channel was rebuilt since."""
        return await time_there(self._store.channels, channel, event.at)


def _notice_of(closing: Event) -> MessageId:
    """The id of the link to the line about a closing."""
    return MessageId(f"{closing.id}:closing")
