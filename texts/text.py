"""A text before anybody reads it: what is said and of whom, in no language yet.

Whoever knows the reader calls ``in_language``. A text that is missing or lacks a fact is an error in the
log, and the reader gets what there is: nothing in Discord waits for a translation."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from textwrap import indent

from fluent.runtime import FluentBundle, FluentResource, resolver
from fluent.runtime.types import fluent_number
from fluent.syntax.ast import Resource

from texts.language import Language

log = logging.getLogger(__name__)

SHORT = 24
"""Characters of a fact up to which a text is remembered as it was worded: buttons, headings, sides."""


resolver.MAX_PART_LENGTH = 1_000_000
"""Characters of a fact. Fluent's runtime shows ``{???}`` for more, and by itself takes 2,500. That guards
against strangers' translations, and ours are our own; but some facts are whole texts of people."""


class Text:
    """The text with this id in the Fluent files. Facts are shown as they are: whoever quotes people makes it
    ``plain`` before. A fact that is a text itself is shown in the same language."""

    __slots__ = ("facts", "id")

    def __init__(self, id: str, /, **facts: "str | int | Text | Joined") -> None:  # noqa: A002 - as Fluent calls it
        self.id = id
        self.facts: Mapping[str, str | int | Text | Joined] = facts

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Text) and (self.id, self.facts) == (other.id, other.facts)

    def __hash__(self) -> int:
        return hash(self.id)

    def __repr__(self) -> str:
        return f"Text({self.id!r}, {dict(self.facts)})"


@dataclass(frozen=True, slots=True)
class Joined:
    """Texts one after another, empty ones left out."""

    parts: tuple["str | Text | Joined", ...]
    between: str = "\n"


Words = str | Text | Joined
"""What somebody reads. A ``str`` is the same in every language: somebody's own words, a link, a time."""


def joined(parts: Iterable[Words], between: str = "\n") -> Joined:
    return Joined(tuple(parts), between)


def in_language(words: Words, language: Language) -> str:
    """The words as people of that language read them."""
    match words:
        case str():
            return words
        case Joined(parts, between):
            return between.join(filter(None, (in_language(part, language) for part in parts)))
    facts = tuple(
        (name, fact if isinstance(fact, int) else in_language(fact, language))
        for name, fact in words.facts.items()
    )
    if all(isinstance(it, int) or len(it) <= SHORT for _, it in facts):
        return _remembered(words.id, facts, language)
    return _formatted(words.id, facts, language)


def _formatted(id_: str, facts: Iterable[tuple[str, str | int]], language: Language) -> str:
    bundle = _said_instead.get(language) or bundle_of(language)
    pattern = bundle.get_message(id_).value if bundle.has_message(id_) else None
    if pattern is None:
        log.error("there is no text %s in language %s", id_, language)
        return id_ if language is Language.EN else _formatted(id_, facts, Language.EN)
    shown, faults = bundle.format_pattern(pattern, {name: _fact(fact) for name, fact in facts})
    for fault in faults:
        log.error("text %s in language %s: %s", id_, language, fault)
    return str(shown)


_remembered = lru_cache(maxsize=1024)(_formatted)


def translation(id_: str, language: Language, attribute: str | None = None) -> str | None:
    """The words of a text without facts, or of an attribute of it; None where there is none."""
    bundle = bundle_of(language)
    if not bundle.has_message(id_):
        return None
    message = bundle.get_message(id_)
    pattern = message.value if attribute is None else message.attributes.get(attribute)
    return None if pattern is None else str(bundle.format_pattern(pattern, {})[0])


def _fact(fact: str | int) -> object:
    """Numbers choose plurals, and are shown without separators, because most are numbers of tickets."""
    return fluent_number(fact, useGrouping=False) if isinstance(fact, int) else str(fact)


@cache
def bundle_of(language: Language) -> FluentBundle:
    """All our own texts of a language."""
    return _made(language, {})


def say_instead(own: Mapping[Language, Mapping[str, str]]) -> None:
    """Words of the operator's for texts by their ids, which take the place of ours from now on, in the whole
    program: whoever words something is not asked for whom it works. ``texts.own`` checks them before."""
    _said_instead.clear()
    _remembered.cache_clear()
    _said_instead.update({language: _made(language, words) for language, words in own.items() if words})


_said_instead: dict[Language, FluentBundle] = {}
"""The languages in which something is said in the operator's words."""


def _made(language: Language, own: Mapping[str, str]) -> FluentBundle:
    bundle = FluentBundle([language.value], use_isolating=False)
    for resource in _read(language):
        bundle.add_resource(resource)
    bundle.add_resource(FluentResource(source_of(own)), allow_overrides=True)
    return bundle


@cache
def _read(language: Language) -> Sequence[Resource]:
    """Our own texts, which takes half a second: they are part of the program, so they are read once."""
    return [FluentResource(source) for source in sources_of(language).values()]


def source_of(texts: Mapping[str, str]) -> str:
    """A Fluent file with these texts."""
    return "".join(f"{id_} = {indent(words, '    ').lstrip()}\n" for id_, words in texts.items())


def sources_of(language: Language) -> Mapping[str, str]:
    """The Fluent files of a language by name."""
    folder = resources.files("texts") / language.value
    found = sorted(folder.iterdir(), key=lambda it: it.name)
    return {it.name: it.read_text("utf-8") for it in found if it.name.endswith(".ftl")}
