"""Renders messages as HTML. A page has thousands of these, so it is done by hand: a template takes three
times as long."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from markupsafe import Markup, escape

from texts.text import Text
from tickets.model import Actor, Attachment, Message, Millis, UserKey
from tickets.transcript import Transcript
from transcripts.flow import Said
from transcripts.images import Images
from transcripts.markdown import to_html
from transcripts.plain import label
from transcripts.reader import Reader, iso
from transcripts.text import quoted

FileUrl = Callable[[Attachment], str]
HUES: Final = 8
"""Colours of initials in the style sheet."""
_ORIGIN = re.compile(r"https?://[a-z0-9.\-\[\]:]+", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]")


@dataclass(frozen=True, slots=True)
class _Author:
    """Somebody as all their messages show them. Everything is escaped."""

    name: str
    side: str
    initials: str
    type: str


class Articles:
    """Renders the messages of one page. Texts of people are escaped, or come from ``to_html``."""

    def __init__(self, reader: Reader, file_url: FileUrl, images: Images) -> None:
        self._reader = reader
        self._file_url = file_url
        self._images = images
        self._authors: dict[Actor, _Author] = {}
        self._hues: dict[UserKey | None, int] = {}

    def said(self, of: Transcript, item: Said, part: str) -> Markup:
        """A message or note. ``part`` is put before the anchors of its ticket."""
        message, author = item.message, self._author(of, item.message.author)
        anchor = f"{part}m{message.seq}"
        kind = f"{author.type}{' note' if message.is_note else ''}{' joined' if item.is_joined else ''}"
        at = self._time(message.created_at, short=True)
        if item.is_joined:
            top = f'<a class="at" href="#{anchor}"><span class="heard">{author.name}</span> {at}</a>\n'
        else:
            note = f'<p class="mark">{self._say(Text("record-note"))}</p>\n' if message.is_note else ""
            answers = self._answers(of, message, part) if message.reply_to else ""
            top = f"{answers}{_heading(author, at, anchor)}{note}"
        # What people wrote is escaped in each part, as everything in this module.
        return Markup(f'<article id="{anchor}" class="{kind}">\n{top}{self._body(of, message)}</article>\n')  # noqa: S704

    def opened(self, of: Transcript, actor: Actor, at: Millis, anchor: str, answers: Markup) -> Markup:
        """The description of a ticket, which is its first message. ``answers`` are those to its form."""
        author, ticket = self._author(of, actor), of.ticket
        body = f"{self._text(of, ticket.description)}{answers}{self.attached(ticket.attachments)}"
        top = _heading(author, self._time(at, short=True), anchor)
        return Markup(f'<article class="{author.type}">\n{top}{body}</article>\n')  # noqa: S704  each part is escaped

    def attached(self, files: Sequence[Attachment]) -> str:
        """The files of a message; empty if there are none."""
        items = "".join(map(self._file, files))
        return f'<ul class="files">\n{items}</ul>\n' if files else ""

    def _body(self, of: Transcript, message: Message) -> str:
        if message.deleted:
            when = self._time(message.updated_at)
            return f'<p class="gone">{self._say(Text("record-deleted-at"))} {when}</p>\n'
        text, files = self._text(of, message.content), self.attached(message.attachments)
        return f"{text}{files}{self._revised(of, message) if message.edited else ''}"

    def _text(self, of: Transcript, content: str) -> str:
        return f'<div class="text" dir="auto">{to_html(content, of.name_in_discord, self._reader)}</div>\n'

    def _revised(self, of: Transcript, message: Message) -> str:
        when = f"{self._say(Text('record-edited-at'))} {self._time(message.updated_at)}"
        before = of.revisions.get(message.id)
        if not before:
            return f'<p class="small">{when}</p>\n'
        untils = (f"{self._say(Text('record-until'))} {self._time(it.until)}" for it in before)
        items = "".join(
            f'<li><span class="small">{until}</span> {self._text(of, it.content)}</li>\n'
            for until, it in zip(untils, before, strict=True)
        )
        return f'<details class="revisions">\n<summary>{when}</summary>\n<ol>\n{items}</ol>\n</details>\n'

    def _answers(self, of: Transcript, message: Message, part: str) -> str:
        answered = of.answered(message)
        if answered is None:
            return ""
        heard = f'<span class="heard">{self._say(Text("record-in-answer-to"))}</span>'
        name = f'<bdi class="author">{self._author(of, answered.author).name}</bdi>'
        words = f"<bdi>{escape(label(quoted(answered, self._reader)))}</bdi>"
        link = f'<a href="#{part}m{answered.seq}">{name}</a>'
        return f'<p class="small answers">{heard} {link} {words}</p>\n'

    def _file(self, file: Attachment) -> str:
        name, url, image = escape(label(file.name)), self._url(file), self._images.get(file.id)
        shown = f'<img src="{escape(image)}" alt="{name}">\n' if image else ""
        called = f"<bdi>{name}</bdi>"
        if url:
            called = f'<a href="{escape(url)}" rel="noopener noreferrer nofollow">{called}</a>'
        lives = f" · {self._say(Text('record-link-lives'))}" if url and not image else ""
        about = f"{_size(file.size)}, <bdi>{escape(label(file.type))}</bdi>{lives}"
        return f'<li>\n{shown}{called}\n<span class="small">{about}</span>\n</li>\n'

    def _url(self, file: Attachment) -> str | None:
        url = self._file_url(file)
        return url if _is_web(url) else None

    def _time(self, at: Millis, *, short: bool = False) -> str:
        time, moment = self._reader.time_and_moment(at)
        return (
            f'<time datetime="{iso(at)}" title="{escape(moment)}">{time if short else escape(moment)}</time>'
        )

    def _author(self, of: Transcript, actor: Actor) -> _Author:
        """The author, made once for each person. The first ones get colours of their own."""
        if actor not in self._authors:
            hue = self._hues.setdefault(actor.key, len(self._hues) % HUES)
            name, firsts = label(of.name_of(actor)), _initials(of.name_of(actor))
            self._authors[actor] = _Author(
                name=str(escape(name)),
                side=str(escape(self._reader.side(actor.type))),
                initials=f'<span class="initials hue{hue}" aria-hidden="true">{escape(firsts)}</span>\n',
                type=actor.type.lower(),
            )
        return self._authors[actor]

    def _say(self, words: Text) -> str:
        return str(escape(self._reader.says(words)))


def _heading(author: _Author, at: str, anchor: str) -> str:
    who = f'<bdi class="author">{author.name}</bdi> <span class="side">{author.side}</span>'
    return f'{author.initials}<header>\n{who}\n<a href="#{anchor}">{at}</a>\n</header>\n'


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
