"""What people read of a text, in their language."""

import logging

import pytest

from texts.language import Language, language_of
from texts.text import Text, in_language, joined

EN, DE = Language


def test_a_text_is_worded_in_the_language_of_its_reader() -> None:
    claimed = Text("claimed", number=7)

    assert in_language(claimed, EN) == "Ticket 7 is yours."
    assert in_language(claimed, DE) == "Ticket 7 haben jetzt Sie."


@pytest.mark.parametrize("language", Language)
def test_numbers_have_no_separators_and_facts_no_marks_around_them(language: Language) -> None:
    assert " 12345 " in in_language(Text("claimed", number=12345), language)


def test_a_number_chooses_its_plural() -> None:
    one, many = (Text("refusal-too_many_open_tickets", most=most) for most in (1, 50))

    assert "ein offenes Ticket" in in_language(one, DE)
    assert "50 offene Tickets" in in_language(many, DE)


def test_a_text_within_a_text_has_the_same_language() -> None:
    told = joined([Text("not-sent", why=Text("refusal-ticket_closed", number=7)), "", "<https://a.example>"])

    assert in_language(told, DE) == "Nicht gesendet: Ticket 7 ist geschlossen.\n<https://a.example>"


def test_long_words_are_shown_whole() -> None:
    words = "\\*" * 4_000

    assert in_language(Text("note-on", note=words), Language.EN) == f"Note: {words}"


def test_what_people_wrote_is_no_placeholder() -> None:
    told = Text("refusal-ticket_claimed", number=7, name="{ $number } { -brand } \\u0041")

    assert in_language(told, EN) == "Ticket 7 belongs to { $number } { -brand } \\u0041."


def test_a_missing_text_is_an_error_in_the_log_and_no_failure(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, "texts.text"):
        assert in_language(Text("never-written"), DE) == "never-written"

    assert "never-written" in caplog.text


def test_a_missing_fact_is_an_error_in_the_log_and_no_failure(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, "texts.text"):
        assert in_language(Text("claimed"), EN) == "Ticket number is yours."

    assert "number" in caplog.text


@pytest.mark.parametrize(
    ("locale", "language"),
    [("de", DE), ("de-AT", DE), ("DE_ch", DE), ("en-GB", EN), ("fr", EN), ("deu", EN), ("", EN), (None, EN)],
)
def test_a_locale_has_the_language_of_its_first_part(locale: str | None, language: Language) -> None:
    assert language_of(locale, otherwise=EN) is language
