"""The texts as they are written: messages in the Fluent files, and their uses in the code."""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fluent.syntax import FluentParser
from fluent.syntax import ast as ftl
from fluent.syntax.visitor import Visitor

from texts.language import Language
from texts.text import sources_of

ROOT = Path(__file__).parents[2]
PRODUCT = (
    "accounts",
    "api",
    "bot",
    "cogs",
    "config",
    "notify",
    "pages",
    "storage",
    "texts",
    "tickets",
    "transcripts",
    "wire",
)


class _Used(Visitor):
    def __init__(self) -> None:
        self.facts: set[str] = set()
        self.messages: set[str] = set()

    def visit_VariableReference(self, node: ftl.VariableReference) -> None:  # noqa: N802 - as the library calls it
        self.facts.add(node.id.name)

    def visit_MessageReference(self, node: ftl.MessageReference) -> None:  # noqa: N802
        self.messages.add(node.id.name)


@dataclass(frozen=True)
class Written:
    """A message of a Fluent file, and what it uses."""

    id: str
    file: str
    facts: frozenset[str]
    messages: frozenset[str]


@cache
def written(language: Language) -> list[Written]:
    """All messages of a language, in order; one that is written twice is there twice."""
    return [
        _message(name, entry)
        for name, source in sources_of(language).items()
        for entry in FluentParser().parse(source).body
        if isinstance(entry, ftl.Message)
    ]


def junk(language: Language) -> list[str]:
    """What Fluent does not understand, and would leave out in silence."""
    return [
        f"{name}: {entry.content}"
        for name, source in sources_of(language).items()
        for entry in FluentParser().parse(source).body
        if isinstance(entry, ftl.Junk)
    ]


def facts_of(messages: Mapping[str, Written], id_: str) -> frozenset[str]:
    """The facts that a message needs, with those of messages in it."""
    message = messages[id_]
    return message.facts.union(*(facts_of(messages, it) for it in message.messages))


def _message(name: str, entry: ftl.Message) -> Written:
    used = _Used()
    used.visit(entry)
    return Written(entry.id.name, name, frozenset(used.facts), frozenset(used.messages))


@dataclass(frozen=True)
class Use:
    """A text in the code: ``Text("id", fact=…)``. ``id`` is None where it is no literal."""

    id: str | None
    facts: frozenset[str]
    where: str


@cache
def uses() -> tuple[Use, ...]:
    return tuple(_uses_in_code())


def _uses_in_code() -> Iterator[Use]:
    for package in PRODUCT:
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Text":
                    where = f"{path.relative_to(ROOT)}:{node.lineno}"
                    yield from _uses(node, where)


def uses_in_templates() -> Iterator[str]:
    """The ids that templates say."""
    for folder in ("transcripts/templates", "pages/templates"):
        for path in sorted((ROOT / folder).rglob("*.*")):
            yield from re.findall(r"\bsay\(\"([a-z0-9-]+)\"", path.read_text("utf-8"))


def _uses(call: ast.Call, where: str) -> Iterator[Use]:
    facts = frozenset(it.arg for it in call.keywords if it.arg is not None)
    for id_ in _ids(call.args[0]):
        yield Use(id_, facts, where)


def _ids(argument: ast.expr) -> Iterator[str | None]:
    match argument:
        case ast.Constant(str(id_)):
            yield id_
        case ast.IfExp(_, body, orelse):
            yield from _ids(body)
            yield from _ids(orelse)
        case _:
            yield None
