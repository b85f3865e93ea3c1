"""Operators' own words for texts: what takes their place, and what is refused with its cure."""

from collections.abc import Iterator

import pytest

from texts.language import Language
from texts.own import faults_in, texts_in
from texts.text import Text, in_language, say_instead

CLOSED = "refusal-ticket_closed"


@pytest.fixture
def saying() -> Iterator[None]:
    yield
    say_instead({})


@pytest.mark.usefixtures("saying")
def test_own_words_take_the_place_of_ours_in_their_language_alone() -> None:
    text = Text(CLOSED, number=7)
    assert in_language(text, Language.EN) == "Ticket 7 is closed."
    before = in_language(text, Language.DE)

    say_instead({Language.EN: {CLOSED: "No. { $number } is done."}})
    own = in_language(text, Language.EN), in_language(text, Language.DE)
    say_instead({})

    assert own == ("No. 7 is done.", before)
    assert in_language(text, Language.EN) == "Ticket 7 is closed."


@pytest.mark.usefixtures("saying")
def test_own_words_may_choose_and_have_several_lines() -> None:
    words = "Done:\n{ $number ->\n    [one] the first\n   *[other] no. { $number }\n}."
    assert list(faults_in(Language.EN, {CLOSED: words})) == []

    say_instead({Language.EN: {CLOSED: words}})

    assert in_language(Text(CLOSED, number=1), Language.EN) == "Done:\nthe first."
    assert in_language(Text(CLOSED, number=7), Language.EN) == "Done:\nno. 7."


@pytest.mark.parametrize(
    ("id_", "words", "fault"),
    [
        ("refusal-ticket_clossed", "x", f"there is no such text; is {CLOSED} meant?"),
        (CLOSED, "", "is empty, or no text as Fluent understands it"),
        (CLOSED, "{ $number", "is empty, or no text as Fluent understands it"),
        (CLOSED, "x\n\nother = y", None),
        (CLOSED, "x\n.attribute = y", "is empty, or no text as Fluent understands it"),
        (
            CLOSED,
            "{ $name } closed it",
            "names { $name }, which this text is not given; it is given { $number }",
        ),
        ("nothing", "{ $x }", "it is given none"),
        ("close-button", "x" * 81, "is too long: Discord takes 80 characters there"),
        ("close-button", "x" * 80, None),
        ("close-form", "Ticket schließen".ljust(46, "!"), "is too long: Discord takes 45 characters there"),
        ("panel-choose", "x" * 101, "is too long: Discord takes 100 characters there"),
        (
            "rating-title",
            "{ $stars ->\n    [one] " + "x" * 46 + "\n   *[other] y\n}",
            "is too long: Discord takes 45 characters there",
        ),
        ("rating-title", "{ $stars ->\n    [one] " + "x" * 45 + "\n   *[other] y\n}", None),
        (CLOSED, "{ nowhere }", "names the text nowhere, which there is not"),
        (CLOSED, "{ refusal-ticket_closed }", "names itself"),
    ],
)
def test_words_that_cannot_be_said_are_refused(id_: str, words: str, fault: str | None) -> None:
    found = list(faults_in(Language.EN, {id_: words}))

    assert len(found) == (fault is not None)
    assert all(it.startswith(f"{id_}: ") and (fault or "") in it for it in found)


@pytest.mark.parametrize("language", Language)
def test_the_program_s_own_words_are_right_as_one_s_own(language: Language) -> None:
    written = texts_in(language)

    assert list(faults_in(language, {id_: it.words for id_, it in written.items()})) == []
    assert len(written) > 50
    assert written.keys() == texts_in(Language.EN).keys()
