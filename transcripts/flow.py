"""The conversation in the order of the log: days, messages, and what happened in between."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from heapq import merge
from typing import Final

from tickets.events import Event, TicketOpened
from tickets.model import Message, Millis
from tickets.transcript import Transcript
from transcripts.reader import Reader

JOINED_WITHIN: Final[Millis] = 7 * 60 * 1000
"""Discord joins messages of one person that follow each other within seven minutes."""


@dataclass(frozen=True, slots=True)
class Day:
    """A day begins."""

    date: date


@dataclass(frozen=True, slots=True)
class Opened:
    """The ticket was opened; its description is the first that was said."""

    event: Event


@dataclass(frozen=True, slots=True)
class Said:
    """A message or note. ``is_joined`` says that the same person wrote the one just before."""

    message: Message
    is_joined: bool


@dataclass(frozen=True, slots=True)
class Happened:
    """Something about the ticket itself."""

    event: Event


Item = Day | Opened | Said | Happened


def flow_of(transcript: Transcript, reader: Reader) -> Iterator[Item]:
    """Everything in order. Only the previous item is held in memory."""
    day: date | None = None
    before: Message | None = None
    for it in _in_order(transcript):
        if (today := reader.day(it.at)) != day:
            day, before = today, None
            yield Day(today)
        if isinstance(it, Event):
            yield Opened(it) if isinstance(it.data, TicketOpened) else Happened(it)
            before = None
        else:
            yield Said(it.message, before is not None and _goes_on(before, it.message))
            before = it.message


@dataclass(frozen=True, slots=True)
class _Posted:
    message: Message

    @property
    def seq(self) -> int:
        return self.message.seq

    @property
    def at(self) -> Millis:
        return self.message.created_at


def _in_order(transcript: Transcript) -> Iterator[Event | _Posted]:
    posted: Iterator[Event | _Posted] = map(_Posted, transcript.messages)
    history: Iterable[Event | _Posted] = transcript.history
    return merge(posted, history, key=lambda it: it.seq)


def _goes_on(before: Message, message: Message) -> bool:
    return (
        before.author == message.author
        and before.is_note == message.is_note
        and message.reply_to is None
        and 0 <= message.created_at - before.created_at <= JOINED_WITHIN
    )
