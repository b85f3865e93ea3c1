"""The page for those who come from version 1 says what is so."""

from api.app import ROUTES
from api.door.bodies import MOST_BYTES
from tests.api.stage import TICKETS
from tests.docs.pages import ROOT, names, rows, section
from tests.docs.settings import NAMES
from tickets.model import Status

PAGE = ROOT / "docs/version-1.md"


def test_every_status_of_today_has_its_word_of_then() -> None:
    told = rows(section(PAGE, "Statuses"))

    assert {names(row[1])[0] for row in told} == set(Status)
    assert all(Status(names(row[1])[0]).is_closed is (names(row[0]) == ["CLOSED"]) for row in told)


def test_settings_that_it_names_are_there() -> None:
    named = {it.partition("=")[0] for it in names(PAGE.read_text("utf-8")) if it.isupper() and "_" in it}

    assert named - NAMES.keys() - {"TEMP_USER"} == set()


def test_sizes_and_limits_are_those_of_the_program() -> None:
    text = PAGE.read_text("utf-8")

    assert f"{MOST_BYTES:,} bytes at most" in text
    opening = next(it.limit for it in ROUTES if (it.method, it.path) == ("POST", TICKETS))
    assert f"with {opening}," in text
