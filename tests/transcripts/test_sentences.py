"""Each kind of event that one sentence tells, in the words of the channel."""

from typing import get_args

import pytest

from texts.language import Language
from texts.text import in_language
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
from transcripts.sentences import sentence_of

SAID = [
    (TicketReopened(), "Sam opened this ticket again."),
    (TicketSnoozed(7), "Sam put this ticket aside until at 7, or the requester's next word."),
    (SnoozeEnded(), "Sam took this ticket up again."),
    (CloseAsked(), "Sam asked the requester whether this ticket can be closed."),
    (CloseDeclined(), "Sam says that this is not done."),
    (ClosingPlanned(7, "Done"), "Sam closes this ticket at 7, unless somebody writes before"),
    (ClosingCalledOff(), "Sam called the closing off: this ticket stays open."),
    (LabelsChanged(added=("a", "b")), "Sam added the labels a, b."),
    (LabelsChanged(removed=("c",)), "Sam removed the label c."),
    (LabelsChanged(added=("a", "b"), removed=("c",)), "Sam added the labels a, b and removed c."),
]


@pytest.mark.parametrize(("data", "words"), SAID, ids=str)
def test_it_is_said_in_plain_words(data: Sentence, words: str) -> None:
    sentence = sentence_of("Sam", data, lambda at: f"at {at}")

    assert in_language(sentence, Language.EN) == words


def test_none_is_left_out() -> None:
    assert {type(data) for data, _ in SAID} == set(get_args(Sentence))
