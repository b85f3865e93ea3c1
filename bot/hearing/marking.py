"""Marks staff's messages with their outcome, and answers those that did not work as intended."""

import logging
from collections.abc import Sequence
from functools import partial

import discord

from bot.connection.faults import UNKNOWN_CHANNEL, UNKNOWN_MESSAGE
from bot.hearing.lanes import Job, Lanes, is_away
from bot.hearing.threads import Room
from texts.language import Language
from texts.text import Text, Words, in_language, joined

log = logging.getLogger(__name__)

SENT, NOTED, PARTLY = "✅", "📝", "⚠️"


class Marking:
    """Sets marks and answers outside of the channel's turn, but in order. With marks switched off, there are
    only answers."""

    def __init__(self, lanes: Lanes, language: Language, *, has_marks: bool) -> None:
        self._lanes = lanes
        self.language = language
        """The language of answers, and of texts for requesters whose own language has none."""
        self._has_marks = has_marks

    def kept(
        self, room: Room, message: discord.Message, *, is_note: bool, lost: Sequence[Words] = ()
    ) -> None:
        """A message was stored, as a note or to be sent, except for the ``lost`` parts."""
        if lost:
            kept = Text("kept-as-note") if is_note else ""
            told = joined((kept, Text("something-did-not-go", what=joined(lost, "; "))), " ")
            self.answer(message, told, "pt")
        self._put(room, partial(_react, message, PARTLY if lost else NOTED if is_note else SENT))

    def became_note(self, room: Room, message: discord.Message, *, lost: Sequence[Words]) -> None:
        """A message that was sent is a note now."""
        self._put(room, partial(_react_no_more, message, SENT))
        self.kept(room, message, is_note=True, lost=lost)

    def answer(self, message: discord.Message, words: Words, kind: str = "no") -> None:
        """Reply to the message, once for each kind of answer within minutes."""
        text = in_language(words, self.language)
        self._lanes.put(message.channel.id, partial(_reply, message, text, f"{kind}:{message.id}"))

    def then(self, room: Room, job: Job) -> None:
        """Do a job once everything so far is marked and answered."""
        self._lanes.put(room.id, job)

    def _put(self, room: Room, job: Job) -> None:
        if self._has_marks:
            self._lanes.put(room.id, job)


async def _react(message: discord.Message, mark: str) -> None:
    """Add the mark as a reaction. If Discord refuses it, for instance because the author has blocked the
    bot, reply instead."""
    try:
        await message.add_reaction(mark)
    except discord.HTTPException as error:
        if is_away(error):
            raise
        log.warning("message %s is stored but could not be marked: %s", message.id, error)
        if error.code not in (UNKNOWN_MESSAGE, UNKNOWN_CHANNEL):
            await _reply(message, mark, f"mk:{message.id}")


async def _react_no_more(message: discord.Message, mark: str) -> None:
    try:
        await message.remove_reaction(mark, discord.Object(_me(message)))
    except discord.HTTPException as error:
        if is_away(error):
            raise
        log.warning("the mark of message %s could not be taken away: %s", message.id, error)


def _me(message: discord.Message) -> int:
    me = message.guild.me if message.guild is not None else None
    return me.id if me is not None else 0


async def _reply(message: discord.Message, text: str, nonce: str) -> None:
    try:
        await message.reply(
            text, mention_author=False, allowed_mentions=discord.AllowedMentions.none(), nonce=nonce
        )
    except discord.HTTPException as error:
        if is_away(error):
            raise
        log.warning("the author of message %s could not be told %r: %s", message.id, text, error)
