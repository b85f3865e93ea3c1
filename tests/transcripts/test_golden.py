"""A seeded conversation with everything in it, in each form for each side, is as it was looked at."""

import pytest

from tests.transcripts.forms import FOLDER, rendered


@pytest.mark.parametrize("name", rendered())
def test_a_transcript_is_as_it_was_looked_at(name: str) -> None:
    """``python -m tests.transcripts.forms`` writes the files anew."""
    assert rendered()[name] == (FOLDER / name).read_text("utf-8")
