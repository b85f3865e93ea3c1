"""The commands as an operator gives them."""

import os
import subprocess
import sys
from pathlib import Path

from tests.keeping.stores import fill
from tests.keeping.test_verify_sqlite import do

ROOT = Path(__file__).parents[2]


def guildesk(folder: Path, *arguments: str, **settings: str) -> tuple[int, str, str]:
    """Exit code, and what was printed for people and as errors."""
    environment = {**os.environ, "DATA_DIR": str(folder), **settings}
    done = subprocess.run(
        [sys.executable, "-m", "bot", *arguments, "--no-env-file"],
        check=False,
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.returncode, done.stdout, done.stderr


async def test_a_store_is_verified_rebuilt_and_verified_again(tmp_path: Path) -> None:
    await fill(tmp_path)
    assert guildesk(tmp_path, "verify") == (0, "All is as the log makes it\n", "")
    do(tmp_path, "UPDATE tickets SET status = 'RESOLVED' WHERE number = 2")

    code, printed, _ = guildesk(tmp_path, "verify")

    assert code == 1
    assert printed.splitlines()[0] == "ticket 2: tickets: its row differs in status"
    assert guildesk(tmp_path, "rebuild") == (0, "3 tickets are as the log makes them\n", "")
    assert guildesk(tmp_path, "verify")[0] == 0


async def test_what_cannot_be_done_is_said_with_its_cure(tmp_path: Path) -> None:
    nothing = tmp_path / "nothing"
    for command in (("verify",), ("rebuild",), ("backup", str(tmp_path / "one.tar"))):
        code, printed, said = guildesk(nothing, *command)
        assert (code, printed) == (1, "")
        assert (
            said
            == f"This cannot be done: there is no store in {nothing}; set DATA_DIR to the folder of one\n"
        )

    code, _, said = guildesk(nothing, "restore", "one.tar", MONGO_URI="mongodb://127.0.0.1:1", DB_NAME="desk")
    assert code == 1
    assert "restore is for the embedded store, and MONGO_URI is set; use MongoDB's own tools" in said
