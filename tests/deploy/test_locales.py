"""The image has the locales that texts are written in, and no others."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import babel

from texts.language import Language

ROOT = Path(__file__).parents[2]
WRITTEN = """
from datetime import date
from texts.language import Language
from texts.text import Text, in_language
from pages.frame.words import shown_moment
from transcripts.reader import Reader
import babel
assert babel.__file__.startswith({there!r})
for language in Language:
    print(shown_moment(1_800_000_000, language))
    print(Reader(language).day_in_words(date(2027, 1, 15)))
    told = Text("stats-opened", count=2000, resolved=1, unresolved=0, canceled=0, open=3)
    print(in_language(told, language))
"""


def test_with_them_alone_everything_is_written_as_before(tmp_path: Path) -> None:
    (command,) = [
        it.removeprefix("RUN ")
        for it in (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", " ").splitlines()
        if "locale-data" in it
    ]
    whole = Path(babel.__file__).parent
    trimmed = tmp_path / "babel"
    for path in whole.rglob("*"):
        if path.is_file() and path.suffix in (".py", ".dat"):
            copy = trimmed / path.relative_to(whole)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.symlink_to(path)
    tool, _, *options = shlex.split(command)

    subprocess.run([tool, trimmed / "locale-data", *("l" if it == "f" else it for it in options)], check=True)

    left = {it.stem for it in (trimmed / "locale-data").iterdir()}
    assert left == {"root", *Language}
    said = [_said(it) for it in (whole.parent, tmp_path)]
    assert said[0] == said[1]
    assert "Freitag, 15. Januar 2027" in said[0]


def _said(there: Path) -> str:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(there), str(ROOT)])}
    script = WRITTEN.format(there=str(there))
    return subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True, env=environment
    ).stdout
