"""How much space is free on the disk that files are written to."""

import logging
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from config.faults import DISK_FULL, FILES_UNWRITABLE, Fault
from config.settings import Settings

log = logging.getLogger(__name__)


def bytes_free(folder: Path) -> int:
    return shutil.disk_usage(folder).free


class FreeSpace:
    """Says when the disk of ``folder`` has less than ``least`` bytes free. Each change is logged."""

    def __init__(self, folder: Path, least: int, free: Callable[[Path], int] = bytes_free) -> None:
        self._folder = folder
        self._least = least
        self._free = free
        self._was_short = False
        self._fault = DISK_FULL.of(megabytes=least // 2**20)

    def fault(self) -> Fault | None:
        """What is wrong and how to mend it; None while there is space. A folder that cannot be examined
        counts as having space."""
        try:
            is_short = self._free(self._folder) < self._least
        except OSError:
            return None
        if is_short is not self._was_short:
            self._was_short = is_short
            if is_short:
                log.error("%s: %s", self._folder, self._fault)
            else:
                log.info("%s: there is room again, uploads are taken", self._folder)
        return self._fault if is_short else None


def free_space(settings: Settings) -> FreeSpace:
    """The free space of DATA_DIR. With MongoDB, that of the folder for temporary files, which uploads pass
    through."""
    folder = Path(tempfile.gettempdir()) if settings.mongo_uri else settings.data_dir
    return FreeSpace(folder, settings.min_free_mb * 2**20)


def unwritable_files(settings: Settings) -> Fault | None:
    """What is wrong if the embedded store cannot write files, as on a disk that has become read-only."""
    files = settings.data_dir / "files"
    folder = files if files.exists() else settings.data_dir
    if settings.mongo_uri or not folder.exists() or os.access(folder, os.W_OK | os.X_OK):
        return None
    return FILES_UNWRITABLE.of()
