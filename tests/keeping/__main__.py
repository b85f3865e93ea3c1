"""A process that is killed while it backs up or restores: ``COMMAND FOLDER ARCHIVE WHAT``, where WHAT is what
it is doing then."""

import os
import signal
import sys
from pathlib import Path

from storage.keeping.backup import backup
from storage.keeping.restore import restore
from storage.sqlite.rebuilding import rebuild

command, folder, archive, when = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4]


def tell(what: str, _done: int, _total: int) -> None:
    if what == when:
        os.kill(os.getpid(), signal.SIGKILL)


if command == "backup":
    backup(folder, archive, tell)
elif command == "rebuild":
    rebuild(folder, tell)
else:
    restore(archive, folder, replace=True, tell=tell)
