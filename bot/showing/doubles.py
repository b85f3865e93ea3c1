"""Removes messages of Guildesk that were posted twice, for instance after Discord has lost an answer, and
those that another one replaces."""

import logging
from contextlib import suppress
from functools import partial

import discord

from bot.connection.faults import MessageIsGone, Refused, discord_faults
from tickets.ports.channels import Places
from tickets.ports.sinks import Backlog, SinkName

log = logging.getLogger(__name__)


async def remove_double(message: discord.Message, places: Places, backlog: Backlog, sink: SinkName) -> bool:
    """Remove a message of our webhook that no link names, if no post is under way. Returns False if that is
    not known yet."""
    place = await places.at(message.channel.id)
    if place is None or message.webhook_id != place.webhook_id:
        return True
    shown_by = partial(places.shown_by, place.ticket_id, place.channel_id, message.id)
    if await shown_by() is not None:
        return True
    if await backlog.pending(sink, place.ticket_id):
        return False
    if await shown_by() is not None:  # the link was recorded between the two looks
        return True
    log.warning("message %s of ticket %s, in %s, is a double", message.id, place.ticket_id, place.channel_id)
    with suppress(MessageIsGone), discord_faults("removing a doubled message"):
        await message.delete()
    return True


async def remove_former(message: discord.PartialMessage) -> None:
    """Remove a message that could not be edited, if it is still there: it is from the application whose token
    the program had before, and its buttons do nothing any more."""
    with suppress(MessageIsGone, Refused), discord_faults("removing a message of another application"):
        await message.delete()
