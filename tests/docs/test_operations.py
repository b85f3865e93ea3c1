"""Every line that can keep Guildesk from starting, or from working, is explained with its cure."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.door.metrics import Metrics
from config.loading import SettingsAreWrong
from config.risks import risks
from storage.migration import StoreIsNewer
from storage.sqlite.store import open_sqlite
from tests.docs.pages import OPERATIONS, ROOT, blocks, names, rows, section
from tests.docs.settings import FILLED_IN, NAMES, loaded
from tests.keeping.stores import fill, tables
from texts.language import Language
from texts.text import Text, in_language
from tickets.ports.store import StoreUnavailable

EXPLAINED = [
    re.compile("^" + ".*".join(re.escape(part) for part in name.split("…")) + "$", re.DOTALL)
    for row in rows(section(OPERATIONS, "Lines at the start, and their cures"))
    for name in names(row[0])
]
WRONG_SETTINGS: tuple[dict[str, str], ...] = (
    {"JWT_SECRET_KEY": "short", "PUBLIC_URL": "", "RATE_LIMITS": "off"},
    {"DB_NAME": "desk"},
    {"MONGO_URI": "mongodb://localhost"},
    dict.fromkeys(NAMES, "❌"),
    dict.fromkeys(NAMES, "-1"),
    dict.fromkeys(NAMES, "99999999999999999999"),
    dict.fromkeys(NAMES, ""),
)


def is_explained(line: str) -> bool:
    return any(pattern.match(line) for pattern in EXPLAINED)


@pytest.mark.parametrize("values", WRONG_SETTINGS, ids=str)
def test_wrong_settings(values: dict[str, str], bare: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsAreWrong) as wrong:
        loaded(bare, {**FILLED_IN, **values})

    assert [line for line in wrong.value.faults if not is_explained(line)] == []


async def test_a_store_that_cannot_be_opened(tmp_path: Path) -> None:
    occupied = tmp_path / "occupied"
    occupied.touch()

    with pytest.raises(StoreUnavailable) as away:
        async with open_sqlite(occupied, lambda: 0):
            pass

    assert is_explained(str(away.value))
    assert is_explained(str(StoreIsNewer(2, 1)))


@pytest.mark.parametrize(
    "file",
    [
        "bot/program/app.py",
        "bot/program/leading.py",
        "bot/showing/categories.py",
        "bot/showing/cards.py",
        "bot/showing/card_posts.py",
        "bot/showing/command_list.py",
        "bot/hearing/reconciling.py",
        "bot/hearing/guarding.py",
        "bot/hearing/threads.py",
        "bot/connection/staying.py",
        "bot/showing/admins.py",
        "storage/mongo/store.py",
        "storage/mongo/connection.py",
        "storage/private.py",
        "storage/mongo/for_commands.py",
        "storage/sqlite/in_use.py",
        "api/door/addresses.py",
    ],
)
def test_what_the_program_says(file: str) -> None:
    said = list(_said(ROOT / file))

    assert said
    assert [line for line in said if not is_explained(line)] == []


@pytest.mark.parametrize("name", ["PUBLIC_URL", "ERROR_WEBHOOK_URL", "TRUSTED_PROXIES"])
def test_risks(name: str, bare: pytest.MonkeyPatch) -> None:
    value = "0.0.0.0/0" if name == "TRUSTED_PROXIES" else "http://support.example.com"

    (line,) = risks(loaded(bare, {**FILLED_IN, name: value}))

    assert is_explained(line)


@pytest.mark.slow
async def test_the_documented_backup_can_be_restored_as_documented(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save, restore = blocks(section(OPERATIONS, "Back-up and restore"), "sh")
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "guildesk").symlink_to(Path(sys.executable).with_name("guildesk"))
    (tmp_path / "backups").mkdir()
    await fill(tmp_path / "var")

    def run(commands: str) -> str:
        here = commands.replace("/srv/backups", str(tmp_path / "backups"))
        return subprocess.run(
            ["sh", "-e", "-c", here],  # noqa: S607 (any sh will do)
            check=True,
            timeout=60,
            capture_output=True,
            text=True,
        ).stdout

    said = run(save)
    (made,) = (tmp_path / "backups").iterdir()
    assert re.sub("[0-9a-f]{8}-[0-9]{8}-[0-9]{6}", "…", made.name) == "guildesk-….tar"
    assert said.startswith(f"{made}: 3 tickets, 9 events, 1 files, ")
    (tmp_path / "var").rename(tmp_path / "before")
    run(restore.replace("guildesk-1a2b3c4d-20261126-190512.tar", made.name))
    assert tables(tmp_path / "var") == tables(tmp_path / "before")


def _said(file: Path) -> Iterator[str]:
    """What a module tells an operator: its errors and warnings, and why it cannot start."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Call) and node.args and _tells(node.func) and (text := _text(node.args[0])):
            yield text


def _tells(function: ast.expr) -> bool:
    match function:
        case ast.Attribute(value=ast.Name("log"), attr="error" | "warning" | "exception"):
            return True
        case ast.Attribute(value=ast.Attribute(attr="_admins"), attr="tell"):
            return True
        case ast.Name("CannotStart" | "StoreUnavailable" | "InUse"):
            return True
    return False


def _worded(call: ast.Call) -> str:
    """The English of a text, whatever its facts are."""
    assert isinstance(call.args[0], ast.Constant)
    facts = {str(it.arg): "…" for it in call.keywords}
    return in_language(Text(str(call.args[0].value), **facts), Language.EN)


def _text(node: ast.expr) -> str:
    """A text with something in place of what is put in; empty for what is nothing but that."""
    match node:
        case ast.Constant(str(text)):
            return "" if text == "%s" else re.sub(r"%\w", "7", text)
        case ast.JoinedStr(parts):
            return "".join(str(part.value) if isinstance(part, ast.Constant) else "7" for part in parts)
        case ast.Call(func=ast.Name("Text")):
            return _worded(node)
    return ""


def test_every_metric_is_explained() -> None:
    told = {names(row[0])[0] for row in rows(section(OPERATIONS, "Metrics"))}

    assert told == {name for name in Metrics().names if name.startswith("guildesk_")}
