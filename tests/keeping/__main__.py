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
from storage.keeping.ledger import FileLedger
from storage.keeping.moving import move
from storage.keeping.restore import restore
from storage.sqlite.rebuilding import rebuild
from storage.sqlite.store import open_sqlite
from tests.contract.places import leading
from tests.contract.test_renaming import QUENTIN
from tests.keeping.stores import now
from tests.people import ANN
from tickets.desks.erasing_desk import ErasingDesk
from tickets.forgetting import Forgetting

STEPS = ("INSERT INTO erasures", "UPDATE events SET body", "UPDATE messages SET body", "DELETE FROM words")
"""What an erasure writes."""

command, folder, archive, when = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4]


def tell(what: str, _done: int, _total: int) -> None:
    if what == when:
        os.kill(os.getpid(), signal.SIGKILL)


async def moved() -> None:
    settings = StoreSettings(_env_file=None, data_dir=folder)
    async with source_of(settings) as source, target_of(sys.argv[3], source) as target:
        await move(source, target, tell)


async def erased() -> None:
    """Killed after so many writes of the erasure."""
    left = int(when)

    def writing(sql: str) -> None:
        nonlocal left
        if sql.lstrip().startswith(STEPS):
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    async with open_sqlite(folder, now) as store, leading(store) as led:
        await ErasingDesk(led, now).ask(QUENTIN.key if command == "erase-staff" else ANN.key, None)
        await led.log.writer.write(lambda connection: connection.set_trace_callback(writing))  # type: ignore[attr-defined]
        await Forgetting(led, now, FileLedger(folder)).work_off()


if command == "backup":
    backup(folder, archive, tell)
elif command == "move":
    asyncio.run(moved())
elif command in ("erase", "erase-staff"):
    asyncio.run(erased())
elif command == "rebuild":
    rebuild(folder, tell)
else:
    restore(archive, folder, replace=True, tell=tell)
