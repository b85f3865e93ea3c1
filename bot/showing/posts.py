"""Divides a text and its files into posts for Discord: files are spread over several posts, because requests
have limits, and a file that is too large becomes a link. Pure."""

from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bot.showing.parts import MESSAGE_LIMIT, length, split
from bot.showing.texts import copy_of, harmless_parts, with_links
from texts.language import Language
from tickets.model import Attachment, FileId

FILES_PER_MESSAGE = 10

Url = Callable[[Attachment], str]


class Bounds(NamedTuple):
    """Discord's limits in bytes: the largest and smallest size of a file, and of all files of a request; and
    the files that it refuses at any size."""

    file: int
    request: int
    least: int = 0
    refused: Container[FileId] = ()

    def takes(self, file: Attachment) -> bool:
        return self.least <= file.size <= self.file and file.id not in self.refused


@dataclass(frozen=True, slots=True)
class Post:
    """One message. ``whole`` is a text that is too long for messages and becomes a file."""

    text: str = ""
    files: tuple[Attachment, ...] = ()
    whole: bytes | None = None

    @property
    def sizes(self) -> list[int]:
        """The sizes of its files."""
        return [*([] if self.whole is None else [len(self.whole)]), *(file.size for file in self.files)]


def posts_of(
    text: str,
    files: Sequence[Attachment],
    url: Url,
    bounds: Bounds,
    *,
    heading: str = "",
    above: str = "",
    language: Language = Language.EN,
) -> tuple[list[Post], list[Post]]:
    """The messages with the text, of which the last one has the first files; and the messages with further
    files.

    With a heading, the text is quoted below it. ``above`` is placed over the first message."""
    small = [file for file in files if bounds.takes(file)]
    for most in (FILES_PER_MESSAGE, FILES_PER_MESSAGE - 1):
        attached = small[:most]
        links = [url(file) for file in files if file not in attached]
        copy = copy_of(text, links, heading=heading, above=above, language=language)
        if copy.whole is None:
            break
    *texts, last = copy.parts or [heading]
    ending = spread(Post(last, tuple(attached), copy.whole), url, bounds)
    return [*map(Post, texts), *ending[:1]], ending[1:]


def spread(post: Post, url: Url, bounds: Bounds) -> list[Post]:
    """The post in messages within the bounds; none if it is empty."""
    fit = [file for file in post.files if bounds.takes(file)]
    links = [url(file) for file in post.files if file not in fit]
    text = with_links(post.text, links)
    texts = [text] if length(text) <= MESSAGE_LIMIT else [post.text, *split("\n".join(links))]
    texts = [it for it in texts if it.strip()]
    whole = post.whole
    if whole is not None and len(whole) > bounds.file:
        texts += harmless_parts(whole.decode(errors="replace"))
        whole = None
    first, *further = _runs(fit, bounds.request, len(whole or b""))
    if not texts and not first and whole is None:
        return []
    *earlier, last = texts or [""]
    return [*map(Post, earlier), Post(last, tuple(first), whole), *(Post("", tuple(run)) for run in further)]


def _runs(files: Iterable[Attachment], limit: int, taken: int) -> list[list[Attachment]]:
    """The files in their order, in runs of at most ``limit`` bytes, of which the first run has ``taken``
    bytes used already. A larger file is a run of its own."""
    runs: list[list[Attachment]] = [[]]
    for file in files:
        if (taken or runs[-1]) and taken + file.size > limit:
            runs.append([])
            taken = 0
        runs[-1].append(file)
        taken += file.size
    return runs
