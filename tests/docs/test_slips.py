"""The page of operators' slips says what the program says."""

import re
from pathlib import Path

import pytest

from config.faults import KINDS, FaultKind
from tests.docs.pages import ROOT, names, rows

PAGE = ROOT / "docs/slips.md"
ROWS = {names(row[0])[0]: row for row in rows(PAGE.read_text("utf-8"))}
TESTS = (ROOT / "tests/system/test_slips.py").read_text("utf-8")


def blank(text: str) -> str:
    return re.sub(r"\{\w+\}", "…", text)


def test_every_kind_of_fault_has_its_row_and_no_other_has() -> None:
    assert list(ROWS) == [kind.code for kind in KINDS]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_its_row_says_what_the_program_says(kind: FaultKind) -> None:
    _, what, cure = ROWS[kind.code]
    refuses = "**refuses to lead** · " if kind.is_dangerous else "*a warning* · " if kind.is_warning else ""

    assert (names(what), cure) == ([blank(kind.what)], refuses + blank(kind.cure))


@pytest.mark.parametrize("file", ["bot/connection/client.py", "bot/connection/inspecting.py"])
def test_no_fault_has_words_elsewhere(file: str) -> None:
    assert "correct the id" not in Path(ROOT / file).read_text("utf-8")
