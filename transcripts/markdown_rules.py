"""Rules that render parts of a message differently from the parser."""

import re
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Final

from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from transcripts.plain import label

Rule = Callable[[RendererHTML, Sequence[Token], int, OptionsDict, EnvType], str]

_GAP = re.compile(r"[ \t]{2,}")
_GAP_AT_BEGIN = re.compile(r"^[ \t]+|[ \t]{2,}")


def spaced(text: str, gap: re.Pattern[str] = _GAP) -> str:
    """The text as HTML that keeps several spaces."""
    return gap.sub(r'<span class="spaces">\g<0></span>', escapeHtml(text))


def _text_as_html(
    _: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    begins = index > 0 and tokens[index - 1].type == "hardbreak"
    return spaced(tokens[index].content, _GAP_AT_BEGIN if begins else _GAP)


def _blank_lines_as_html(
    _: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    return f"<p>{tokens[index].content}</p>\n"


def _host_as_html(
    _: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    return f' <bdi class="small">({escape(label(tokens[index].content))})</bdi>'


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
    """The item with the number that was typed; a browser would count anew."""
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


RULES: Final[Mapping[str, Rule]] = {
    "link_open": _link_open,
    "list_item_open": _list_item_open,
    "strong_open": _strong_open,
    "strong_close": _strong_close,
    "text": _text_as_html,
    "blank_lines": _blank_lines_as_html,
    "tag": _tag_as_html,
    "host": _host_as_html,
}
"""By the type of token."""
