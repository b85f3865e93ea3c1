"""A seeded conversation with everything in it, in each form for each side, is as it was looked at."""

from collections.abc import Mapping

import pytest

from tests.transcripts.forms import FOLDER, rendered

GOLDEN = sorted(it.name for it in FOLDER.iterdir())


@pytest.fixture(scope="module")
def forms() -> Mapping[str, str]:
    return rendered()


def test_every_form_was_looked_at(forms: Mapping[str, str]) -> None:
    assert sorted(forms) == GOLDEN


@pytest.mark.parametrize("name", GOLDEN)
def test_a_transcript_is_as_it_was_looked_at(name: str, forms: Mapping[str, str]) -> None:
    """``python -m tests.transcripts.forms`` writes the files anew."""
    assert forms[name] == (FOLDER / name).read_text("utf-8")
