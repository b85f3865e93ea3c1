"""A transcript as one HTML page that needs nothing else, runs nothing and can be streamed."""

import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from functools import partial
from hashlib import sha256
from html import escape
from importlib.resources import files
from typing import Final
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from texts.text import Text
from tickets.model import Actor, Attachment, AuthorType, Message, UserKey
from tickets.transcript import Transcript
from transcripts.changes import Told, told
from transcripts.facts import Fact, answers_of, facts_of, marks_of, metadata_of
from transcripts.flow import Day, Happened, Item, Opened, Said, flow_of
from transcripts.images import Images
from transcripts.markdown import to_html
from transcripts.plain import label, marked, prose
from transcripts.reader import Reader, iso
from transcripts.text import every_absorbed, quoted

FileUrl = Callable[[Attachment], str]
_ORIGIN = re.compile(r"https?://[a-z0-9.\-\[\]:]+", re.IGNORECASE)
_CHUNK = 100
"""Pieces of the template in one piece of the answer."""
_HUES = 8
"""Colours of initials in the style sheet."""
_WORD = re.compile(r"[^\W_]")


def render_html(
    transcript: Transcript,
    file_url: FileUrl,
    *,
    reader: Reader | None = None,
    images: Images | None = None,
    title: str | None = None,
) -> Iterator[str]:
    """The page, piece by piece; it takes time, so read it in a thread.

    The same transcript gives the same page. Notes are in it if the transcript holds them. ``images`` are
    shown; other files are links to where ``file_url`` says, and what is not http or https is no link. The
    page is ``title``, or the ticket's number and topic."""
    reader, ticket = reader or Reader(), transcript.ticket
    page = _PAGE.stream(
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
    return page


def _policy() -> str:
    """The Content-Security-Policy: our one style sheet, the images in the page, and nothing else."""
    style = b64encode(sha256(_CSS.encode()).digest()).decode()
    return (
        f"default-src 'none'; img-src data:; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'"
    )


class _Shown:
    """What the template asks about people, files and events."""

    def __init__(self, reader: Reader, file_url: FileUrl, images: Images) -> None:
        self._reader = reader
        self._file_url = file_url
        self._images = images
        self._hues: dict[UserKey | None, int] = {}
        self._sides: dict[AuthorType, str] = {}
        self._names: dict[Actor, str] = {}

    def flow(self, of: Transcript) -> Iterator[tuple[str, Item]]:
        for item in flow_of(of, self._reader):
            match item:
                case Day():
                    yield "day", item
                case Opened():
                    yield "opened", item
                case Said():
                    yield "said", item
                case Happened():
                    yield "happened", item

    def prose(self, of: Transcript, content: str) -> Markup:
        def name_of(discord_id: str) -> str | None:
            person = of.people.get(UserKey(UserKey.DISCORD, discord_id))
            return person.name if person else None

        return to_html(content, name_of, self._reader)

    def told(self, of: Transcript, item: Opened | Happened) -> Iterator[Told]:
        return told(of, item.event, self._reader)

    def answers(self, of: Transcript) -> list[Fact]:
        return list(answers_of(of))

    def side(self, of: AuthorType) -> str:
        """Looked up once, as are names: there are few of them and many messages."""
        if of not in self._sides:
            self._sides[of] = self._reader.side(of)
        return self._sides[of]

    def name(self, of: Transcript, author: Actor) -> str:
        if author not in self._names:
            self._names[author] = label(of.name_of(author))
        return self._names[author]

    def quoted(self, answered: Message) -> str:
        return quoted(answered, self._reader)

    def url(self, file: Attachment) -> str | None:
        url = self._file_url(file)
        return url if _is_web(url) else None

    def image(self, file: Attachment) -> str | None:
        return self._images.get(file.id)

    def moment(self, at: int) -> str:
        return self._reader.moment(at)

    def time(self, at: int) -> str:
        return self._reader.time(at)

    def hue(self, author: Actor) -> int:
        """The same for the same person; those who came first have colours of their own."""
        return self._hues.setdefault(author.key, len(self._hues) % _HUES)


def _is_web(url: str) -> bool:
    """Whether it is an address on the web, with a host."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return _ORIGIN.fullmatch(f"{parts.scheme}://{parts.netloc}") is not None


def _initials(name: str) -> str:
    """``Ann Marie Lee`` is AL."""
    firsts = [found[0] for word in label(name).split() if (found := _WORD.search(word))]
    return "".join(firsts[:1] + firsts[1:][-1:]).upper() or "?"


def _sentence(sentence: str) -> Markup:
    """With names and words of people set apart."""
    html = marked(escape(sentence), ('<bdi class="author">', "</bdi>"), ("<bdi>", "</bdi>"))
    return Markup(html)  # noqa: S704  it is escaped


def _say(reader: Reader, id_: str, **facts: str | int) -> str:
    """A text for the template, which escapes it; what is markup stands around it."""
    return reader.says(Text(id_, **facts))


def _size(size: int) -> str:
    """1,023 B, 1.0 KiB, 9.5 MiB"""
    if size < 1024:
        return f"{size} B"
    in_units = size / 1024
    for unit in ("KiB", "MiB"):
        if in_units < 1024:
            return f"{in_units:.1f} {unit}"
        in_units /= 1024
    return f"{in_units:.1f} GiB"


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("transcripts"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "initials": _initials,
        "iso": iso,
        "label": label,
        "plain": prose,
        "sentence": _sentence,
        "size": _size,
    }
    return environment


_CSS = files("transcripts").joinpath("templates/transcript.css").read_text("utf-8")
POLICY: Final = _policy()
"""For whoever serves the page; it says the same itself, so that it holds for a file, too."""
_PAGE = _environment().get_template("transcript.html")
