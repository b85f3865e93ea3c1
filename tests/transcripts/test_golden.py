"""A seeded conversation with everything in it, in each form for each side, is as it was looked at."""

import pytest

from tests.transcripts.forms import FOLDER, rendered

GOLDEN = sorted(it.name for it in FOLDER.iterdir())


def test_every_form_was_looked_at() -> None:
    assert sorted(rendered()) == GOLDEN


@pytest.mark.parametrize("name", GOLDEN)
def test_a_transcript_is_as_it_was_looked_at(name: str) -> None:
    """``python -m tests.transcripts.forms`` writes the files anew."""
    assert rendered()[name] == (FOLDER / name).read_text("utf-8")
