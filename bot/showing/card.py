"""The card: the pinned message on top of a ticket's channel that shows the ticket's state."""

import hashlib
import io
import json
from collections.abc import Mapping

import discord

from bot.showing.parts import length
from bot.showing.read_marks import SeenUpTo
from bot.showing.texts import (
    EMBED_DESCRIPTION_LIMIT,
    EMBED_TITLE_LIMIT,
    EMBED_TOTAL_LIMIT,
    harmless,
    plain,
    shortened,
    start_of,
)
from tickets.model import IssueLevel, Person, Status, Ticket, UserKey

FIELD_LIMIT = 256
"""Shorter than Discord's limit of a field, so that the fields leave room for the description."""

COLOURS = {
    IssueLevel.NORMAL: discord.Colour.blurple(),
    IssueLevel.URGENT: discord.Colour.orange(),
    IssueLevel.CRITICAL: discord.Colour.red(),
}
TURNS = {
    Status.OPEN: "OPEN (staff's turn)",
    Status.PENDING: "PENDING (the requester's turn)",
}


def card_of(ticket: Ticket, people: Mapping[UserKey, Person], seen: SeenUpTo | None = None) -> discord.Embed:
    """The embed. Topic, description and names appear as the requester's words and cannot break out."""
    requester = people.get(ticket.requester)
    embed = discord.Embed(
        title=shortened(f"#{ticket.number} · {plain(ticket.topic)}", EMBED_TITLE_LIMIT),
        description=start_of(ticket.description, EMBED_DESCRIPTION_LIMIT),
        colour=discord.Colour.dark_grey() if ticket.is_closed else COLOURS[ticket.issue_level],
    )
    _field(embed, "Requester", plain(requester.name if requester else ticket.requester.id))
    _field(embed, "E-mail", plain(requester.email or "") if requester else "")
    _field(embed, "Role", ticket.requester_role)
    _field(embed, "User id", plain(ticket.requester.id))
    _field(embed, "Level", ticket.issue_level)
    _field(embed, "Support role", ticket.support_role)
    _field(embed, "Status", TURNS.get(ticket.status, ticket.status))
    for name, at in (
        ("Aside until", ticket.snoozed_until),
        ("Asked whether it can be closed", ticket.close_asked_at),
        ("Closes", ticket.closes_at),
    ):
        if at is not None:
            _field(embed, name, f"<t:{at // 1000}:f>")
    if ticket.assignee is not None:
        assignee = people.get(ticket.assignee)
        _field(embed, "Assignee", plain(assignee.name if assignee else ticket.assignee.id))
    if ticket.labels:
        _field(embed, "Labels", ", ".join(ticket.labels))
    if seen is not None:
        message = f"message {seen.seq}"
        _field(
            embed,
            "Seen by the requester",
            f"up to {f'[{message}]({seen.url})' if seen.url else message}",
        )
    for name, value in ticket.metadata.items():
        _field(embed, shortened(plain(name), FIELD_LIMIT), plain(value))
    embed.set_footer(text=f"Ticket {ticket.id}")
    while len(embed) > EMBED_TOTAL_LIMIT:
        embed.remove_field(-1)
    return embed


def headline(ticket: Ticket) -> str:
    """The words above the card. A ticket is new until it was anybody's or was closed for the first time."""
    words = f"{ticket.issue_level} ticket for {ticket.support_role}"
    if ticket.is_closed:
        return f"{words}, closed as {ticket.status}."
    is_new = ticket.is_unattended and ticket.waiting_since == ticket.created_at
    return f"New {words}." if is_new else f"{words}."


def description_of(ticket: Ticket) -> list[discord.File]:
    """The whole description as a file, where the card has no room for it."""
    if _is_whole(ticket):
        return []
    return [discord.File(io.BytesIO(ticket.description.encode(errors="replace")), "description.txt")]


def digest(embed: discord.Embed, ticket: Ticket) -> str:
    """The same for equal cards with equal files."""
    shown = headline(ticket) + json.dumps(embed.to_dict(), sort_keys=True)
    if not _is_whole(ticket):
        shown += ticket.description
    return hashlib.sha256(shown.encode(errors="replace")).hexdigest()[:16]


def _is_whole(ticket: Ticket) -> bool:
    return length(harmless(ticket.description)) <= EMBED_DESCRIPTION_LIMIT


def _field(embed: discord.Embed, name: str, value: str) -> None:
    embed.add_field(name=name, value=shortened(value, FIELD_LIMIT) or "—", inline=True)
