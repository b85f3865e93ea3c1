"""The settings as set-up finds them, and the file into which it writes what is missing."""

import os
from collections.abc import Mapping
from pathlib import Path

from config.env_writing import values_in, with_values, write_private

EXAMPLE = ".env.example"
HEADING = (
    "# The settings of Guildesk, begun by guildesk setup. The README explains each in its table “Settings”.\n"
)


class SettingsFile:
    """Writes each value at once, so that nothing is made twice if set-up ends early."""

    def __init__(self, file: Path, environment: Mapping[str, str] | None = None) -> None:
        """Raises OSError and UnicodeDecodeError. As in the program, the environment takes precedence over the
        file."""
        self.file = file
        self.has_changed = False
        self._environment = {
            name.upper(): value
            for name, value in (os.environ if environment is None else environment).items()
            if value
        }
        self._text = file.read_text("utf-8") if file.exists() else self._beginning()

    def get(self, name: str) -> str | None:
        """The value that the program would read now."""
        return self._environment.get(name) or values_in(self._text).get(name)

    def set(self, values: Mapping[str, str]) -> None:
        """Write these values where the file has others. Raises OSError, and ValueError for a value that no
        line can hold."""
        there = values_in(self._text)
        changed = {name: value for name, value in values.items() if there.get(name) != value}
        self._text = with_values(self._text, changed)
        self.has_changed |= write_private(self.file, self._text)

    def is_in_environment(self, name: str) -> bool:
        """Whether the environment sets this, so that the value in the file does not count."""
        return name in self._environment

    def _beginning(self) -> str:
        """The text of the example, which explains each setting, if it is beside the file."""
        example = self.file.parent / EXAMPLE
        return example.read_text("utf-8") if example.is_file() else HEADING
