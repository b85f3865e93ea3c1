"""Renders Discord's markdown as HTML with a short list of elements, whatever was written."""

import re
from html import escape
from itertools import takewhile, zip_longest
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, list_block
from markdown_it.rules_core import StateCore, text_join
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType
from markupsafe import Markup

from transcripts.blocks import Block, Kind, blocks_of
from transcripts.markdown_rules import RULES, spaced
from transcripts.plain import label, prose
from transcripts.reader import Reader
from transcripts.tags import TAG, NameOf, shown_for

_WEB = re.compile(r"https?://[^/?#\s]", re.IGNORECASE)
_BIG = re.compile(r"(?P<mark>#{1,3}|-#) +(?=\S)")
"""``#`` to ``###`` make a line larger, ``-#`` smaller."""
_SIZES = {"#": "big1", "##": "big2", "###": "big3", "-#": "small"}
_MASKED = re.compile(
    r"""\[(?P<words>[^\[\]\n]{1,300})\]
        \((?:<(?P<between>https?://[^<>\s]{1,2000})>|(?P<bare>https?://[^\s()<>]{1,1000}(?:\([^\s()<>]{0,500}\)[^\s()<>]{0,500}){0,3}))
        (?:\ "[^"\n]{0,300}")?\)""",
    re.VERBOSE | re.IGNORECASE,
)
_SPACE = r"\s\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
"""What the portal's script takes for a space. Its pattern of an address is the same."""
_PAIR = "".join(
    rf"|\{open_}[^{_SPACE}()\[\]{{}}<>\"*`]*\{close}" for open_, close in ("()", "[]", "{}")
).lstrip("|")
_ADDRESS = re.compile(
    rf"""(?<![a-z0-9.+-])https?://(?=\[[0-9a-f:.]+\]|[^\x00-/:-@\[-`{{-~{_SPACE}])
        (?:{_PAIR}|[^{_SPACE}()\[\]{{}}<>"\\*~|`_]|[_*]+(?=[a-z0-9(?&=\#/%])|~(?!~)|\|(?!\|))*
        (?:{_PAIR}|[^{_SPACE}()\[\]{{}}<>"\\*~|`_.,:;!?'…’”»。，、！？」])""",
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
"""An address, without the marks behind it that belong to the sentence. Brackets count in pairs."""
_BETWEEN = re.compile(rf"<(https?://[^{_SPACE}<>/?\#][^{_SPACE}<>]*)>", re.IGNORECASE | re.ASCII)
_SCHEME = re.compile(r"https?\Z", re.IGNORECASE | re.ASCII)
_LIKE_AN_ADDRESS = re.compile(r"://|\bwww\.|\w\.\w", re.IGNORECASE)
_PLAIN = re.compile(
    r"(?![\s\d#>+*-])(?:[^\W_]|[ ,.;!?()'\"/%$=@’“”…–—-]|:(?!/))*(?:[^\W_]|[,.;:!?()'\"/%$=@’“”…–—-])"
)
"""A line in which nothing has a meaning to Discord. Most lines are such, and the parser is slow."""
_STRUCTURE = re.compile(r"^[ \t]*(?:$|[-*#+\d])|\0", re.MULTILINE)
"""A line that is blank, or may begin a list or a line of another size. So the text is more than one
paragraph."""
_DEEPEST_LIST = 12
"""Levels of the parser, of which each list has two. Deeper nesting than 20 is dropped."""
_AT_ITEM = re.compile(r"(?:\A|\n)[ \t]*(?:[-*]|\d{1,9}\.)[ \t][^\n]*\Z")
"""A text whose last line is an unfinished item of a list. Code after it is part of the item."""
_EMPTY_ITEM = re.compile(r"(?:\A|\n)[ \t]*(?:[-*]|\d{1,9}\.)[ \t]+\Z")
"""An empty item. The parser does not take it for an item after another one."""
_NO_MARKER = re.compile(r"\+|\d{1,9}\)")
_NO_ITEM = re.compile(r"(?:[-*]|\d{1,9}[.)])[ \t]*")
_STAND_IN = "\ufffe"
"""A noncharacter, which is never shown."""
_ITEMS_END = re.compile(r"</li>\n(?:</(?:ul|ol|li)>\n)*\Z")
_NOBODY = Reader()


def to_html(content: str, name_of: NameOf = lambda _: None, reader: Reader = _NOBODY) -> Markup:
    """The message as Discord shows it. Only http and https addresses become links, and no link hides its
    host."""
    if _PLAIN.fullmatch(content):
        return Markup(f"<p>{spaced(content)}</p>\n")  # noqa: S704  it is escaped
    env = {"name_of": name_of, "reader": reader}
    return Markup(_html(prose(content), env, in_quote=False))  # noqa: S704  all parts are escaped


def _html(content: str, env: EnvType, *, in_quote: bool) -> str:
    parts: list[str] = []
    blocks = [*blocks_of(content, in_quote=in_quote)]
    is_in_item = False
    for block, following in zip_longest(blocks, blocks[1:]):
        goes_on = following is not None and following.kind is Kind.CODE and _AT_ITEM.search(block.text)
        match block.kind:
            case Kind.CODE:
                before, behind = (parts.pop(), "") if is_in_item else ("", "")
                if end := _ITEMS_END.search(before):
                    before, behind = before[: end.start()], end[0]
                parts.append(f"{before}{_code(block)}{behind}")
            case Kind.QUOTE:
                inner = _html(block.text, env, in_quote=True)
                parts.append(f"<blockquote>\n{inner}</blockquote>\n")
            case Kind.TEXT if goes_on and _EMPTY_ITEM.search(block.text):
                parts.append(_MARKDOWN.render(block.text + _STAND_IN, env).replace(_STAND_IN, ""))
            case Kind.TEXT:
                text = block.text.strip(" \t\n")
                is_one = _STRUCTURE.search(text) is None
                parts.append(_paragraph(text, env) if is_one else _MARKDOWN.render(block.text, env))
        is_in_item = block.kind is Kind.TEXT and bool(goes_on)
    return "".join(parts)


def _code(block: Block) -> str:
    language = f'<p class="small">{escape(block.language)}</p>\n' if block.language else ""
    return f"{language}<pre><code>{escape(block.text)}</code></pre>\n"


def _paragraph(text: str, env: EnvType) -> str:
    """The tokens for a single paragraph. Most texts are such, and the parser needs half of its time to find
    that out."""
    if _PLAIN.fullmatch(text):
        return f"<p>{spaced(text)}</p>\n"
    children: list[Token] = []
    _MARKDOWN.inline.parse(text, _MARKDOWN, env, children)
    inline = Token("inline", "", 0, content=text, children=children)
    state = StateCore(text, _MARKDOWN, env, [inline])
    text_join(state)
    shown = _MARKDOWN.renderer.render(inline.children or [], _MARKDOWN.options, env)
    return f"<p>{shown}</p>\n"


class _Markdown(MarkdownIt):
    def validateLink(self, url: str) -> bool:  # noqa: N802  markdown-it's name
        return _WEB.match(url) is not None

    def normalizeLinkText(self, link: str) -> str:  # noqa: N802
        """As it was typed: a decoded xn-- host could look like another one."""
        return label(link)


def _markdown() -> MarkdownIt:
    md = _Markdown("zero", {"html": False, "breaks": True})
    md.enable(["newline", "escape", "backticks", "strikethrough", "emphasis", "list"])
    md.block.ruler.at("list", _list, {"alt": ["paragraph"]})
    md.block.ruler.before("list", "big", _big, {"alt": ["paragraph"]})
    md.core.ruler.after("block", "blank_lines", _blank_lines)
    md.inline.add_terminator_char("|")
    md.inline.ruler.at("newline", _newline)
    md.inline.ruler.before("escape", "backslash", _backslash)
    md.inline.ruler.before("emphasis", "tag", _tag)
    md.inline.ruler.before("emphasis", "address", _address)
    md.inline.ruler.before("emphasis", "spoiler", _spoiler)
    md.inline.ruler.before("emphasis", "masked", _masked)
    for name, rule in RULES.items():
        md.add_render_rule(name, rule)
    return md


def _list(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """Discord's markers are ``-``, ``*`` and ``1.``, not CommonMark's ``+`` and ``1)``. There are no empty
    lists."""
    line = state.src[state.bMarks[start_line] + state.tShift[start_line] : state.eMarks[start_line]]
    if _NO_MARKER.match(line) or _NO_ITEM.fullmatch(line) or state.level > _DEEPEST_LIST:
        return False
    return list_block(state, start_line, end_line, silent)


def _big(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    begin, end = state.bMarks[start_line] + state.tShift[start_line], state.eMarks[start_line]
    found = _BIG.match(state.src, begin, end)
    if found is None:
        return False
    if not silent:
        state.line = start_line + 1
        token = state.push("big_open", "p", 1)
        token.block, token.attrs = True, {"class": _SIZES[found["mark"]]}
        token.map = [start_line, state.line]
        inline = state.push("inline", "", 0)
        inline.content, inline.children = state.src[found.end() : end].strip(), []
        inline.map = [start_line, state.line]
        state.push("big_close", "p", -1).block = True
    return True


def _newline(state: StateInline, silent: bool) -> bool:
    """Every line break counts, and spaces after it are shown."""
    if state.src[state.pos] != "\n":
        return False
    if not silent:
        state.pending = state.pending.rstrip(" \t")
        state.push("hardbreak", "br", 0)
    state.pos += 1
    return True


def _backslash(state: StateInline, silent: bool) -> bool:
    """A backslash before a letter is one, and the letter may begin an address."""
    if state.src[state.pos] != "\\" or not state.src[state.pos + 1 : state.pos + 2].isalpha():
        return False
    if not silent:
        state.pending += "\\"
    state.pos += 1
    return True


def _blank_lines(state: StateCore) -> None:
    """One blank line separates two paragraphs; further ones are lines."""
    lines, tokens = state.src.split("\n"), list[Token]()
    for token in state.tokens:
        if token.level == 0 and token.nesting == 1 and token.map and tokens:
            at = token.map[0]
            blank = sum(1 for _ in takewhile(lambda line: not line.strip(), reversed(lines[:at])))
            if blank > 1:
                tokens.append(Token("blank_lines", "", 0, content="<br>" * (blank - 1)))
        tokens.append(token)
    state.tokens = tokens


def _address(state: StateInline, silent: bool) -> bool:
    """An address that stands alone, or between ``<`` and ``>``. The parser stops first at its colon."""
    if state.linkLevel:
        return False
    between = _BETWEEN.match(state.src, state.pos, state.posMax)
    scheme = _SCHEME.search(state.pending[-5:]) if state.src.startswith("://", state.pos) else None
    if between is None and scheme is None:
        return False
    start = state.pos - len(scheme[0]) if scheme else state.pos
    found = between or _ADDRESS.match(state.src, start, state.posMax)
    if found is None:
        return False
    if not silent:
        if scheme:
            state.pending = state.pending[: -len(scheme[0])]
        url = between[1] if between else found[0]
        state.push("link_open", "a", 1).attrs = {"href": url}
        state.push("text", "", 0).content = label(url)
        state.push("link_close", "a", -1)
    state.pos = found.end()
    return True


def _masked(state: StateInline, silent: bool) -> bool:
    """``[words](address)``. Words that look like an address stay as they were typed, as in Discord."""
    found = _MASKED.match(state.src, state.pos, state.posMax) if state.src[state.pos] == "[" else None
    if found is None or state.linkLevel or _LIKE_AN_ADDRESS.search(found["words"]):
        return False
    url = state.md.normalizeLink(found["between"] or found["bare"])
    host = _host(url)
    if not host or not state.md.validateLink(url):
        return False
    if not silent:
        state.push("link_open", "a", 1).attrs = {"href": url}
        state.linkLevel += 1
        inner = state.md.inline.parse(found["words"], state.md, state.env, [])
        state.tokens += inner
        state.tokens_meta += [None] * len(inner)
        state.linkLevel -= 1
        state.push("link_close", "a", -1)
        state.push("host", "", 0).content = host
    state.pos = found.end()
    return True


def _host(url: str) -> str | None:
    try:
        return urlsplit(url).netloc
    except ValueError:
        return None


def _spoiler(state: StateInline, silent: bool) -> bool:
    start = state.pos + 2
    if not state.src.startswith("||", state.pos):
        return False
    end = state.src.find("||", start, state.posMax)
    if end <= start:
        return False
    if not silent:
        token = state.push("spoiler_open", "span", 1)
        token.attrs = {"class": "spoiler", "tabindex": 0}
        inner = state.md.inline.parse(state.src[start:end], state.md, state.env, [])
        state.tokens += inner
        state.tokens_meta += [None] * len(inner)
        state.push("spoiler_close", "span", -1)
    state.pos = end + 2
    return True


def _tag(state: StateInline, silent: bool) -> bool:
    """``<@1>``, ``<@&1>``, ``<#1>``, ``<:name:1>`` and ``<t:1:f>``, which Discord does not show as they are
    typed."""
    found = TAG.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    shown = shown_for(found, state.env["name_of"], state.env["reader"])
    if shown is None:
        return False
    if not silent:
        token = state.push("tag", "", 0)
        token.content, token.info = shown, found[0]
    state.pos = found.end()
    return True


_MARKDOWN = _markdown()
