"""Says what happened to a ticket in one sentence, for its channel, the log channel and transcripts."""

from collections.abc import Callable
from typing import assert_never

from texts.text import Text, Words
from tickets.events import (
    CloseAsked,
    CloseDeclined,
    ClosingCalledOff,
    ClosingPlanned,
    LabelsChanged,
    Sentence,
    SnoozeEnded,
    TicketReopened,
    TicketSnoozed,
)
from tickets.model import UNTIL_A_WORD, Millis


def sentence_of(who: Words, data: Sentence, moment: Callable[[Millis], Words]) -> Text:
    """The sentence that says who did what, without the reason. ``moment`` words times as they are worded
    there."""
    match data:
        case TicketReopened():
            return Text("ticket-was-reopened", who=who)
        case TicketSnoozed(until) if until == UNTIL_A_WORD:
            return Text("ticket-was-snoozed-until-a-word", who=who)
        case TicketSnoozed(until):
            return Text("ticket-was-snoozed", who=who, until=moment(until))
        case SnoozeEnded():
            return Text("snooze-ended", who=who)
        case CloseAsked():
            return Text("close-was-asked", who=who)
        case CloseDeclined():
            return Text("close-was-declined", who=who)
        case ClosingPlanned(at):
            return Text("closing-was-planned", who=who, at=moment(at))
        case ClosingCalledOff():
            return Text("closing-was-called-off", who=who)
        case LabelsChanged():
            return _labels(who, data)
    assert_never(data)


def _labels(who: Words, changed: LabelsChanged) -> Text:
    added, removed = ", ".join(changed.added), ", ".join(changed.removed)
    if not removed:
        return Text("labels-were-added", who=who, labels=added, count=len(changed.added))
    if not added:
        return Text("labels-were-removed", who=who, labels=removed, count=len(changed.removed))
    return Text("labels-were-changed", who=who, added=added, removed=removed)
