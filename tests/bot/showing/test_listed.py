"""A ticket's line in a list."""

from dataclasses import replace

import pytest

from bot.showing.lines import line_of
from tests.tickets.test_policy import a_ticket
from texts.language import Language
from texts.text import in_language
from tickets.targets import Countdown, Sla, Target, Terms

TERMS = Terms(Target(1_000, None))


@pytest.mark.parametrize(
    ("clock", "ending"),
    [
        (Countdown(allowed=1_000, running_since=1), "began waiting"),
        (Countdown(allowed=1_000), "began waiting"),
        (Countdown(allowed=1_000, running_since=1, is_warned=True), "⏳ soon late"),
        (Countdown(allowed=1_000, running_since=1, is_missed=True), "⏰ late"),
    ],
    ids=["in time", "standing still", "at risk", "late"],
)
def test_it_says_how_the_ticket_stands_to_its_targets(clock: Countdown, ending: str) -> None:
    ticket = replace(a_ticket(), sla=Sla(terms=TERMS, first_response=clock))

    line = in_language(line_of(ticket, None, {}), Language.EN)

    assert line.split(" · ")[-1].startswith(ending)
