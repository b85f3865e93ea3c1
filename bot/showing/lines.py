"""Tickets, their changes and their requesters in words: a line for each. Names and texts cannot break out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.showing.texts import plain, shortened
from texts.text import Text, Words, joined
from tickets.events import (
    Change,
    ClosingPlanned,
    LabelsChanged,
    LinkChanged,
    PartChanged,
    Sentence,
    TicketClosed,
    metadata_name,
)
from tickets.history import Entry
from tickets.model import MessageId, Millis, Part, Person, Status, Ticket, UserKey
from tickets.ports.channels import Channel, ChannelState
from tickets.ports.store import Store
from tickets.ports.users import User
from tickets.refused_addresses import RefusedAddresses
from tickets.targets import SlaState, TargetName
from tickets.transcript import DESK
from transcripts.sentences import sentence_of

TEXT_LIMIT = 60
"""Characters of a topic or other text within a line."""
NAME_LIMIT = 32
REASON_LIMIT = 1_000
LOGGED = ("assignee", "issue_level", "support_role")
"""The fields whose changes the log channel shows."""

_AT = "https://discord.com/channels"

People = Mapping[UserKey, Person]
"""Events that ``plan_of`` puts into words."""


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines, with people and places looked up in the store."""

    store: Store
    guild_id: int

    async def of(self, tickets: Sequence[Ticket]) -> Words:
        """A line for each ticket, with a link to where it is in Discord."""
        channels = await self.store.channels.of_tickets([it.id for it in tickets])
        people = await self.store.people.people([it.assignee for it in tickets if it.assignee])
        urls = [await self._link(ticket, channels.get(ticket.id)) for ticket in tickets]
        return joined(line_of(it, url, people) for it, url in zip(tickets, urls, strict=True))

    async def history(self, entries: Sequence[Entry]) -> list[Words]:
        """A line for each change of a ticket. A category that it had from the beginning is no change."""
        entries = [it for it in entries if it.field != "category"]
        changes = [Change(it.field, it.old, it.new) for it in entries]
        keys = {it.actor.key for it in entries if it.actor.key}
        people = await self.store.people.people(keys.union(*map(people_in, changes)))
        return [
            joined((f"<t:{entry.at // 1000}:f>", _told(entry, change, people)), " ")
            for entry, change in zip(entries, changes, strict=True)
        ]

    async def closing(self, ticket: Ticket) -> Words:
        """Who closed a ticket, how and when. Empty for an open one."""
        if ticket.closed_by is None or ticket.closed_at is None:
            return ""
        keys = [ticket.closed_by.key] if ticket.closed_by.key else []
        people = await self.store.people.people(keys)
        who = doer(ticket.closed_by.key, people, by_hand=False)
        status, at = Text("status", status=ticket.status), f"<t:{ticket.closed_at // 1000}:R>"
        return Text("closed-it", who=who, status=status, at=at)

    async def notice(self, ticket: Ticket, goes_at: Millis, keeper: Words | None = None) -> Words:
        """The line in the channel of a closed ticket: who closed it, how and why, where the transcript is,
        and when the channel is removed, or who keeps it open until then."""
        (closing,) = await self.store.log.events(
            ticket.id, after=(ticket.closed_seq or 1) - 1, upto=ticket.closed_seq
        )
        keys = [closing.actor.key] if closing.actor.key else []
        who = doer(closing.actor.key, await self.store.people.people(keys), by_hand=closing.is_by_hand)
        closed = Text("closed-by", status=Text("status", status=ticket.status), who=who)
        what = because(closed, ticket.close_reason)
        if isinstance(closing.data, TicketClosed) and closing.data.merged_into is not None:
            what = closing_of(who, closing.data)
        url, moment = await self._transcript(ticket), f"<t:{goes_at // 1000}:R>"
        end = Text("channel-stays", who=keeper, at=moment) if keeper else Text("channel-goes", at=moment)
        return joined((what, Text("transcript-link", url=url) if url else "", end))

    async def about(self, user: User) -> Words:
        """What staff knows about a requester."""
        person, count = user.person, user.ticket_count
        role = Text("listed-user-role", role=person.role)
        lines: list[Words] = [
            joined((f"**{plain(person.name)}**", role, Text("so-many-tickets", count=count)), " · ")
        ]
        if user.block is not None:
            until = user.block.until
            blocked = Text("blocked-until", at=f"<t:{until // 1000}:f>") if until else Text("blocked")
            lines.append(joined((blocked, plain(user.block.reason or "")), ": "))
        if (at := await RefusedAddresses(self.store).since(person.email)) is not None:
            lines.append(Text("mail-refused", at=f"<t:{at // 1000}:f>"))
        if user.note:
            lines.append(Text("note-on", note=plain(user.note)))
        return joined(lines)

    async def url_of(self, ticket: Ticket) -> str | None:
        """The address of its channel, or of its transcript once that is all there is."""
        return await self._link(ticket, await self.store.channels.of_ticket(ticket.id))

    async def _link(self, ticket: Ticket, channel: Channel | None) -> str | None:
        """The address of its channel, or of its transcript once that is all there is."""
        if channel is not None and channel.state is ChannelState.OPEN:
            return f"{_AT}/{self.guild_id}/{channel.channel_id}"
        return await self._transcript(ticket)

    async def _transcript(self, ticket: Ticket) -> str | None:
        """The address of a closed ticket's transcript, once it is filed."""
        if ticket.closed_seq is None:
            return None
        (closing,) = await self.store.log.events(
            ticket.id, after=ticket.closed_seq - 1, upto=ticket.closed_seq
        )
        filed = await self.store.channels.links(ticket.id, MessageId(f"{closing.id}:transcript"))
        at = f"{_AT}/{self.guild_id}"
        return f"{at}/{filed[0].channel_id}/{filed[0].discord_id}" if filed else None


def _told(entry: Entry, change: Change, people: People) -> Words:
    who = doer(entry.actor.key, people, by_hand=entry.by_hand)
    return change_of(who, entry.actor.key, change, people)


def line_of(ticket: Ticket, url: str | None, people: People) -> Words:
    """Number, topic, level, since when somebody waits, missed targets, and assignee."""
    topic = plain(shortened(ticket.topic, TEXT_LIMIT))
    parts: list[Words] = [f"**#{ticket.number}** " + (f"[{topic}](<{url}>)" if url else topic)]
    if ticket.is_closed:
        closed_at = f"<t:{(ticket.closed_at or 0) // 1000}:R>"
        parts.append(joined((Text("status", status=ticket.status), closed_at), " "))
    else:
        parts.append(Text("level", level=ticket.issue_level))
        parts.append(Text("support-role", role=ticket.support_role))
        waits = ticket.waiting_since
        is_waiting = Text("waits-since", at=f"<t:{(waits or 0) // 1000}:R>")
        parts.append(Text("requesters-turn") if waits is None else is_waiting)
        if ticket.sla is not None and ticket.sla.state in (SlaState.AT_RISK, SlaState.BREACHED):
            parts.append(Text("listed-target", stands=ticket.sla.state))
    if ticket.assignee is not None:
        parts.append(_name(ticket.assignee, people))
    return joined(parts, " · ")


def people_in(change: Change) -> set[UserKey]:
    """The people whom the change names."""
    if change.field not in ("assignee", "requester"):
        return set()
    return {UserKey.parse(text) for text in (change.old, change.new) if text}


def doer(key: UserKey | None, people: People, *, by_hand: bool) -> Words:
    """Who did something."""
    if key is not None:
        return _name(key, people)
    return Text("somebody-by-hand") if by_hand else DESK


def change_of(who: Words, key: UserKey | None, change: Change, people: People) -> Words:
    """Who changed what, from and to. ``key`` is the person's key."""
    match change.field:
        case "issue_level":
            old, new = (Text("level", level=it or "") for it in (change.old, change.new))
            return Text("level-was-set", who=who, old=old, new=new)
        case "support_role":
            old, new = (Text("support-role", role=it or "") for it in (change.old, change.new))
            return Text("ticket-was-passed", who=who, old=old, new=new)
        case "status":
            return _moved(who, change.old, change.new)
        case "assignee":
            return _assigned(who, key, change, people)
        case "labels" | "links":
            return _listed(who, change)
    name = metadata_name(change.field)
    field = Text("field", field=change.field) if name is None else plain(shortened(name, NAME_LIMIT))
    if change.old is None and change.new is None:
        return Text("field-was-changed", who=who, field=field)
    before, after = (_value(change.field, text, people) for text in (change.old, change.new))
    return Text("field-was-set", who=who, field=field, old=before, new=after)


def sentence_in_discord(who: Words, data: Sentence) -> Words:
    """Who did what, and why. Discord shows the times in each reader's time zone."""
    words = sentence_of(who, data, _moment)
    return because(words, data.reason) if isinstance(data, ClosingPlanned) else words


def part_of(who: Words, changed: PartChanged, people: People) -> Words:
    """Who takes part from now on, or not any more."""
    whom = _name(changed.who, people)
    if changed.part is Part.SUBSCRIBER:
        return Text("subscriber-left" if changed.ends else "subscriber-joined", whom=whom)
    return Text("colleague-was-removed" if changed.ends else "colleague-was-added", who=who, whom=whom)


def link_of(who: Words, changed: LinkChanged, url: str | None) -> Words:
    """Which ticket is linked from now on, or not any more."""
    other = f"[#{changed.number}](<{url}>)" if url else f"#{changed.number}"
    return Text("ticket-was-unlinked" if changed.ends else "ticket-was-linked", who=who, other=other)


def closing_of(who: Words, closed: TicketClosed) -> Words:
    """Who closed a ticket, with which status and why, or merged it into which other one."""
    if closed.merged_into_number is not None:
        return Text("ticket-was-merged", who=who, into=closed.merged_into_number)
    status = Text("status", status=closed.to)
    return because(Text("ticket-was-closed", who=who, status=status), closed.reason)


def because(what: Text, reason: str | None) -> Words:
    """What happened, and the reason if there is one."""
    if reason:
        return Text("for-a-reason", what=what, reason=shown_reason(reason))
    return Text("sentence", what=what)


def shown_reason(reason: str) -> str:
    """The reason, literally. It is shortened, because escaped markdown takes twice the room."""
    return shortened(plain(reason), REASON_LIMIT)


def target_line(target: TargetName, state: SlaState, due_at: Millis) -> Words:
    """The line about an SLA target, for staff."""
    at = _moment(due_at)
    if target is TargetName.FIRST_RESPONSE:
        is_late = Text("first-answer-is-late", at=at)
        return is_late if state is SlaState.BREACHED else Text("first-answer-is-due", at=at)
    is_late = Text("resolution-is-late", at=at)
    return is_late if state is SlaState.BREACHED else Text("resolution-is-due", at=at)


def _moment(at: Millis) -> str:
    return f"<t:{at // 1000}:f> (<t:{at // 1000}:R>)"


def _moved(who: Words, old: str | None, new: str | None) -> Words:
    status = Text("status", status=new or "")
    if new is not None and Status(new).is_closed:
        return because(Text("ticket-was-closed", who=who, status=status), None)
    if old is None:
        return Text("ticket-was-opened", who=who)
    if Status(old).is_closed:
        return Text("ticket-was-reopened", who=who)
    return Text("staffs-turn-now" if new == Status.OPEN else "requesters-turn-now", who=who, status=status)


def _listed(who: Words, change: Change) -> Words:
    """What is new in a list, and what is not in it any more: the whole of it may be long."""
    old, new = ([it for it in (text or "").split(", ") if it] for text in (change.old, change.new))
    added, removed = ([it for it in one if it not in other] for one, other in ((new, old), (old, new)))
    if change.field == "labels":
        return sentence_of(who, LabelsChanged(tuple(added), tuple(removed)), _moment)
    linked = [Text("ticket-was-linked", who=who, other=f"#{it}") for it in added]
    return joined([*linked, *(Text("ticket-was-unlinked", who=who, other=f"#{it}") for it in removed)], " ")


def _assigned(who: Words, key: UserKey | None, change: Change, people: People) -> Words:
    whom = _name(UserKey.parse(change.new or change.old or ""), people)
    own = key is not None and whom == _name(key, people)  # they may have two keys
    if change.new is None:
        return Text("ticket-was-released", who=who) if own else Text("ticket-was-taken", who=who, whom=whom)
    return Text("ticket-was-claimed", who=who) if own else Text("ticket-was-given", who=who, whom=whom)


def _value(field: str, text: str | None, people: People) -> Words:
    if text is None:
        return Text("nothing")
    if field == "requester":
        return _name(UserKey.parse(text), people)
    return Text("quoted", text=plain(shortened(" ".join(text.split()), TEXT_LIMIT)))


def _name(key: UserKey, people: People) -> str:
    person = people.get(key)
    return plain(shortened(person.name if person else key.id, NAME_LIMIT))
