"""The documents, read as a machine can: tables, blocks of code, links."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
CONTRACT = ROOT / "docs/contract.md"
OPERATIONS = ROOT / "docs/operations.md"
README = ROOT / "README.md"

_BLOCK = re.compile(r"^[ ]*```(\w*)\n(.*?)^[ ]*```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_CELL_END = re.compile(r"(?<!\\)\|")


def documents() -> list[Path]:
    """Every document that people read."""
    return [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md")), ROOT / "sandbox/README.md"]


def section(page: Path, heading: str) -> str:
    """The text below a heading, up to the next one of its level or above."""
    text = page.read_text("utf-8")
    found = re.search(rf"^(#+) {re.escape(heading)}$", text, re.MULTILINE)
    if found is None:
        raise LookupError(f"{page.name} has no heading {heading!r}")
    rest = text[found.end() :]
    end = re.search(rf"^#{{1,{len(found[1])}}} ", rest, re.MULTILINE)
    return rest[: end.start()] if end else rest


def rows(text: str) -> list[list[str]]:
    """The cells of every row of every table in the text, without heads."""
    lines = [line.strip() for line in text.splitlines()]
    found = []
    for before, line in zip(["", *lines], lines, strict=False):
        if line.startswith("| ") and not line.startswith("| ---"):
            found.append((line, before.startswith("| ")))
    return [[cell.strip() for cell in _CELL_END.split(line)[1:-1]] for line, in_body in found if in_body]


def names(cell: str) -> list[str]:
    """What stands in backticks, but for blocks."""
    return re.findall(r"`([^`\n]+)`", _BLOCK.sub("", cell))


def blocks(text: str, language: str) -> list[str]:
    """The blocks of code in a language, in order."""
    return [body for kind, body in _BLOCK.findall(text) if kind == language]


def links(page: Path) -> Iterator[str]:
    return iter(_LINK.findall(_BLOCK.sub("", page.read_text("utf-8"))))


def anchors(page: Path) -> set[str]:
    """How the headings of a page are linked to."""
    text = _BLOCK.sub("", page.read_text("utf-8"))
    return {re.sub(r"[^\w\- ]", "", it.lower()).replace(" ", "-") for it in _HEADING.findall(text)}
