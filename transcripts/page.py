"""A transcript as one HTML page that needs nothing else, executes nothing and can be streamed."""

from base64 import b64encode
from collections.abc import Iterator
from functools import partial
from hashlib import sha256
from html import escape
from importlib.resources import files
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from texts.text import Text
from tickets.transcript import Transcript
from transcripts.articles import Articles, FileUrl
from transcripts.changes import Told, told
from transcripts.facts import Fact, answers_of, facts_of, marks_of, metadata_of
from transcripts.flow import Day, Happened, Item, Opened, Said, flow_of
from transcripts.images import Images
from transcripts.plain import label, marked, prose
from transcripts.reader import Reader, iso
from transcripts.text import every_absorbed

_CHUNK = 100
"""Pieces of the template in one piece of the answer."""


def render_html(
    transcript: Transcript,
    file_url: FileUrl,
    *,
    reader: Reader | None = None,
    images: Images | None = None,
    title: str | None = None,
) -> Iterator[str]:
    """The page, piece by piece; it takes time, so read it in a thread. Nothing is done before.

    The same transcript gives the same page. Notes are in it if the transcript holds them. ``images`` are
    shown; other files are links to where ``file_url`` says, and what is not http or https is no link. The
    page is ``title``, or the ticket's number and topic."""
    reader, ticket = reader or Reader(), transcript.ticket
    page = _ENVIRONMENT.get_template("transcript.html").stream(
        transcript=transcript,
        ticket=ticket,
        reader=reader,
        marks=marks_of(ticket, reader),
        facts=list(facts_of(transcript, reader)),
        metadata=list(metadata_of(transcript)),
        parts=[(transcript, ""), *((it, f"t{it.ticket.number}q") for it in every_absorbed(transcript))],
        title=title or f"#{ticket.number} {ticket.topic}",
        css=_CSS,
        policy=POLICY,
        shown=_Shown(reader, file_url, images or {}),
        say=partial(_say, reader),
    )
    page.enable_buffering(_CHUNK)
    yield from page


def _policy() -> str:
    """The Content-Security-Policy: only our style sheet and the images in the page."""
    style = b64encode(sha256(_CSS.encode()).digest()).decode()
    return (
        f"default-src 'none'; img-src data:; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'"
    )


class _Shown:
    """Answers the template's questions about people, files and events."""

    def __init__(self, reader: Reader, file_url: FileUrl, images: Images) -> None:
        self._reader = reader
        self._articles = Articles(reader, file_url, images)

    def flow(self, of: Transcript, part: str) -> Iterator[tuple[str, Item | Markup]]:
        """Days and events as they are, and messages as HTML."""
        for item in flow_of(of, self._reader):
            match item:
                case Said():
                    yield "said", self._articles.said(of, item, part)
                case Day():
                    yield "day", item
                case Opened():
                    yield "opened", item
                case Happened():
                    yield "happened", item

    def opened(self, of: Transcript, item: Opened, part: str, answers: Markup) -> Markup:
        event = item.event
        return self._articles.opened(of, event.actor, event.at, f"{part}m{event.seq}", answers)

    def told(self, of: Transcript, item: Opened | Happened) -> Iterator[Told]:
        return told(of, item.event, self._reader)

    def answers(self, of: Transcript) -> list[Fact]:
        return list(answers_of(of))

    def moment(self, at: int) -> str:
        return self._reader.moment(at)

    def time(self, at: int) -> str:
        return self._reader.time(at)


def _sentence(sentence: str) -> Markup:
    """The sentence, with names and words of people marked."""
    html = marked(escape(sentence), ('<bdi class="author">', "</bdi>"), ("<bdi>", "</bdi>"))
    return Markup(html)  # noqa: S704  it is escaped


def _say(reader: Reader, id_: str, **facts: str | int) -> str:
    """A text for the template, which escapes it. Markup is around it."""
    return reader.says(Text(id_, **facts))


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("transcripts"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "iso": iso,
        "label": label,
        "plain": prose,
        "sentence": _sentence,
    }
    return environment


_CSS = files("transcripts").joinpath("templates/transcript.css").read_text("utf-8")
POLICY: Final = _policy()
"""For servers of the page. The page has the same policy itself, so that it applies to a file, too."""
_ENVIRONMENT: Final = _environment()
