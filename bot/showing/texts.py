"""Makes texts safe for Discord: they ping nobody, forge nothing, and lose nothing. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.showing.code import MARKUP, code_in
from bot.showing.parts import MESSAGE_LIMIT, beginning, length, split
from texts.language import Language
from texts.text import Text, in_language
from tickets.characters import clean_line, shows_nothing

EMBED_TITLE_LIMIT = 256
WEBHOOK_NAME_LIMIT = 80
MOST_PARTS = 5
"""A copy takes at most so many messages. A longer text becomes a file."""
WHOLE_TEXT = "message.txt"
PING_ROOM = 24
"""Characters of a mention in front of a copy, with the space after it."""

_SHOWN_OF_LONG_TEXTS = 1_500

GAP = "\u200b"
"""A zero-width space. It invisibly breaks up markup that would resolve. When the text is quoted back, it is
removed."""
_LIVES = re.compile(
    r"(?P<link>\](?=\(\s*<?[a-z][a-z0-9+.\\-]*:))"
    r"|^ *(?:>(?:>>)? +)?-(?=# )"
    rf"|<(?={MARKUP.pattern[1:]})",
    re.IGNORECASE | re.MULTILINE,
)
"""The beginning of markup that hides something: a link behind other words, small print, which only Guildesk
uses, and Discord's own markup."""
_MARKDOWN = re.compile(r"([\\*_`~|>\[\]()#\-])")
_FORBIDDEN_IN_NAMES = re.compile(r"discord|clyde", re.IGNORECASE)


def harmless(text: str) -> str:
    """The text with its markdown, but nothing in it resolves, hides a link, or looks like our small print.

    Code stays as it is, because nothing resolves there. The message itself prevents pings
    (``allowed_mentions``), so ``@everyone`` stays as it is."""
    code = code_in(text)

    def parted(match: re.Match[str]) -> str:
        within = code.at(match.start())
        if within is not None and (match["link"] is None or code.is_sure(within)):
            return match[0]
        return match[0] + GAP

    return _LIVES.sub(parted, text)


def plain(text: str) -> str:
    """The text on one line, literally: without markdown, and without characters that change its direction.
    No mention resolves except ``@everyone``, and the message itself prevents that ping."""
    return _MARKDOWN.sub(r"\\\1", " ".join(clean_line(text).split()))


def shortened(text: str, limit: int) -> str:
    """The text in at most ``limit`` by ``length``. If it was longer, it ends with an ellipsis."""
    return text if length(text) <= limit else beginning(text, limit - 1) + "…"


def start_of(text: str, limit: int) -> str:
    """The beginning of the text in at most ``limit``, harmless and with its code closed. If it was longer,
    it ends with an ellipsis."""
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


@lru_cache(maxsize=1024)
def webhook_names(name: str, side: str, somebody: str = "Somebody") -> tuple[str | None, ...]:
    """Names under which a message may be posted, the preferred one first, then those that Discord is less
    likely to refuse. All but the last two tell the author's side. None is the webhook's own name."""
    return (
        webhook_name(name, side, somebody),
        webhook_name("", side, somebody),
        side.title(),
        somebody,
        None,
    )


def webhook_name(name: str, side: str, somebody: str = "Somebody") -> str:
    """A name that ends with the author's side, within Discord's known rules: no "discord" or "clyde" in it,
    and at most 80 characters."""
    suffix = f" · {side}"
    clean = " ".join(clean_line(name).split())
    if shows_nothing(clean) or _FORBIDDEN_IN_NAMES.search(clean):
        clean = somebody
    return shortened(clean, WEBHOOK_NAME_LIMIT - length(suffix)) + suffix


def with_links(content: str, links: Sequence[str]) -> str:
    """The content with the links below it."""
    return "\n".join(part for part in (content, *links) if part)


@dataclass(frozen=True, slots=True)
class Copy:
    """A text in Discord: its messages, and for a long text a file with all of it at the last one."""

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
    """The copy of a text, safe for Discord.

    With a heading, each part is quoted, so that nobody takes the text for one by the heading's author.
    ``above`` is placed over the first part. Each part leaves room for a ping."""
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
