"""What is read before a channel is compared with the store."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import discord

from tickets.ports.channels import Channel, discord_id_of, thread_of
from tickets.ports.store import Store

COMPARED = 100
"""So many messages of a channel are compared for edits and deletions, as many as one request gives."""
PAGE = 500
"""So many messages of a ticket are read from the store at once."""


async def known_of(store: Store, channel: Channel) -> Mapping[int | None, set[int]]:
    """The Discord ids of all messages by staff, with notes and deleted ones, by thread; None stands for the
    channel.

    It is empty if nobody has written anything. It is read page by page, so that other work gets its turn
    during a long conversation."""
    known: dict[int | None, set[int]] = {}
    for notes in (False, True):
        after_seq = 0
        while page := await store.views.messages(
            channel.ticket_id, after_seq=after_seq, limit=PAGE, notes=notes
        ):
            known.setdefault(None, set())
            for message in page:
                if (discord_id := discord_id_of(message.id)) is not None:
                    known.setdefault(thread_of(message.id), set()).add(discord_id)
            after_seq = page[-1].seq
            await asyncio.sleep(0)
    return known


def answers_in(messages: Iterable[discord.Message], me: discord.ClientUser | None) -> dict[int, datetime]:
    """The last answers of the bot to each message. It explains a refusal only once. Other bots answer
    messages, too."""
    ours = [it for it in messages if it.reference is not None and me is not None and it.author.id == me.id]
    return {it.reference.message_id or 0: it.created_at for it in reversed(ours) if it.reference}


def is_answered(message: discord.Message, answers: Mapping[int, datetime]) -> bool:
    """Whether the bot has answered the message since its last edit."""
    answered_at = answers.get(message.id)
    if answered_at is None or message.edited_at is None:
        return False
    return answered_at >= message.edited_at


def is_missing(discord_id: int | None, newest: Sequence[discord.Message]) -> bool:
    """Whether the message would be among the newest ones of its channel, of which ``COMPARED`` were read, and
    is not."""
    if discord_id is None:
        return False
    is_whole = len(newest) < COMPARED
    return all(it.id != discord_id for it in newest) and (is_whole or discord_id > newest[-1].id)
