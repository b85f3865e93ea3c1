"""A hook of MkDocs: makes the site of the documents as they stand in the repository, where GitHub shows
them, too.

The README becomes several pages, documents from outside of `docs` become pages, and links follow. A link that
leads to nothing is left as it is, so that the strict build names it.
"""

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Final

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT: Final = Path(__file__).parents[2]
README: Final = "README.md"

SECTIONS: Final[Mapping[str, str | None]] = {
    "Try it": "try.md",
    "Set up a guild": "set-up.md",
    "Settings": "settings.md",
    "Connect an app": "connect.md",
    "Where things are": "code.md",
    "More": None,  # the site's navigation says it
}
"""The README's sections that are pages of their own; the others are the front page."""

ELSEWHERE: Final[Mapping[str, str]] = {
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "LICENSE": "license.txt",
    "sandbox/README.md": "sandbox.md",
    "examples/shop/README.md": "shop.md",
    "desk.example.toml": "desk.example.toml",
    "pages/static/icon.svg": "icon.svg",
}
"""What stands outside of `docs`, and where the site has it."""

_FENCE: Final = re.compile(r"^( *)(```+)")
_HEADING: Final = re.compile(r"^#+ ")
_PATH: Final = re.compile(r"\[(docs/[\w/-]+\.md)\](?=\(\1[#)])")
_LINK: Final = re.compile(r"(?<=\]\()[^)\s]+(?=\))")
_PICTURE: Final = re.compile(r'<picture><source [^>]*srcset="([^"]+)"><img src="([^"]+)"([^>]*)></picture>')


def on_files(files: Files, config: MkDocsConfig) -> Files:
    for name, text in _parts_of_the_readme().items():
        files.append(File.generated(config, name, content=text))
    for path, name in ELSEWHERE.items():
        files.append(File.generated(config, name, content=(ROOT / path).read_text("utf-8")))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    name = page.file.src_uri
    origins = {site: path for path, site in ELSEWHERE.items()}
    origin = README if page.file.generated_by and name not in origins else origins.get(name, f"docs/{name}")
    return as_the_site_has_it(markdown, name, origin)


def as_the_site_has_it(markdown: str, name: str, origin: str) -> str:
    """A page's text for Python-Markdown; its links are seen from `origin`, a path in the repository."""

    def led(link: str) -> str:
        return _led(link, name, origin)

    return "\n".join(_line(line, in_code, led) for line, in_code in _lines(_four_for_a_step(markdown)))


def _line(line: str, in_code: bool, led: Callable[[str], str]) -> str:
    if in_code:
        return line
    line = _PICTURE.sub(
        lambda it: (
            f'<img src="{led(it[2])}#only-light"{it[3]} loading="lazy">'
            f'<img src="{led(it[1])}#only-dark"{it[3]} loading="lazy">'
        ),
        line,
    )
    line = _PATH.sub(lambda it: f"[{_title(ROOT / it[1])}]", line)
    return _LINK.sub(lambda it: led(it[0]), line)


def _title(document: Path) -> str:
    """What people read instead of its path."""
    with document.open(encoding="utf-8") as lines:
        return next(lines).removeprefix("# ").strip()


def _led(link: str, name: str, origin: str) -> str:
    """The same link, between pages of the site."""
    path, hash_, anchor = link.partition("#")
    if ":" in path:
        return link
    target = posixpath.normpath(posixpath.join(posixpath.dirname(origin), path)) if path else origin
    if target == README:
        there = _page_of_readme().get(anchor, "index.md")
    elif target in ELSEWHERE:
        there = ELSEWHERE[target]
    elif target.startswith("docs/"):
        there = target.removeprefix("docs/")
    else:
        return link
    return posixpath.relpath(there, posixpath.dirname(name) or ".") + hash_ + anchor


def _page_of_readme() -> dict[str, str]:
    """Which page has the heading with an anchor."""
    return {
        re.sub(r"[^\w\- ]", "", line.lstrip("# ").lower()).replace(" ", "-"): name
        for name, text in _parts_of_the_readme().items()
        for line, in_code in _lines(text)
        if not in_code and _HEADING.match(line)
    }


def _parts_of_the_readme() -> dict[str, str]:
    """The pages that the README becomes, by name; each begins with a heading of the first level."""
    lines = list(_lines((ROOT / README).read_text("utf-8")))
    starts = [at for at, (line, in_code) in enumerate(lines) if not in_code and line.startswith("## ")]
    named = {lines[at][0].removeprefix("## ") for at in starts}
    if missing := SECTIONS.keys() - named:
        raise LookupError(
            f"{README} has no section {', '.join(sorted(missing))}; docs/site/pages.py names it"
        )
    front = [line for line, _ in lines[: starts[0]]]
    parts = {}
    for start, end in pairwise([*starts, len(lines)]):
        section = lines[start:end]
        name = SECTIONS.get(section[0][0].removeprefix("## "), README)
        if name == README:
            front += [line for line, _ in section]
        elif name:
            parts[name] = "\n".join(
                line[1:] if not in_code and _HEADING.match(line) else line for line, in_code in section
            )
    return {"index.md": "\n".join(front), **parts}


def _four_for_a_step(markdown: str) -> str:
    """GitHub indents what belongs to an item as far as the item's text; Python-Markdown wants four spaces."""
    written, taken = [], 0
    for line, in_code in _lines(markdown):
        has = len(line) - len(line.lstrip(" "))
        if not in_code or _FENCE.match(line):
            taken = has
        written.append(" " * (4 * (taken // 2)) + line[min(taken, has) :] if taken else line)
    return "\n".join(written)


def _lines(text: str) -> Iterator[tuple[str, bool]]:
    """Every line, and whether it is part of a block of code, fences included."""
    fence = ""
    for line in text.splitlines():
        mark = found[2] if (found := _FENCE.match(line)) else ""
        yield line, bool(fence or mark)
        if not fence:
            fence = mark
        elif mark.startswith(fence):
            fence = ""
