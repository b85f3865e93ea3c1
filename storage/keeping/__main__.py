"""Makes a back-up in a process of its own, so that it slows down no other: ``DATA_DIR FOLDER``."""

import os
import sys
from contextlib import suppress
from pathlib import Path

from storage.keeping.backup import backup
from storage.keeping.problems import CannotBeDone
from storage.keeping.progress import nobody
from storage.private import OTHERS


def main() -> int:
    """Print which file was made, or as an error why none was made."""
    os.umask(OTHERS)
    with suppress(OSError):
        os.nice(10)  # whoever serves people comes first
    try:
        file, manifest = backup(Path(sys.argv[1]), Path(sys.argv[2]), nobody)
    except CannotBeDone as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    sys.stdout.write(f"{file}, with {manifest.tickets} tickets and {manifest.events} events\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
