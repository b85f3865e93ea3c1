"""A transcript as one HTML page that needs nothing else, runs nothing and can be streamed."""

import re
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from hashlib import sha256
from importlib.resources import files
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from texts.language import Language
from texts.text import Text, in_language
from tickets.events import Event
from tickets.model import Attachment, AuthorType, Message, UserKey
from tickets.transcript import Transcript
from transcripts.facts import answers_of, facts_of, metadata_of
from transcripts.lines import doer, history_lines, iso, quoted, readable, side
from transcripts.markdown import to_html
from transcripts.plain import label, prose
from transcripts.text import every_absorbed

_SHOWN_AS_IMAGE = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"})
_ORIGIN = re.compile(r"https?://[a-z0-9.\-\[\]:]+", re.IGNORECASE)
_CHUNK = 100
"""Pieces of the template in one piece of the answer."""


def render_html(
    transcript: Transcript,
    file_url: Callable[[Attachment], str],
    *,
    title: str | None = None,
    language: Language = Language.EN,
) -> Iterator[str]:
    """The page, piece by piece; it takes time, so read it in a thread.

    The same transcript gives the same page. Notes are in it if the transcript holds them. ``file_url``
    tells where a file is to be had; images are shown from there, and what is not http or https is no
    link. The page is ``title``, or the ticket's number and topic."""
    ticket = transcript.ticket
    page = _PAGE.stream(
        transcript=transcript,
        ticket=ticket,
        language=language.value,
        facts=list(facts_of(transcript, language)),
        answers=list(answers_of(transcript)),
        metadata=list(metadata_of(transcript)),
        history=list(history_lines(transcript, language)),
        absorbed=list(every_absorbed(transcript)),
        title=title or f"#{ticket.number} {ticket.topic}",
        css=_CSS,
        policy=_policy(file_url(file) for file in _files(transcript) if _is_image(file)),
        shown=_Shown(transcript, file_url, language),
        say=partial(_say, language),
    )
    page.enable_buffering(_CHUNK)
    return page


def _files(transcript: Transcript) -> Iterator[Attachment]:
    yield from transcript.ticket.attachments
    for message in transcript.messages:
        yield from message.attachments
    for absorbed in transcript.absorbed:
        yield from _files(absorbed)


def _is_image(file: Attachment) -> bool:
    return file.type in _SHOWN_AS_IMAGE


def _origin(url: str) -> str | None:
    """Scheme and host of a URL that a browser may load; None for any other."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    origin = f"{parts.scheme}://{parts.netloc}"
    return origin if _ORIGIN.fullmatch(origin) else None


def _policy(image_urls: Iterable[str]) -> str:
    """The Content-Security-Policy: our one style sheet, the ticket's images, and nothing else."""
    origins = sorted({origin for url in image_urls if (origin := _origin(url))})
    images = " ".join(origins) or "'none'"
    style = b64encode(sha256(_CSS.encode()).digest()).decode()
    return (
        f"default-src 'none'; img-src {images}; style-src 'sha256-{style}'; "
        "base-uri 'none'; form-action 'none'"
    )


class _Shown:
    """What the template asks about people and files of this transcript."""

    def __init__(
        self, transcript: Transcript, file_url: Callable[[Attachment], str], language: Language
    ) -> None:
        self._language = language
        self._transcript = transcript
        self._file_url = file_url

    def prose(self, content: str) -> Markup:
        return to_html(content, self._name_of)

    def side(self, of: AuthorType) -> str:
        return side(of, self._language)

    def doer(self, event: Event) -> str:
        return doer(self._transcript, event, self._language)

    def quoted(self, answered: Message) -> str:
        return quoted(answered, self._language)

    def url(self, file: Attachment) -> str | None:
        url = self._file_url(file)
        return url if _origin(url) else None

    def is_image(self, file: Attachment) -> bool:
        return _is_image(file)

    def _name_of(self, discord_id: str) -> str | None:
        person = self._transcript.people.get(UserKey(UserKey.DISCORD, discord_id))
        return person.name if person else None


def _say(language: Language, id_: str, **facts: str | int) -> str:
    """A text for the template, which escapes it; what is markup stands around it."""
    return in_language(Text(id_, **facts), language)


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
        "label": label,
        "plain": prose,
        "iso": iso,
        "readable": readable,
        "size": _size,
    }
    return environment


_CSS = files("transcripts").joinpath("templates/transcript.css").read_text("utf-8")
_PAGE = _environment().get_template("transcript.html")
