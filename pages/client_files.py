"""The client library as pages load it: the modules of ``clients/js``, without their comments."""

import re
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

from pages.frame.static_files import StaticFile, files_in

FOLDER: Final = "client/"
"""The folder of static files from which pages import it."""

_COMMENT: Final = re.compile(rb"^[ ]*(?:/\*\*(?:[^*]|\*(?!/))*\*/|//[^\n]*)\n", re.MULTILINE)
"""A comment on lines of its own. The modules have no such lines within texts."""


def client_files() -> dict[str, StaticFile]:
    """The modules by name. ``client/index.js`` exports the whole library."""
    found = files_in({FOLDER: _folder()})
    return {
        name: StaticFile(_COMMENT.sub(b"", it.body), it.type)
        for name, it in found.items()
        if name.endswith(".js")
    }


def _folder() -> Traversable:
    """In an installed package it is part of ``pages``; otherwise it is where it is written."""
    installed = files("pages").joinpath("client")
    return installed if installed.is_dir() else Path(__file__).parents[1] / "clients/js/src"
