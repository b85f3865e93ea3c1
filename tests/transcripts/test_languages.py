"""The record of a ticket in the language of whoever reads it."""

import re
from collections.abc import Callable, Iterator

import pytest

from tests.transcripts.test_page import PEOPLE, a_long_story, file_url
from texts.language import Language
from tickets.transcript import transcript_of
from transcripts import render_html, render_markdown, render_text
from transcripts.reader import Reader

OURS_IN_ENGLISH = re.compile(
    r"\b(About this|Messages|Requester|Reason|closed this ticket|opened this ticket|changed the|edited"
    r"|deleted|Staff|Note|File|In answer|Friday|January|Times are)\b"
)


@pytest.mark.parametrize("render", [render_text, render_markdown, render_html])
def test_nothing_of_ours_is_in_another_language(render: Callable[..., Iterator[str]]) -> None:
    transcript = transcript_of(a_long_story().events, PEOPLE, notes=True)

    english, german = ("".join(render(transcript, file_url, reader=Reader(it))) for it in Language)

    assert OURS_IN_ENGLISH.search(english)
    assert OURS_IN_ENGLISH.search(german) is None
    assert "hat dieses Ticket als Gelöst geschlossen" in german
    assert "Freitag, 15. Januar 2027" in german.replace("\\", "")


def test_the_page_says_in_which_language_it_is() -> None:
    transcript = transcript_of(a_long_story().events, PEOPLE)

    assert '<html lang="de">' in "".join(render_html(transcript, file_url, reader=Reader(Language.DE)))
