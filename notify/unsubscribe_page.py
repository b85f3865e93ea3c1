"""The page for unsubscribing. It asks first, because mail programs follow links, too."""

import base64
import hashlib
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from texts.language import Language
from texts.text import Text, in_language

_STYLE: Final = (
    "body{margin:0;padding:2rem 1rem;font:16px/1.5 system-ui,sans-serif;color:#1f2328;background:#fff}"
    "main{max-width:32rem;margin:0 auto}h1{font-size:1.4rem}"
    "button{font:inherit;padding:.6rem 1.1rem;border:0;border-radius:6px;background:#4752c4;color:#fff}"
    "button:focus-visible{outline:3px solid #8ea1ff;outline-offset:2px}"
    "@media(prefers-color-scheme:dark){body{color:#e6e8ec;background:#1b1d22}}"
)
_DIGEST: Final = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
HEADERS: Final = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_DIGEST}'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}


_ENVIRONMENT: Final = Environment(loader=PackageLoader("notify"), autoescape=True, undefined=StrictUndefined)


def asking(language: Language) -> str:
    return _page(language, Text("unsubscribe-ask"), Text("unsubscribe-button"))


def done(language: Language) -> str:
    return _page(language, Text("unsubscribe-done"))


def wrong(language: Language) -> str:
    return _page(language, Text("unsubscribe-wrong"))


def _page(language: Language, words: Text, button: Text | None = None) -> str:
    return _ENVIRONMENT.get_template("unsubscribe.html.jinja").render(
        language=language.value,
        title=in_language(Text("unsubscribe-title"), language),
        words=in_language(words, language),
        button=None if button is None else in_language(button, language),
        style=Markup(_STYLE),  # noqa: S704  a constant of ours
    )
