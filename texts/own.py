"""An operator's own words for texts of the program: which texts there are, and what is wrong with words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from textwrap import dedent

from fluent.syntax import FluentParser
from fluent.syntax import ast as ftl
from fluent.syntax.visitor import Visitor

from texts.language import Language
from texts.lengths import LONGEST, shown_length
from texts.text import source_of, sources_of


@dataclass(frozen=True, slots=True)
class Written:
    """A text in a Fluent file, with the facts and other texts that it names."""

    words: str
    facts: frozenset[str]
    texts: frozenset[str]


@cache
def texts_in(language: Language) -> Mapping[str, Written]:
    """All texts by their ids, without names of commands, which Discord stores."""
    files = sources_of(Language.EN).keys()  # in which no names of commands are
    return dict(_texts("\n".join(it for name, it in sources_of(language).items() if name in files)))


@cache
def _ids_in(language: Language) -> frozenset[str]:
    """Everything that a text can name: texts, and names of commands."""
    entries = FluentParser().parse("\n".join(sources_of(language).values())).body
    return frozenset(it.id.name for it in entries if isinstance(it, ftl.Message))


def faults_in(language: Language, own: Mapping[str, str]) -> Iterator[str]:
    """``id: what is wrong``, for each of the words that cannot be said."""
    for id_, words in own.items():
        if (fault := _fault(language, id_, words)) is not None:
            yield f"{id_}: {fault}"


def _fault(language: Language, id_: str, words: str) -> str | None:
    there = texts_in(language)
    if id_ not in there:
        close = get_close_matches(id_, there, n=1)
        return f"there is no such text; {f'is {close[0]} meant? ' if close else ''}guildesk texts prints all"
    mine = dict(_texts(source_of({id_: words})))
    if [*mine] != [id_]:
        return (
            "is empty, or no text as Fluent understands it; see whether each { has its }, and no line "
            "begins with . [ or *"
        )
    if shown_length(words) > (most := LONGEST.get(id_, len(words))):
        return f"is too long: Discord takes {most} characters there"
    known = frozenset[str]().union(*(_facts(texts_in(it), id_) for it in Language if id_ in texts_in(it)))
    if unknown := sorted(mine[id_].facts - known):
        names = ", ".join(f"{{ ${it} }}" for it in sorted(known)) or "none"
        return f"names {{ ${unknown[0]} }}, which this text is not given; it is given {names}"
    if unknown := sorted(mine[id_].texts - _ids_in(language)):
        return f"names the text {unknown[0]}, which there is not"
    return "names itself" if id_ in mine[id_].texts else None


def _facts(there: Mapping[str, Written], id_: str) -> frozenset[str]:
    """What a text is given, with what it passes on."""
    written = there[id_]
    return written.facts.union(*(_facts(there, it) for it in written.texts if it in there))


def _texts(source: str) -> Iterator[tuple[str, Written]]:
    for entry in FluentParser().parse(source).body:
        if isinstance(entry, ftl.Junk):
            yield "", Written(entry.content or "", frozenset(), frozenset())
        elif isinstance(entry, ftl.Message) and entry.value is not None and not entry.attributes:
            named = _Named()
            named.visit(entry.value)
            yield entry.id.name, Written(_words(source, entry.value), *named.sets)


def _words(source: str, pattern: ftl.Pattern) -> str:
    """The pattern as it is written, without the indentation that it has as a block."""
    assert pattern.span is not None  # noqa: S101  the parser gives each its span
    start, end = pattern.span.start, pattern.span.end
    line = source.rfind("\n", 0, start) + 1
    if source[line:start].strip():
        first, _, rest = source[start:end].partition("\n")
        return f"{first}\n{dedent(rest)}".rstrip()
    return dedent(source[line:end]).rstrip()


class _Named(Visitor):
    def __init__(self) -> None:
        self._facts: set[str] = set()
        self._texts: set[str] = set()

    @property
    def sets(self) -> tuple[frozenset[str], frozenset[str]]:
        return frozenset(self._facts), frozenset(self._texts)

    def visit_VariableReference(self, node: ftl.VariableReference) -> None:  # noqa: N802 - as the library calls it
        self._facts.add(node.id.name)

    def visit_MessageReference(self, node: ftl.MessageReference) -> None:  # noqa: N802
        self._texts.add(node.id.name)
