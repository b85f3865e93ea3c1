"""Commands of the program, in processes that begin with everything imported (``chaos.forking``).

An interpreter of its own takes three seconds of CPU until it has imported the program."""

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from subprocess import CompletedProcess
from tempfile import TemporaryDirectory

from bot.program.command_line import main
from chaos.forking import context

PATIENCE = 180.0


def nothing() -> None:
    """Leave the process as it is."""


def guildesk(
    arguments: Sequence[str], settings: Mapping[str, str], first: Callable[[], None] = nothing
) -> CompletedProcess[str]:
    """What ``guildesk`` prints, and how it ends. ``settings`` are added to the environment; ``first`` runs in
    its process before all else."""
    with TemporaryDirectory() as folder:
        printed, errors = Path(folder, "printed"), Path(folder, "errors")
        process = context.Process(
            target=_run, args=([*arguments], {**os.environ, **settings}, printed, errors, first), daemon=True
        )
        process.start()
        process.join(PATIENCE)
        code = process.exitcode
        if code is None:
            process.kill()
            process.join()
            raise TimeoutError(f"guildesk {' '.join(arguments)} takes longer than {PATIENCE} s")
        return CompletedProcess([*arguments], code, printed.read_text("utf-8"), errors.read_text("utf-8"))


def _run(
    arguments: Sequence[str],
    settings: Mapping[str, str],
    printed: Path,
    errors: Path,
    first: Callable[[], None],
) -> None:
    for number, path in ((1, printed), (2, errors)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), number)
    os.environ.clear()
    os.environ.update(settings)
    sys.argv = ["guildesk", *arguments]
    first()
    main(arguments)
