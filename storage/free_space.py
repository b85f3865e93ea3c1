"""How much room there is on the disk that files go to."""

import logging
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from config.faults import DISK_FULL, Fault
from config.settings import Settings

log = logging.getLogger(__name__)


def bytes_free(folder: Path) -> int:
    return shutil.disk_usage(folder).free


class FreeSpace:
    """Says when less than ``least`` bytes are free where ``folder`` is; the log hears of each change."""

    def __init__(self, folder: Path, least: int, free: Callable[[Path], int] = bytes_free) -> None:
        self._folder = folder
        self._least = least
        self._free = free
        self._was_short = False
        self._fault = DISK_FULL.of(megabytes=least // 2**20)

    def fault(self) -> Fault | None:
        """What to put right, None while there is room; a folder that cannot be looked at has room."""
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
    """That of DATA_DIR; with MongoDB that of the temporary files, through which uploads come in."""
    folder = Path(tempfile.gettempdir()) if settings.mongo_uri else settings.data_dir
    return FreeSpace(folder, settings.min_free_mb * 2**20)
