"""What all actions of staff share: the actor, the ticket of the channel, and the means.

An action is one file with one class. Its command and its button call the same method."""

from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

import discord
from discord import app_commands
from discord.ext import commands

from cogs.card_buttons import CardButton, CardSelect
from cogs.carrying_buttons import CarryingButton
from cogs.examinations import Doctor
from cogs.form_ids import Again, FormIds
from cogs.members import Members
from cogs.panels import Panels
from cogs.replies import Answer, Declined, answer, language_for, words
from cogs.staff import Staff
from texts.language import Language
from texts.text import Text, Words, joined
from tickets.desks.common_desks import CommonDesks
from tickets.desks.correcting_desk import CorrectingDesk
from tickets.desks.keeping_desk import KeepingDesk
from tickets.desks.staff_desk import StaffDesk
from tickets.desks.ticket_desk import Desk
from tickets.history import Entry
from tickets.model import Attachment, Caller, Millis, Ticket, TicketId, UserKey
from tickets.ports.channels import Channel, Channels
from tickets.ports.reports import Span
from tickets.ports.store import Clock
from tickets.ports.users import User
from tickets.refusals import TicketIsClosed
from tickets.sources import Source, from_command
from tickets.transcript import Transcript

T = TypeVar("T")
P = ParamSpec("P")
A = TypeVar("A", bound="Action")


class Turns(Protocol):
    """Reads what is said in the channels."""

    async def in_turn(self, channel_id: int, act: Callable[[], Awaitable[T]]) -> T:
        """Returns or raises what ``act`` does, once everything that was done in the channel before is
        processed."""
        ...


class Lines(Protocol):
    """Puts tickets, their changes and their requesters into words."""

    async def of(self, tickets: Sequence[Ticket]) -> Words:
        """A line for each ticket, with a link to its place in Discord."""
        ...

    async def history(self, entries: Sequence[Entry]) -> list[Words]:
        """A line for each change of a ticket."""
        ...

    async def notice(self, ticket: Ticket, goes_at: Millis, keeper: Words | None = None) -> Words:
        """What the channel of a closed ticket says: when it will be removed, or who keeps it open until
        when."""
        ...

    async def closing(self, ticket: Ticket) -> Words:
        """Who closed a ticket, how and when; empty for an open one."""
        ...

    async def about(self, user: User) -> Words:
        """What staff knows about a requester."""
        ...


class MadeThreads(Protocol):
    """Knows the threads of requesters."""

    async def made(self, ticket_id: TicketId, seconds: float) -> int | None:
        """Wait until the ticket's thread is made, and return its Discord id. None if it takes longer than
        these seconds."""
        ...

    async def let_in_again(self, requester: UserKey, joined_at: Millis) -> None:
        """Let somebody who joined the guild at this time into the older threads of their open tickets."""
        ...


class FormFiles(Protocol):
    """Reads messages from which tickets are opened, and copies the files that come with a form."""

    async def said(self, message: discord.Message, language: Language) -> str:
        """What a message says, with a line in this language for each part that is not text."""
        ...

    def in_message(self, message: discord.Message) -> Sequence[discord.Attachment]:
        """The files of a message, and those of what it forwards."""
        ...

    async def copied(
        self, attachments: Sequence[discord.Attachment], mark: str
    ) -> tuple[tuple[Attachment, ...], list[str]]:
        """The copies, and the names of files that could not be copied. ``mark`` makes the copies belong to
        one ticket."""
        ...


class Transcripts(Protocol):
    """Makes transcripts."""

    async def page(self, transcript: Transcript) -> bytes:
        """One HTML page."""
        ...

    def url(self, ticket: Ticket) -> str:
        """The address of the page that shows it to those who may see it."""
        ...


class FiguresInWords(Protocol):
    """Puts statistics into words."""

    async def of(self, span: Span, heading: Words) -> Words:
        """Statistics of the tickets that were opened within the span."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Means(CommonDesks):
    """What actions work with."""

    desk: Desk
    staff_desk: StaffDesk
    keeping: KeepingDesk
    correcting: CorrectingDesk
    channels: Channels
    staff: Staff
    members: Members
    turns: Turns
    own_turns: Turns
    """The same for requesters' threads."""
    threads: MadeThreads
    form_files: FormFiles
    panels: Panels
    transcripts: Transcripts
    lines: Lines
    figures: FiguresInWords
    doctor: Doctor
    clock: Clock
    zone: Callable[[], tzinfo]
    """The desk's time zone. Times of the day that people type are in it."""
    language: Language
    """The language for people in whose own language there are no texts."""
    form_ids: FormIds = field(default_factory=FormIds)


class Action(commands.Cog):
    """One thing that staff can do."""

    is_for_members = False
    """Whether members who are not staff have its commands, too."""

    def __init__(self, means: Means) -> None:
        self.means = means

    def buttons(self) -> Sequence[CardButton]:
        """The action's buttons on the card of every open ticket, and behind *More*."""
        return ()

    def selects(self) -> Sequence[CardSelect]:
        """The action's selects behind *More*."""
        return ()

    def carrying_buttons(self) -> Sequence[CarryingButton]:
        """The action's buttons below answers."""
        return ()

    def forms(self) -> Mapping[str, Again]:
        """Functions that build the action's forms again from what their ids carry."""
        return {}

    def items(self) -> Sequence[type[discord.ui.DynamicItem[Any]]]:
        """Other components that are handled by their ids, however old their messages are."""
        return ()

    def menus(self) -> Sequence[app_commands.ContextMenu]:
        """The action's entries in the menus of messages and members."""
        return ()

    def language(self, interaction: discord.Interaction) -> Language:
        """The language of answers that only this person sees."""
        return language_for(interaction, self.means.language)

    def notice_buttons(self) -> Sequence[CarryingButton]:
        """The action's buttons below the line that says that a ticket is closed."""
        return ()

    def plan_buttons(self) -> Sequence[CarryingButton]:
        """The action's buttons below the line about a planned closing."""
        return ()

    def transcript_buttons(self) -> Sequence[CarryingButton]:
        """The action's buttons below a transcript's post that does not show the transcript."""
        return ()

    def board_buttons(self) -> Sequence[CarryingButton]:
        """The action's buttons on the board."""
        return ()


@dataclass(frozen=True, slots=True)
class Asked:
    """A request of a member of staff."""

    interaction: discord.Interaction
    caller: Caller
    language: Language
    """The language in which they read the answer."""

    @property
    def source(self) -> Source:
        """The source of the event that this causes. It is the same each time the request is processed."""
        return from_command(self.interaction.id)


@dataclass(frozen=True, slots=True)
class AskedHere(Asked):
    """A request of a member of staff in the channel of a ticket."""

    channel: Channel

    @property
    def ticket_id(self) -> TicketId:
        return self.channel.ticket_id


async def channel_here(means: Means, interaction: discord.Interaction) -> Channel | None:
    """The ticket's channel in which somebody acts, even if they act in one of its threads."""
    here = interaction.channel
    parent_id = here.parent_id if isinstance(here, discord.Thread) else None
    return await means.channels.at(parent_id or interaction.channel_id or 0)


def by_staff(
    act: Callable[Concatenate[A, Asked, P], Awaitable[Answer | Words]],
) -> Callable[Concatenate[A, discord.Interaction, P], Coroutine[Any, Any, None]]:
    """For members of staff, in any channel. Only the person sees the result or refusal of ``act``."""

    @wraps(act)
    async def asked(self: A, interaction: discord.Interaction, /, *args: P.args, **more: P.kwargs) -> None:
        async def work() -> Answer | Words:
            asked = Asked(interaction, _caller(self.means, interaction), self.language(interaction))
            return await act(self, asked, *args, **more)

        await answer(interaction, work(), self.means.language)

    return asked


def in_ticket(
    act: Callable[Concatenate[A, AskedHere, P], Awaitable[Answer | Words]],
) -> Callable[Concatenate[A, discord.Interaction, P], Coroutine[Any, Any, None]]:
    """For members of staff, in the channel of a ticket. Only the person sees the answer."""

    @wraps(act)
    async def asked(self: A, interaction: discord.Interaction, /, *args: P.args, **more: P.kwargs) -> None:
        async def work() -> Answer | Words:
            caller = _caller(self.means, interaction)
            channel = await channel_here(self.means, interaction)
            if channel is None:
                raise Declined(Text("not-a-ticket-channel"))
            try:
                asked = AskedHere(interaction, caller, self.language(interaction), channel)
                return await act(self, asked, *args, **more)
            except TicketIsClosed as refusal:
                ticket = await self.means.desk.ticket(caller, channel.ticket_id)
                told = (words(refusal), await self.means.lines.closing(ticket))
                raise Declined(joined(told, " ")) from refusal

        await answer(interaction, work(), self.means.language)

    return asked


def _caller(means: Means, interaction: discord.Interaction) -> Caller:
    caller = means.staff.caller(interaction.user)
    if caller is None:
        raise Declined(Text("staff-only"))
    return caller
