"""Puts the channel of the panel into the desk file, which it creates if there is none."""

import re
from pathlib import Path

from bot.setting_up.settings_file import SettingsFile
from config.desk_file import DeskFileIsWrong, read_desk_file
from config.env_writing import write_whole

SETTING = "DESK_FILE"
_BEGINNING = """\
# How the desk works. desk.example.toml shows all that can stand here; guildesk desk-check says what is wrong.
"""


class PanelInDeskFile:
    """The desk file as the place of the panel's channel."""

    def __init__(self, file: SettingsFile) -> None:
        self._file = file

    @property
    def path(self) -> Path | None:
        """The desk file, if one is set."""
        named = self._file.get(SETTING)
        return Path(named) if named else None

    def channel(self) -> str | None:
        """The id of the first panel's channel. What is wrong with a desk file is said with the settings."""
        if self.path is None:
            return None
        try:
            panels = read_desk_file(self.path).panels
        except DeskFileIsWrong:
            return None
        return str(panels[0].channel) if panels else None

    def keep(self, channel_id: int, instead_of: str | None = None) -> None:
        """Have a panel there, ``instead_of`` one that is gone. Raises OSError.

        A set-up that was killed may have written it already, and not have named the file."""
        path = self.path
        if path is None:
            folder = self._file.file.parent
            path = Path("desk.toml") if folder == Path() else folder.resolve() / "desk.toml"
        text = path.read_text("utf-8") if path.exists() else _BEGINNING
        if instead_of is not None:
            text = re.sub(rf"\b{instead_of}\b", str(channel_id), text)
        elif re.search(rf"^\s*channel\s*=\s*\"?{channel_id}\b", text, re.MULTILINE) is None:
            text += f"{'' if text.endswith(chr(10)) else chr(10)}\n[[panels]]\nchannel = {channel_id}\n"
        write_whole(path, text)
        self._file.set({SETTING: str(path)})
