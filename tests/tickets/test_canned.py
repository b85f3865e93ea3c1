"""How canned answers are filled in."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tickets.logs import Logbook, opened
from tickets.canned import NOTHING, facts_of, filled
from tickets.model import Answer

FACTS = {"name": "Ann", "number": "7", "agent": "Sam", "topic": "No {name}"}


@pytest.mark.parametrize(
    ("content", "shown"),
    [
        ("Hello {name}!", "Hello Ann!"),
        ("{number}{number}", "77"),
        ("On {topic}", "On No {name}"),
        ("{Name} { name } {names} {} {{agent}}", "{Name} { name } {names} {} {Sam}"),
        ('{"name": {x}}', '{"name": {x}}'),
        ("Your order {answers.order-1}", f"Your order {NOTHING}"),
    ],
)
def test_placeholders_become_facts_and_other_braces_stay(content: str, shown: str) -> None:
    assert filled(content, FACTS) == shown


def test_an_answer_in_the_form_is_a_fact() -> None:
    assert filled("Your order {answers.order}", {"answers.order": "O-17"}) == "Your order O-17"


@given(st.text(st.sampled_from("{}namegt.s \n"), max_size=60))
def test_what_holds_no_placeholder_stays_as_it_is(content: str) -> None:
    if not re.search(r"\{(name|agent)\}", content):
        assert filled(content, FACTS) == content


def test_answers_to_forms_are_facts() -> None:
    ticket = Logbook(
        opening=replace(opened(), answers=(Answer("steps", "What did you do?", "I clicked."),))
    ).ticket

    facts = facts_of(ticket, requester="Ann", agent="Sam")

    assert filled("{answers.steps} {answers.browser}", facts) == f"I clicked. {NOTHING}"
