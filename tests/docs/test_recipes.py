"""The recipes of CONTRIBUTING.md lead through every file that they need, and no more than were promised."""

import re
from pathlib import Path

import pytest

from tests.docs.pages import ROOT, section

CONTRIBUTING = ROOT / "CONTRIBUTING.md"
PRODUCT = (
    "accounts",
    "api",
    "bot",
    "cogs",
    "config",
    "notify",
    "pages",
    "storage",
    "texts",
    "tickets",
    "transcripts",
    "wire",
)
_FILE = re.compile(r"`([a-z_]+/[a-z_/<>]+\.(?:py|html))`")

RECIPES = {
    "A field of a ticket": (
        r"\b(ticket|data|body|new|which)\.metadata\b|\bmetadata: (Mapping|Annotated|Metadata)",
        9,
    ),
    "A kind of event": (r"\bTicketReopened\b", 7),
    "An action of staff, with a command and a button": (r"\bClaiming\b", 3),
    "A sink": (r"\bDiscordSink\b|\bEVERYTHING = ", 5),
    "A resource of the API": (
        r"\bFeedbackDesk\b|\bgive_feedback\b|\bRated\b|\w+Rated\(",
        9,
    ),
}
"""What of the example to look for, and how many files it may take."""
OTHERS = {"tickets/merging.py", "tickets/calling.py"}
"""Places that use the example as they use any kind that is there already: a new kind does not need them."""


def files_in(recipe: str) -> set[str]:
    return set(_FILE.findall(section(CONTRIBUTING, recipe)))


def naming(pattern: str) -> set[str]:
    """The files of the product in which the example occurs."""
    files = (path for package in PRODUCT for path in (ROOT / package).rglob("*.*"))
    paths = (path for path in files if path.suffix in (".py", ".html"))
    return {str(path.relative_to(ROOT)) for path in paths if re.search(pattern, path.read_text("utf-8"))}


@pytest.mark.parametrize("recipe", RECIPES)
def test_its_files_are_there(recipe: str) -> None:
    named = {it for it in files_in(recipe) if "<" not in it}

    assert named
    assert [it for it in sorted(named) if not (ROOT / Path(it)).is_file()] == []


@pytest.mark.parametrize("recipe", RECIPES)
def test_it_leaves_out_no_file_that_its_example_needs(recipe: str) -> None:
    pattern, most = RECIPES[recipe]
    found = naming(pattern) - OTHERS

    assert found - files_in(recipe) == set()
    assert 1 < len(found) <= most
