"""Files and functions of the product are short. What is longer is listed with its reason, and stays so."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.docs.pages import ROOT
from tests.docs.test_recipes import PRODUCT

LINES_OF_A_FILE = 300
LINES_OF_A_FUNCTION = 45
ROOM = 30
"""Lines that something long may still grow by until it has to be split, or listed anew."""

TABLE = "one table: a row for each"
BUILT = "builds everything once: a line for each part"
LONG_FILES: Mapping[str, tuple[int, str]] = {
    "bot/hearing/inbox.py": (335, "each kind of event of Discord's that is heard"),
    "bot/showing/outbox.py": (378, "one protocol: what was sent, and whether it arrived"),
    "bot/showing/sink.py": (358, "each kind of event, as the channel shows it"),
    "config/faults.py": (409, f"{TABLE} fault"),
    "storage/mongo/feed.py": (318, "one protocol: positions without transactions"),
    "tickets/desks/ticket_desk.py": (388, "the acts of the main job, a method each"),
    "tickets/event_kinds.py": (374, f"{TABLE} kind of event, and its line in the log"),
    "tickets/events.py": (434, f"{TABLE} kind of event"),
    "tickets/model.py": (351, "the words of the domain"),
    "tickets/policy.py": (551, "one page of all rules: who may do what"),
    "tickets/refusals.py": (615, f"{TABLE} refusal, with its words"),
}
LONG_FUNCTIONS: Mapping[str, tuple[int, str]] = {
    "api/door/metrics.py: __init__": (60, f"{TABLE} metric"),
    "bot/program/guild_work.py: __init__": (62, BUILT),
    "bot/program/showing_work.py: __init__": (56, BUILT),
    "bot/program/watching_work.py: __init__": (48, BUILT),
    "storage/mongo/store.py: store": (61, BUILT),
    "storage/sqlite/store.py: store": (47, BUILT),
    "wire/ticket_bodies.py: ticket_body": (48, "one call with all that clients see of a ticket"),
}


def files() -> Iterator[Path]:
    for package in PRODUCT:
        yield from (ROOT / package).rglob("*.py")


def functions(path: Path) -> Iterator[tuple[str, int]]:
    for it in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(it, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{path.relative_to(ROOT)}: {it.name}", (it.end_lineno or 0) - it.lineno + 1


def too_long(lines: Mapping[str, int], usual: int, listed: Mapping[str, tuple[int, str]]) -> dict[str, int]:
    most = {name: count + ROOM for name, (count, _) in listed.items()}
    return {name: count for name, count in lines.items() if count > most.get(name, usual)}


def test_files_are_short_or_have_a_reason() -> None:
    lines = {str(it.relative_to(ROOT)): len(it.read_text("utf-8").splitlines()) for it in files()}

    assert too_long(lines, LINES_OF_A_FILE, LONG_FILES) == {}
    assert {it for it in LONG_FILES if lines.get(it, 0) <= LINES_OF_A_FILE} == set(), "these are short now"


def test_functions_are_short_or_have_a_reason() -> None:
    lines = dict(sorted((it for path in files() for it in functions(path)), key=lambda it: it[1]))

    assert too_long(lines, LINES_OF_A_FUNCTION, LONG_FUNCTIONS) == {}
    short = {it for it in LONG_FUNCTIONS if lines.get(it, 0) <= LINES_OF_A_FUNCTION}
    assert short == set(), "these are short now"
