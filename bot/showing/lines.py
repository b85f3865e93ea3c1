"""Tickets, their changes and their requesters in words: a line for each. Names and texts cannot break out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import assert_never

from bot.showing.texts import plain, shortened
from tickets.events import (
    Change,
    CloseAsked,
    CloseDeclined,
    ClosingPlanned,
    Plan,
    SnoozeEnded,
    TicketReopened,
    TicketSnoozed,
)
from tickets.history import Entry
from tickets.model import MessageId, Millis, Person, Status, Ticket, UserKey
from tickets.ports.channels import Channel, ChannelState
from tickets.ports.store import Store
from tickets.ports.users import User
from tickets.transcript import BY_HAND, DESK

TEXT_LIMIT = 60
"""Characters of a topic or another text within a line."""
NAME_LIMIT = 32

People = Mapping[UserKey, Person]


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines, with what the store knows of people and places."""

    store: Store
    guild_id: int

    async def of(self, tickets: Sequence[Ticket]) -> str:
        """A line for each ticket, with a link to where it is in Discord."""
        channels = await self.store.channels.of_tickets([it.id for it in tickets])
        people = await self.store.people.people([it.assignee for it in tickets if it.assignee])
        urls = [await self._link(ticket, channels.get(ticket.id)) for ticket in tickets]
        return "\n".join(line_of(it, url, people) for it, url in zip(tickets, urls, strict=True))

    async def history(self, entries: Sequence[Entry]) -> list[str]:
        """A line for each change of a ticket."""
        changes = [Change(it.field, it.old, it.new) for it in entries]
        keys = {it.actor.key for it in entries if it.actor.key}
        people = await self.store.people.people(keys.union(*map(people_in, changes)))
        return [
            f"<t:{entry.at // 1000}:f> {_told(entry, change, people)}"
            for entry, change in zip(entries, changes, strict=True)
        ]

    async def closing(self, ticket: Ticket) -> str:
        """Who closed a ticket, how and when; nothing of an open one."""
        if ticket.closed_by is None or ticket.closed_at is None:
            return ""
        keys = [ticket.closed_by.key] if ticket.closed_by.key else []
        people = await self.store.people.people(keys)
        who = doer(ticket.closed_by.key, people, by_hand=False)
        return f"{who} closed it as {ticket.status} <t:{ticket.closed_at // 1000}:R>."

    def about(self, user: User) -> str:
        """What staff knows of somebody who asks."""
        person, count = user.person, user.ticket_count
        role = person.role.replace("_", " ").capitalize()
        lines = [f"**{plain(person.name)}** · {role} · {count} ticket{'' if count == 1 else 's'}"]
        if user.block is not None:
            until = user.block.until
            end = f"until <t:{until // 1000}:f>" if until else "until somebody lifts it"
            reason = f": {plain(user.block.reason)}" if user.block.reason else ""
            lines.append(f"Blocked {end}{reason}")
        if user.note:
            lines.append(f"Note: {plain(user.note)}")
        return "\n".join(lines)

    async def _link(self, ticket: Ticket, channel: Channel | None) -> str | None:
        """The address of its channel, or of its transcript once that is all there is."""
        at = f"https://discord.com/channels/{self.guild_id}"
        if channel is not None and channel.state is ChannelState.OPEN:
            return f"{at}/{channel.channel_id}"
        if ticket.closed_seq is None:
            return None
        (closing,) = await self.store.log.events(
            ticket.id, after=ticket.closed_seq - 1, upto=ticket.closed_seq
        )
        filed = await self.store.channels.links(ticket.id, MessageId(f"{closing.id}:transcript"))
        return f"{at}/{filed[0].channel_id}/{filed[0].discord_id}" if filed else None


def _told(entry: Entry, change: Change, people: People) -> str:
    who = doer(entry.actor.key, people, by_hand=entry.by_hand)
    return change_of(who, entry.actor.key, change, people)


def line_of(ticket: Ticket, url: str | None, people: People) -> str:
    """The number, the topic, how pressing it is, whose it is, and since when somebody waits."""
    topic = plain(shortened(ticket.topic, TEXT_LIMIT))
    parts = [f"**#{ticket.number}** " + (f"[{topic}](<{url}>)" if url else topic)]
    if ticket.is_closed:
        parts.append(f"{ticket.status.capitalize()} <t:{(ticket.closed_at or 0) // 1000}:R>")
    else:
        parts += [ticket.issue_level.capitalize(), ticket.support_role.capitalize()]
        waits = ticket.waiting_since
        parts.append("the requester's turn" if waits is None else f"waits since <t:{waits // 1000}:R>")
    if ticket.assignee is not None:
        parts.append(_name(ticket.assignee, people))
    return " · ".join(parts)


def people_in(change: Change) -> set[UserKey]:
    """Whom the change names."""
    if change.field not in ("assignee", "requester"):
        return set()
    return {UserKey.parse(text) for text in (change.old, change.new) if text}


def doer(key: UserKey | None, people: People, *, by_hand: bool) -> str:
    """Who did something."""
    if key is not None:
        return _name(key, people)
    return BY_HAND if by_hand else DESK


def change_of(who: str, key: UserKey | None, change: Change, people: People) -> str:
    """Who did what, from and to; ``key`` is theirs."""
    match change.field:
        case "issue_level":
            return f"{who} set the level from {change.old} to {change.new}."
        case "support_role":
            return f"{who} passed this ticket from {change.old} to {change.new}."
        case "status":
            return f"{who} {_moved(change.old, change.new)}."
        case "assignee":
            return f"{who} {_assigned(key, change, people)}."
    field = change.field.replace("_", " ")
    if change.old is None and change.new is None:
        return f"{who} changed the {field}."
    old, new = (_value(change.field, text, people) for text in (change.old, change.new))
    return f"{who} changed the {field} from {old} to {new}."


def plan_of(who: str, plan: Plan | TicketReopened) -> str:
    """Who planned what; Discord shows the times in the zone of whoever reads."""
    match plan:
        case TicketReopened():
            return f"{who} opened this ticket again."
        case TicketSnoozed(until):
            return f"{who} put this ticket aside until {_moment(until)}, or the requester's next word."
        case SnoozeEnded():
            return f"{who} took this ticket up again."
        case CloseAsked():
            return f"{who} asked the requester whether this ticket can be closed."
        case CloseDeclined():
            return f"{who} says that this is not done."
        case ClosingPlanned(at, reason):
            why = f": {plain(reason)}" if reason else "."
            return f"{who} closes this ticket {_moment(at)}, unless somebody writes before{why}"
    assert_never(plan)


def _moment(at: Millis) -> str:
    return f"<t:{at // 1000}:f> (<t:{at // 1000}:R>)"


def _moved(old: str | None, new: str | None) -> str:
    if new is not None and Status(new).is_closed:
        return f"closed this ticket as {new}"
    if old is None:
        return "opened this ticket"
    if Status(old).is_closed:
        return "opened this ticket again"
    turn = "staff's" if new == Status.OPEN else "the requester's"
    return f"made it {turn} turn ({new})"


def _assigned(key: UserKey | None, change: Change, people: People) -> str:
    it = UserKey.parse(change.new or change.old or "")
    own = key is not None and _name(it, people) == _name(key, people)  # they may have two keys
    if change.new is None:
        return "released this ticket" if own else f"took this ticket from {_name(it, people)}"
    return "claimed this ticket" if own else f"gave this ticket to {_name(it, people)}"


def _value(field: str, text: str | None, people: People) -> str:
    if text is None:
        return "nothing"
    if field == "requester":
        return _name(UserKey.parse(text), people)
    return f"“{plain(shortened(' '.join(text.split()), TEXT_LIMIT))}”"


def _name(key: UserKey, people: People) -> str:
    person = people.get(key)
    return plain(shortened(person.name if person else key.id, NAME_LIMIT))
