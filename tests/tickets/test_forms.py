"""What forms take for an answer, and what they do not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.forms import DEFAULT_FORMS, Form, Forms, Given, Question, QuestionKind
from tickets.model import Answer, Attachment, FileId, UserRole
from tickets.refusals import AnswersAreWrong, CategoryUnknown, WhyWrong

STEPS = Question(id="steps", label="What did you do?", kind=QuestionKind.LONG, required=True, max_length=40)
NAME = Question(id="name", label="Which shop?", max_length=10)
BROWSER = Question(id="browser", label="Browser", kind=QuestionKind.SELECT, options=("Firefox", "Safari"))
AGREED = Question(id="agreed", label="May we look?", kind=QuestionKind.CHECKBOX)
PICTURE = Question(id="picture", label="A picture", kind=QuestionKind.FILE, max_length=100)
FORM = Form(slug="bug", name="Bug", questions=(STEPS, NAME, BROWSER, AGREED, PICTURE))


def faults(form: Form, answers: dict[str, str | bool]) -> dict[str, WhyWrong]:
    with pytest.raises(AnswersAreWrong) as wrong:
        form.answers_to(answers)
    return {it.question: it.why for it in wrong.value.faults}


def test_answers_stand_in_the_order_of_the_questions_with_their_words() -> None:
    given: Given = {"browser": "Safari", "agreed": False, "steps": "I clicked.\nTwice.", "picture": "f1"}

    assert FORM.answers_to(given) == (
        Answer("steps", "What did you do?", "I clicked.\nTwice."),
        Answer("browser", "Browser", "Safari"),
        Answer("agreed", "May we look?", "no"),
        Answer("picture", "A picture", "f1"),
    )


def test_what_is_empty_is_no_answer() -> None:
    assert FORM.answers_to({"steps": "x", "name": " \u200b", "browser": ""}) == (
        Answer("steps", "What did you do?", "x"),
    )


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ({}, {"steps": WhyWrong.MISSING}),
        ({"steps": "  "}, {"steps": WhyWrong.MISSING}),
        ({"steps": "x" * 41}, {"steps": WhyWrong.TOO_LONG}),
        ({"steps": True}, {"steps": WhyWrong.NO_TEXT}),
        ({"steps": "x", "browser": "Netscape"}, {"browser": WhyWrong.NO_OPTION}),
        ({"steps": "x", "agreed": "yes"}, {"agreed": WhyWrong.NO_TICK}),
        ({"steps": "x", "shoes": "42"}, {"shoes": WhyWrong.NOT_ASKED}),
        ({"name": "x" * 11, "shoes": "42"}, dict.fromkeys(("steps", "name", "shoes"))),
    ],
    ids=str,
)
def test_every_wrong_answer_is_told(answers: dict[str, str | bool], told: dict[str, WhyWrong | None]) -> None:
    found = faults(FORM, answers)

    assert found.keys() == told.keys()
    assert all(why in (None, found[question]) for question, why in told.items())


def test_a_required_tick_must_be_set() -> None:
    form = Form(
        slug="x",
        name="X",
        questions=(Question(id="ok", label="OK?", kind=QuestionKind.CHECKBOX, required=True),),
    )

    assert faults(form, {"ok": False}) == faults(form, {}) == {"ok": WhyWrong.MISSING}
    assert form.answers_to({"ok": True}) == (Answer("ok", "OK?", "yes"),)


def test_questions_that_stand_for_topic_and_description_have_no_answers_of_their_own() -> None:
    form = Form(
        slug="x", name="X", questions=(NAME, STEPS), topic_question="name", description_question="steps"
    )

    assert form.answers_to({}) == ()
    assert faults(form, {"steps": "I clicked."}) == {"steps": WhyWrong.NOT_ASKED}


def test_files_are_shown_by_their_names() -> None:
    answers = FORM.answers_to({"steps": "f1", "picture": "f1"})
    named = FORM.naming_files(answers, (Attachment(FileId("f1"), "cat.png", "image/png", 3),))

    assert FORM.files_in(answers) == {"picture": "f1"}
    assert [it.answer for it in named] == ["f1", "cat.png"]


@given(
    st.dictionaries(
        st.sampled_from(["steps", "name", "browser", "agreed", "picture", "x"]), st.text() | st.booleans()
    )
)
def test_whatever_is_given_is_kept_within_bounds_or_refused(given_: dict[str, str | bool]) -> None:
    refused: set[str] = set()
    answers: tuple[Answer, ...] = ()
    try:
        answers = FORM.answers_to(given_)
    except AnswersAreWrong as wrong:
        refused = {it.question for it in wrong.faults}

    bounds = {it.id: it.max_length for it in FORM.questions}
    assert refused or "steps" in given_
    assert refused <= {*given_, "steps"}
    assert all(0 < len(it.answer) <= bounds[it.id] for it in answers)
    assert all("\n" not in it.answer for it in answers if it.id != "steps")


def test_whoever_names_no_form_gets_the_default_one() -> None:
    forms = Forms()

    assert forms.named(None, UserRole.TEMP_USER).slug == "support"
    assert [it.slug for it in forms.all] == ["bug", "feature", "support", "other"]
    assert [form.answers_to({}) for form in DEFAULT_FORMS] == [()] * 4


def test_a_form_that_is_not_offered_is_not_there() -> None:
    forms = Forms((*DEFAULT_FORMS, Form(slug="vip", name="VIP", who=frozenset({UserRole.CUSTOMER}))))

    assert forms.named("vip", UserRole.CUSTOMER).name == "VIP"
    with pytest.raises(
        CategoryUnknown, match="There is no category vip; known are bug, feature, support, other"
    ):
        forms.named("vip", UserRole.TEMP_USER)


@pytest.mark.parametrize(
    ("needed", "refused", "roles", "takes"),
    [
        ((), (), (), True),
        ((1, 2), (), (2, 3), True),
        ((1, 2), (), (3,), False),
        ((), (4,), (4, 5), False),
        ((1,), (4,), (1, 4), False),
    ],
)
def test_roles_are_needed_and_refused(
    needed: tuple[int, ...], refused: tuple[int, ...], roles: tuple[int, ...], takes: bool
) -> None:
    form = Form(slug="x", name="X", roles_needed=frozenset(needed), roles_refused=frozenset(refused))

    assert form.takes(roles) is takes
