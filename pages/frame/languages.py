"""The language in which somebody reads a page."""

from collections.abc import Iterator
from typing import Final

from aiohttp import hdrs, web

from texts.language import Language

NAMES: Final = {Language.EN: "English", Language.DE: "Deutsch"}
"""The languages, each named in itself."""
MOST: Final = 20
"""How many of a browser's languages are looked at."""
CHOSEN: Final = "lang"
"""The name of the parameter in queries and forms."""


def chosen_language(request: web.Request) -> Language | None:
    """The language that the query asks for; None if it names none of ours."""
    return named_language(request.query.get(CHOSEN))


def named_language(name: str | None) -> Language | None:
    return Language(name) if name in list(Language) else None


def language_for(request: web.Request, otherwise: Language) -> Language:
    """The language that the query asks for; otherwise the first of the browser's languages that we have."""
    if (chosen := chosen_language(request)) is not None:
        return chosen
    for locale in _accepted(request.headers.get(hdrs.ACCEPT_LANGUAGE, "")):
        if (found := named_language(locale.partition("-")[0].lower())) is not None:
            return found
    return otherwise


def _accepted(header: str) -> Iterator[str]:
    """The locales, best first; those with q=0 are left out."""
    weighed = []
    for element in header.split(",")[:MOST]:
        locale, _, weight = element.partition(";")
        try:
            weighed.append((float(weight.strip().removeprefix("q=") or 1), locale.strip()))
        except ValueError:
            continue
    yield from (locale for weight, locale in sorted(weighed, key=lambda it: -it[0]) if weight > 0)
