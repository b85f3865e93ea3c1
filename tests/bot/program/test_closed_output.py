"""Commands whose output nobody reads to its end, as before ``| head``."""

import os
import sys

import pytest

from bot.program.command_line import main


@pytest.mark.parametrize("command", ["desk-schema", "texts"])
def test_a_command_ends_without_a_traceback_when_nobody_reads_on(
    command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader, writer = os.pipe()
    os.close(reader)

    with os.fdopen(writer, "w") as output:
        monkeypatch.setattr(sys, "stdout", output)
        with pytest.raises(SystemExit) as ended:
            main([command])

    assert ended.value.code == 1
