"""In which words admins are told what they have to put right."""

import logging

import pytest

from bot.connection.guild import GuildMap
from bot.showing.admins import Admins
from bot.showing.erased import tell_of_erasures, tell_of_retention
from config.faults import DISK_FULL
from texts.language import Language
from texts.text import Text
from tickets.model import SupportRole


class Report(list[str]):
    """Whoever reads error reports."""

    async def takes(self, text: str) -> bool:
        self.append(text)
        return True


def admins(report: Report, language: Language) -> Admins:
    roles = {role: 5 + number for number, role in enumerate(SupportRole)}
    return Admins(GuildMap(1, {}, roles, 2, frozenset()), report.takes, language)


async def test_admins_are_told_in_the_desk_s_language_and_the_log_in_english(
    caplog: pytest.LogCaptureFixture,
) -> None:
    report = Report()

    with caplog.at_level(logging.ERROR, "bot.showing.admins"):
        await admins(report, Language.DE).tell(DISK_FULL.of(megabytes=500))

    assert report == [
        (
            "Weniger als 500 MB Platz sind frei: Hochladen geht nicht mehr. "
            "Schaffen Sie Platz, oder senken Sie MIN_FREE_MB"
        )
    ]
    assert [it.getMessage() for it in caplog.records] == [str(DISK_FULL.of(megabytes=500))]


async def test_what_is_no_fault_is_translated_too() -> None:
    english, german = Report(), Report()

    await admins(english, Language.EN).tell(Text("category-is-full", name="Urgent"))
    await admins(german, Language.DE).tell(Text("category-is-full", name="Urgent"))

    assert english == ["The category Urgent is full: further channels are made beside it."]
    assert german == ["Die Kategorie Urgent ist voll: Weitere Kanäle entstehen daneben."]


async def test_an_erasure_that_stands_still_is_told_and_stands_until_it_goes_on() -> None:
    report = Report()
    told = admins(report, Language.EN)

    await tell_of_erasures(told, {"e1": "it fails, with OSError"})
    await tell_of_erasures(told, {"e1": "it fails, with OSError"})
    during = [it.code for it in told.lasting]
    await tell_of_erasures(told, {})

    assert (during, told.lasting) == (["erasure_stands_still"], [])
    assert [it.startswith("Erasure e1 stands still") for it in report] == [True]


async def test_what_is_kept_for_too_long_is_told_and_stands_until_it_is_gone() -> None:
    report = Report()
    told = admins(report, Language.EN)

    await tell_of_retention(told, {7: "403 Missing Access", 9: "403 Missing Access"})
    during = [it.code for it in told.lasting]
    await tell_of_retention(told, {})

    assert (during, told.lasting) == (["retention_stands_still"], [])
    assert [it.startswith("Ticket 7, and perhaps others") for it in report] == [True]
