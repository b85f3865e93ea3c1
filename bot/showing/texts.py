"""Texts made fit for Discord: nothing pings, nothing forges, nothing is lost. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.showing.code import MARKUP, code_in
from bot.showing.parts import MESSAGE_LIMIT, beginning, length, split
from texts.language import Language
from texts.text import Text, in_language
from tickets.characters import clean_line, shows_nothing

EMBED_TITLE_LIMIT = 256
WEBHOOK_NAME_LIMIT = 80
MOST_PARTS = 5
"""Messages that a copy may take at most. A longer text goes as a file."""
WHOLE_TEXT = "message.txt"
PING_ROOM = 24
"""Characters of a mention in front of a copy, with the blank after it."""

_SHOWN_OF_LONG_TEXTS = 1_500

GAP = "\u200b"
"""A zero-width space. It separates what would resolve, and is invisible. Quoted back, it is dropped."""
_LIVES = re.compile(
    r"(?P<link>\](?=\(\s*<?[a-z][a-z0-9+.\\-]*:))"
    r"|^ *(?:>(?:>>)? +)?-(?=# )"
    rf"|<(?={MARKUP.pattern[1:]})",
    re.IGNORECASE | re.MULTILINE,
)
"""Where something begins that does not show itself: a link behind other words, small print, which is ours,
and Discord's markup."""
_MARKDOWN = re.compile(r"([\\*_`~|>\[\]()#\-])")
_FORBIDDEN_IN_NAMES = re.compile(r"discord|clyde", re.IGNORECASE)


def harmless(text: str) -> str:
    """The text, with markdown, but nothing in it resolves, hides a link, or looks like small print of ours.

    Code is left alone, where nothing resolves. That nobody is pinged is said with the message
    (``allowed_mentions``), which leaves ``@everyone`` as it is."""
    code = code_in(text)

    def parted(match: re.Match[str]) -> str:
        within = code.at(match.start())
        if within is not None and (match["link"] is None or code.is_sure(within)):
            return match[0]
        return match[0] + GAP

    return _LIVES.sub(parted, text)


def plain(text: str) -> str:
    """The text on one line, as itself: no markdown, nothing that turns its direction. No mention resolves
    then but ``@everyone``, which is said with the message to ping nobody."""
    return _MARKDOWN.sub(r"\\\1", " ".join(clean_line(text).split()))


def shortened(text: str, limit: int) -> str:
    """At most ``limit`` of ``length``, the end replaced by an ellipsis where it was longer."""
    return text if length(text) <= limit else beginning(text, limit - 1) + "…"


def start_of(text: str, limit: int) -> str:
    """At most ``limit`` of the text, harmless, with its code closed, and an ellipsis where it was longer."""
    shown = harmless(text)
    return shown if length(shown) <= limit else "".join(harmless_parts(text, limit - 1)[:1]) + "…"


def harmless_parts(text: str, limit: int = MESSAGE_LIMIT) -> list[str]:
    """The text in parts of at most ``limit``, each of which is harmless by itself: a cut may open code."""
    parts = split(harmless(text), limit)
    while len(parts) > 1:
        again = [piece for part in parts for piece in split(harmless(part), limit)]
        if again == parts:
            break
        parts = again
    return parts


def webhook_names(name: str, side: str, somebody: str = "Somebody") -> list[str | None]:
    """Names under which a message may be posted, the wanted one first, then those in which Discord finds less
    to refuse. They tell which side their bearer is on, but for the last two; None is the webhook's own."""
    return [
        webhook_name(name, side, somebody),
        webhook_name("", side, somebody),
        side.title(),
        somebody,
        None,
    ]


def webhook_name(name: str, side: str, somebody: str = "Somebody") -> str:
    """A name that ends with the side its bearer is on, as far as it is known what Discord takes: nothing
    with "discord" or "clyde" in it, and at most 80 characters."""
    suffix = f" · {side}"
    clean = " ".join(clean_line(name).split())
    if shows_nothing(clean) or _FORBIDDEN_IN_NAMES.search(clean):
        clean = somebody
    return shortened(clean, WEBHOOK_NAME_LIMIT - length(suffix)) + suffix


def with_links(content: str, links: Sequence[str]) -> str:
    """The content, and below it what is shown as links."""
    return "\n".join(part for part in (content, *links) if part)


@dataclass(frozen=True, slots=True)
class Copy:
    """What shows a text in Discord: messages, and with the last one, if it is long, all of it as a file."""

    parts: list[str]
    whole: bytes | None = None


def copy_of(
    text: str,
    links: Sequence[str] = (),
    *,
    heading: str = "",
    above: str = "",
    language: Language = Language.EN,
) -> Copy:
    """The copy of a text, fit for Discord. Under a heading, it is quoted in each part, so that it cannot be
    taken for the heading's author's. What is ``above`` stands over the first part. Each part leaves room for
    a ping."""
    frame = f"{heading}\n>>> " if heading else ""
    room = MESSAGE_LIMIT - PING_ROOM - length(frame) - (length(above) + 1 if above else 0)
    parts, whole = harmless_parts(with_links(text, links), room), None
    if len(parts) > MOST_PARTS:
        note = in_language(Text("only-the-beginning", file=WHOLE_TEXT), language)
        parts = harmless_parts(with_links(start_of(text, _SHOWN_OF_LONG_TEXTS), [note, *links]), room)
        whole = text.encode(errors="replace")
    shown = [frame + part for part in parts]
    if above:
        shown[:1] = ["\n".join([above, *shown[:1]])]
    return Copy(shown, whole)
