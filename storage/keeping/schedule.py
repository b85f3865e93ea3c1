"""The back-ups in a folder: whether the next one is due, and which are to be removed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

_NAME: Final = re.compile(r"guildesk-(\w+)-(\d{8}-\d{6})\.tar")


@dataclass(frozen=True, slots=True)
class Schedule:
    """The back-ups of one deployment. Others may keep theirs in the same folder, so each file has the id of
    its store."""

    folder: Path
    deployment: str
    every: timedelta
    keep: int

    def is_due(self, now: datetime) -> bool:
        """Whether the newest back-up is too old. A back-up dated in the future does not count."""
        newest = max((at for at, _ in self._made() if at <= now), default=None)
        return newest is None or now - newest >= self.every

    def surplus(self) -> list[Path]:
        """The back-ups beyond the number to keep, the oldest first."""
        made = [path for _, path in sorted(self._made())]
        return made[: max(0, len(made) - self.keep)]

    def _made(self) -> Iterator[tuple[datetime, Path]]:
        for path in self.folder.iterdir() if self.folder.is_dir() else ():
            found = _NAME.fullmatch(path.name)
            if found is None or found[1] != self.deployment:
                continue
            try:
                yield datetime.strptime(found[2], "%Y%m%d-%H%M%S").replace(tzinfo=UTC), path
            except ValueError:
                continue
