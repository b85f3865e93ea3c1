"""The newer program, which begins to migrate the store in a folder and stands still in the fourth piece."""

import asyncio
import sys
import threading
from pathlib import Path

from storage.migration import Reached
from tests.clocks import Hands
from tests.contract.places import SqlitePlace
from tests.upgrade.newer import AT_ONCE, open_newer
from tests.upgrade.stores import NOW


def stand_still(reached: Reached) -> None:
    """The piece's work is done, and nothing of it is committed."""
    if reached.done == 3 * AT_ONCE:
        sys.stdout.write("in the middle\n")
        sys.stdout.flush()
        threading.Event().wait()  # until it is killed


async def main(folder: Path) -> None:
    async with open_newer(SqlitePlace(folder), Hands(NOW), stand_still):
        pass


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
