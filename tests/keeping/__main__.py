"""A process that is killed while it does a COMMAND: ``COMMAND FOLDER ARCHIVE WHAT``, where WHAT is what it is
doing then."""

import asyncio
import os
import signal
import sys
from pathlib import Path

from config.store_settings import StoreSettings
from storage.keeping.backup import backup
from storage.keeping.ends import source_of, target_of
from storage.keeping.moving import move
from storage.keeping.restore import restore
from storage.sqlite.rebuilding import rebuild

command, folder, archive, when = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4]


def tell(what: str, _done: int, _total: int) -> None:
    if what == when:
        os.kill(os.getpid(), signal.SIGKILL)


async def moved() -> None:
    settings = StoreSettings(_env_file=None, data_dir=folder)
    async with source_of(settings) as source, target_of(sys.argv[3], source) as target:
        await move(source, target, tell)


if command == "backup":
    backup(folder, archive, tell)
elif command == "move":
    asyncio.run(moved())
elif command == "rebuild":
    rebuild(folder, tell)
else:
    restore(archive, folder, replace=True, tell=tell)
