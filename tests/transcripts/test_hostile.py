"""Texts that break out of pages which are written without care: through every form, wherever people write."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tests.people import ANN, ANN_ASKS, SAM, SAM_ANSWERS
from tests.tickets.logs import Logbook, opened
from tests.transcripts.hostile import HOSTILE
from tests.transcripts.reading import elements
from tests.transcripts.test_page import file_url, is_allowed, messages
from tickets.events import Change, FeedbackGiven, MessagePosted, NoteAdded, TicketChanged
from tickets.model import Answer, Attachment, FileId, Status
from tickets.transcript import Transcript, transcript_of
from transcripts import render_html, render_json, render_markdown, render_text

anything = (
    st.sampled_from(HOSTILE)
    | st.text(min_size=1, max_size=40)
    | st.lists(st.sampled_from(HOSTILE), min_size=1, max_size=4).map("".join)
)


def everywhere(text: str) -> Transcript:
    """A transcript in which a stranger's text stands wherever people write."""
    shown = f"x{text}x"  # names, topics and messages always show something
    people = {it.key: replace(it, name=shown, email=text) for it in (ANN, SAM)}
    file = Attachment(FileId("f1"), shown, text or "x", 1)
    opening = replace(
        opened(topic=shown),
        description=shown,
        metadata={shown: text},
        attachments=(file,),
        category=text,
        locale=text,
        answers=(Answer("a", shown, text),),
    )
    book = Logbook(opening=opening)
    said = book.post(ANN_ASKS, shown, file)
    book.add(SAM_ANSWERS, NoteAdded(shown, (file,), said))
    book.add(SAM_ANSWERS, MessagePosted(shown, reply_to=said))
    book.edit(said, f"{shown}!")
    book.change(TicketChanged((Change("topic", text, shown), Change("description", text, shown))))
    book.change(TicketChanged((Change("metadata.x", text, None),)))
    book.close(Status.RESOLVED, text or None)
    book.add(ANN_ASKS, FeedbackGiven(3, text or None))
    return transcript_of(book.events, people, notes=True)


HARMLESS = everywhere("harmless")


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_text_breaks_out_of_the_page(text: str) -> None:
    is_as_safe_as_harmless(text)


@settings(max_examples=25)
@given(anything)
def test_nothing_that_anybody_could_write_does(text: str) -> None:
    is_as_safe_as_harmless(text)
    assert lines_of_ours(everywhere(text)) == lines_of_ours(HARMLESS)
    assert outline(everywhere(text)) == outline(HARMLESS)


def is_as_safe_as_harmless(text: str) -> None:
    html = "".join(render_html(everywhere(text), file_url))

    assert [it for it in elements(html) if not is_allowed(it)] == []
    assert [it.attributes["id"] for it in messages(html)] == ["m2", "m3", "m4"]
    html.encode()


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_text_passes_for_a_line_of_ours(text: str) -> None:
    assert lines_of_ours(everywhere(text)) == lines_of_ours(HARMLESS)


def lines_of_ours(transcript: Transcript) -> int:
    """Lines of the text that are not indented."""
    lines = "".join(render_text(transcript, file_url)).split("\n")
    return len([it for it in lines if it and not it.startswith("    ")])


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_text_changes_the_outline_of_the_markdown(text: str) -> None:
    assert outline(everywhere(text)) == outline(HARMLESS)


def outline(transcript: Transcript) -> list[str]:
    """Headings, lists, quotes and links of the Markdown; no HTML, whatever there is."""
    tokens = MarkdownIt("commonmark").parse("".join(render_markdown(transcript, file_url)))
    kinds = [it.type for it in tokens]
    links = [child for it in tokens for child in it.children or () if child.type == "link_open"]
    assert not any("html" in it or "code" in it or "fence" in it for it in kinds)
    assert {str(it.attrs["href"]) for it in links} == {"https://desk.example/files/f1?sig=a&b"}
    assert not any(child.type == "html_inline" for it in tokens for child in it.children or ())
    return [it for it in kinds if it.startswith(("heading", "bullet", "ordered", "table"))]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_programs_read_every_text_as_it_was_written(text: str) -> None:
    told = json.loads("".join(render_json(everywhere(text), file_url)))

    assert told["ticket"]["topic"] == f"x{text}x"
    assert [it["content"] for it in told["messages"]] == [f"x{text}x!", f"x{text}x", f"x{text}x"]


def test_there_are_sixty_of_them() -> None:
    assert len(set(HOSTILE)) >= 60
