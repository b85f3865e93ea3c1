"""What set-up began in a guild and did not complete, in a file beside the settings.

A role is written down before it is asked for, and is made under a name that nobody else can know. So a
later set-up finds it, whenever the earlier one was killed, and takes nobody else's role for it."""

import json
import secrets
from pathlib import Path

from config.env_writing import write_private

_DIGITS = 8


class Begun:
    """The support roles that set-up began to make in this guild, by the names of their settings."""

    def __init__(self, settings_file: Path, guild_id: int) -> None:
        """Raises OSError, and ValueError for a file that cannot be read."""
        self.file = settings_file.with_name(f"{settings_file.name}.begun")
        self._guild = str(guild_id)
        self._by_guild: dict[str, dict[str, str]] = {}
        if self.file.exists():
            self._by_guild = _read(self.file)
        self.names = self._by_guild.setdefault(self._guild, {})
        """The temporary names under which roles were made, or may have been made."""

    def name(self, setting: str, final: str) -> str:
        """The temporary name for a new role. It is in the file as soon as this returns."""
        if setting not in self.names:
            self.names[setting] = f"{final} {secrets.token_hex(_DIGITS)}"
            self._write()
        return self.names[setting]

    def forget(self, setting: str) -> None:
        """Forget this role, because an existing role is used instead."""
        if self.names.pop(setting, None) is not None:
            self._write()

    def is_done(self) -> None:
        """Forget everything in this guild, because it is complete. What was begun in other guilds stays in
        the file."""
        del self._by_guild[self._guild]
        if any(self._by_guild.values()):
            self._write()
        else:
            self.file.unlink(missing_ok=True)

    def _write(self) -> None:
        write_private(self.file, json.dumps(self._by_guild, indent=2))


def _read(file: Path) -> dict[str, dict[str, str]]:
    cure = "remove this file, and any role of the guild whose name ends in 16 digits and letters"
    try:
        found = json.loads(file.read_text("utf-8"))
        return {guild: {it: str(name) for it, name in begun.items()} for guild, begun in found.items()}
    except (ValueError, AttributeError) as error:
        raise ValueError(f"{file}: what an earlier set-up began cannot be read ({error}); {cure}") from error
