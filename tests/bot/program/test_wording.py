"""Spans of time as requesters read them."""

import pytest

from bot.program.wording import DAY, HOUR, MINUTE, ToRequesters, staff_names
from config.store_settings import ExportSettings
from texts.language import Language
from tickets.model import SupportRole
from tickets.staff_names import ROLE_NAMES


@pytest.mark.parametrize(
    ("span", "english", "german"),
    [
        (5 * DAY, "5 days", "5 Tagen"),
        (DAY, "1 day", "1 Tag"),
        (DAY + HOUR, "1 day", "1 Tag"),
        (int(1.6 * DAY), "2 days", "2 Tagen"),
        (12 * HOUR, "12 hours", "12 Stunden"),
        (HOUR, "1 hour", "1 Stunde"),
        (40 * MINUTE, "40 minutes", "40 Minuten"),
        (1, "1 minute", "1 Minute"),
    ],
)
def test_a_span_is_told_in_the_unit_that_fits(span: int, english: str, german: str) -> None:
    wording = ToRequesters(Language.EN)

    assert wording.silence(None, span) == f"There was no answer for {english}."
    assert wording.silence("de", span) == f"Seit {german} kam keine Antwort."


def test_a_reminder_says_what_follows_only_if_something_does() -> None:
    wording = ToRequesters(Language.DE)

    assert "geschlossen" not in wording.reminder("ja", 3 * DAY, None)
    assert wording.reminder("ja", 3 * DAY, DAY).endswith("wird dieses Ticket in 1 Tag geschlossen.")


def test_staff_is_called_by_its_role_in_the_language_of_the_desk() -> None:
    english, german = (staff_names(ExportSettings(_env_file=None, language=it)).roles for it in Language)

    assert english == ROLE_NAMES
    assert german[SupportRole.TECHNICAL] == "Technischer Support"
    assert german[None] == "Support"
