"""No words for people are written in the code of Discord's side: they are in the Fluent files."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.texts.sources import ROOT

ROOMS = ("cogs", "bot/hearing", "bot/showing")
SENTENCE = re.compile(r"[A-Za-z][a-z]+,? [a-z]{2,}")
NOT_READ_IN_DISCORD = {
    *("discord_faults", "NotNow", "Never", "Refused", "NotFiled", "NotTaken", "NoRoom", "ChannelIsGone"),
    "Away",
    "NoAnswer",
    *(
        "LookupError",
        "create_task",
        "describe",
        "ContextMenu",
        "Group",
        "compile",
        "must_be_admin",
        "must_be_staff",
    ),
}
"""Calls whose texts go into the log or to the API, or are English descriptions of commands."""
REASON = "reason"
"""The argument that tells Discord's audit log why: it has one language for all."""
KNOWN = {
    "cogs/snoozing.py": {"no more"},
    "bot/hearing/guarding.py": {"who sees channel "},
    "bot/hearing/orphanage.py": {"channels that the store does not know"},
    "bot/showing/categories.py": {
        "the guild is full",
        "no channel for ",
        "the channel of ",
        " cannot be moved",
        "Discord refuses it; it is tried again: ",
    },
    "bot/showing/channels.py": {"was made", "is found again", ": the one before is gone"},
    "bot/showing/orphans.py": {"Kept by an operator; no longer a ticket's channel · "},
    "bot/showing/removal.py": {" was closed"},
    "bot/showing/requester_threads.py": {"was made", "is found again"},
    "bot/showing/standing_panels.py": {"panels of the desk file"},
    "bot/showing/transcript_posts.py": {"no transcript of "},
    "bot/showing/webhooks.py": {"the channel has no webhook"},
}
"""Names that people do not read, words for the log, and why Discord refuses something."""


class _Words(ast.NodeVisitor):
    """Finds sentences, but not where they are no words for people in Discord."""

    def __init__(self) -> None:
        self.found: list[tuple[int, str]] = []

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str) and SENTENCE.search(node.value):
            self.found.append((node.lineno, node.value))

    def visit_Expr(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Constant):  # a docstring
            self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        of = node.func.value if isinstance(node.func, ast.Attribute) else None
        if name in NOT_READ_IN_DISCORD or (isinstance(of, ast.Name) and of.id == "log"):
            return
        for argument in (*node.args, *(it.value for it in node.keywords if it.arg != REASON)):
            self.visit(argument)
        self.visit(node.func)


def plain_words(path: Path) -> Iterator[str]:
    words = _Words()
    words.visit(ast.parse(path.read_text("utf-8")))
    name = str(path.relative_to(ROOT))
    for line, text in words.found:
        if text not in KNOWN.get(name, ()):
            yield f"{name}:{line}: {text}"


def test_there_are_none() -> None:
    files = [path for room in ROOMS for path in sorted((ROOT / room).glob("*.py"))]

    assert len(files) > 100
    assert [it for path in files for it in plain_words(path)] == []
