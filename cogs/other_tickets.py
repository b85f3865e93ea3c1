"""Finds other tickets by their numbers, as far as somebody sees them."""

from collections.abc import Iterable

import discord
from discord import app_commands

from cogs.action import Asked, Means, channel_here
from tickets import policy
from tickets.model import Caller, Status, Ticket
from tickets.ports.lists import TicketFilter
from tickets.refusals import TicketNotFound

OFFERED = 25
"""The number of choices that Discord accepts."""
LARGEST = 10**9
OPEN = frozenset(it for it in Status if not it.is_closed)

Number = app_commands.Range[int, 1, LARGEST]


async def seen_ticket(means: Means, asked: Asked, number: int | str) -> Ticket:
    """The ticket with this number, if the person sees it. Raises TicketNotFound."""
    ticket = await means.desk.ticket(asked.caller, str(number))
    if ticket.support_role not in policy.support_roles_seen_by(asked.caller.person):
        raise TicketNotFound(str(number))
    return ticket


async def ticket_here(means: Means, interaction: discord.Interaction) -> tuple[Caller, Ticket] | None:
    """The member of staff who types, and the ticket of this channel."""
    caller = means.staff.caller(interaction.user)
    channel = await channel_here(means, interaction)
    if caller is None or channel is None:
        return None
    return caller, await means.desk.ticket(caller, channel.ticket_id)


async def newest_seen(means: Means, caller: Caller, which: TicketFilter) -> list[Ticket]:
    """The newest of these tickets that the person sees: a few more than can be offered."""
    return (await means.desk.tickets(caller, which, limit=2 * OFFERED)).items


def choices(tickets: Iterable[Ticket], typed: int) -> list[app_commands.Choice[int]]:
    """The tickets whose numbers begin with the typed text."""
    fitting = [it for it in tickets if str(it.number).startswith(str(typed or ""))]
    return [
        app_commands.Choice(name=f"#{it.number} {it.topic}"[:100], value=it.number)
        for it in fitting[:OFFERED]
    ]
