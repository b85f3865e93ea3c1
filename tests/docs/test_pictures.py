"""The pictures of the documents are there, light and dark, and small."""

import re
import subprocess
import sys

from tests.docs.pages import ROOT

PICTURES = ROOT / "docs" / "pictures"
MOST = 2_000_000
"""Bytes of all of them: everybody who clones the repository gets them."""


def test_every_picture_of_the_readme_is_there_light_and_dark() -> None:
    shown = set(re.findall(r"docs/pictures/[\w-]+\.png", (ROOT / "README.md").read_text("utf-8")))

    assert len(shown) >= 12
    assert {it for it in shown if not (ROOT / it).exists()} == set()
    assert {it.replace("-light", "-dark") for it in shown if "-light" in it} <= shown


def test_the_pictures_are_small() -> None:
    assert sum(it.stat().st_size for it in PICTURES.glob("*.png")) < MOST


def test_what_is_missing_for_new_pictures_is_said_kindly() -> None:
    made = subprocess.run(
        [sys.executable, "-m", "demo.pictures"], env={"PATH": ""}, cwd=ROOT, capture_output=True, text=True
    )

    assert made.returncode == 1
    assert "sudo apt-get install chromium" in made.stderr
    assert "Traceback" not in made.stderr
