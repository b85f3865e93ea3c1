"""Discord's markdown as HTML that holds no more than a short list of elements, whatever was written."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from html import escape

from linkify_it.main import LinkifyIt
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock, list_block
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from markupsafe import Markup

from transcripts.blocks import Kind, blocks_of
from transcripts.plain import label, prose

NameOf = Callable[[str], str | None]
"""The name of a Discord user by id, if it is known."""

_WEB = re.compile(r"https?://[^/?#\s]", re.IGNORECASE)
_TAG = re.compile(
    r"""<(?: @!?(?P<user>\d{1,20})
          | @&(?P<role>\d{1,20})
          | \#(?P<channel>\d{1,20})
          | a?:(?P<emoji>\w{1,64}):\d{1,20}
          | t:(?P<time>-?\d{1,13})(?::[tTdDfFsSR])?
        )>""",
    re.VERBOSE | re.ASCII,
)
_DEEPEST_LIST = 12
"""In levels of the parser, two for each list; it drops what is nested deeper than 20."""


def to_html(content: str, name_of: NameOf = lambda _: None) -> Markup:
    """The message as Discord shows it. Only http and https addresses become links, as they stand."""
    return Markup(_html(prose(content), name_of, in_quote=False))  # noqa: S704  all parts are escaped


def _html(content: str, name_of: NameOf, *, in_quote: bool) -> str:
    parts = []
    for block in blocks_of(content, in_quote=in_quote):
        match block.kind:
            case Kind.CODE:
                if block.language:
                    parts.append(f'<p class="small">{escape(block.language)}</p>\n')
                parts.append(f"<pre><code>{escape(block.text)}</code></pre>\n")
            case Kind.QUOTE:
                inner = _html(block.text, name_of, in_quote=True)
                parts.append(f"<blockquote>\n{inner}</blockquote>\n")
            case Kind.TEXT:
                parts.append(_MARKDOWN.render(block.text, {"name_of": name_of}))
    return "".join(parts)


class _Markdown(MarkdownIt):
    def validateLink(self, url: str) -> bool:  # noqa: N802  markdown-it's name
        return _WEB.match(url) is not None

    def normalizeLinkText(self, link: str) -> str:  # noqa: N802
        """As it was typed: a decoded xn-- host could look like another one."""
        return label(link)


def _markdown() -> MarkdownIt:
    md = _Markdown("zero", {"html": False, "linkify": True, "breaks": True})
    md.linkify = LinkifyIt(  # type: ignore[no-untyped-call]  # the package has no types
        {"ftp:": None, "mailto:": None, "//": None},
        {"fuzzy_link": False, "fuzzy_email": False, "fuzzy_ip": False},
    )
    md.enable(["linkify", "newline", "escape", "backticks", "strikethrough", "emphasis", "autolink", "list"])
    md.block.ruler.at("list", _list, {"alt": ["paragraph"]})
    md.inline.add_terminator_char("|")
    md.inline.ruler.before("autolink", "tag", _tag)
    md.inline.ruler.before("emphasis", "spoiler", _spoiler)
    md.add_render_rule("link_open", _link_open)
    md.add_render_rule("list_item_open", _list_item_open)
    md.add_render_rule("strong_open", _strong_open)
    md.add_render_rule("strong_close", _strong_close)
    md.add_render_rule("tag", _tag_as_html)
    return md


def _list(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """Discord knows the markers ``-``, ``*`` and ``1.``, not CommonMark's ``+``."""
    plus = state.src.startswith("+", state.bMarks[start_line] + state.tShift[start_line])
    if plus or state.level > _DEEPEST_LIST:
        return False
    return list_block(state, start_line, end_line, silent)


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
    """``<@1>``, ``<@&1>``, ``<#1>``, ``<:name:1>`` and ``<t:1:f>``, which Discord shows as something else."""
    found = _TAG.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    shown = _shown(found, state.env["name_of"])
    if shown is None:
        return False
    if not silent:
        token = state.push("tag", "", 0)
        token.content, token.info = shown, found[0]
    state.pos = found.end()
    return True


def _shown(tag: re.Match[str], name_of: NameOf) -> str | None:
    match tag.lastgroup, tag[tag.lastgroup or 0]:
        case "user", user_id:
            name = label(name_of(user_id) or "")
            return f"@{name or user_id}"
        case "role", role_id:
            return f"@role {role_id}"
        case "channel", channel_id:
            return f"#{channel_id}"
        case "emoji", emoji:
            return f":{emoji}:"
        case _, seconds:
            try:
                return f"{datetime.fromtimestamp(int(seconds), UTC):%Y-%m-%d %H:%M} UTC"
            except (ValueError, OverflowError, OSError):
                return None


def _tag_as_html(
    _: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    token = tokens[index]
    return f'<bdi class="tag" title="{escape(token.info)}">{escape(token.content)}</bdi>'


def _link_open(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    tokens[index].attrs["rel"] = "noopener noreferrer nofollow"
    return renderer.renderToken(tokens, index, options, env)


def _list_item_open(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    """With the number as it was typed, which a browser would count anew."""
    if tokens[index].info.isdigit():
        tokens[index].attrs["value"] = int(tokens[index].info)
    return renderer.renderToken(tokens, index, options, env)


def _strong_open(
    _: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    return "<u>" if tokens[index].markup == "__" else "<strong>"


def _strong_close(
    _: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    return "</u>" if tokens[index].markup == "__" else "</strong>"


_MARKDOWN = _markdown()
