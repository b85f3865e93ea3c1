"""The client library as pages load it: the modules of ``clients/js``, without their comments."""

import re
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

from pages.frame.static_files import StaticFile, files_in

FOLDER: Final = "client/"
"""Where pages import it from, among the static files."""

_COMMENT: Final = re.compile(rb"^[ ]*(?:/\*\*(?:[^*]|\*(?!/))*\*/|//[^\n]*)\n", re.MULTILINE)
"""A comment that has its lines to itself. The modules hold none within a text."""


def client_files() -> dict[str, StaticFile]:
    """The modules by their names; ``client/index.js`` brings all that the library gives."""
    found = files_in({FOLDER: _folder()})
    return {
        name: StaticFile(_COMMENT.sub(b"", it.body), it.type)
        for name, it in found.items()
        if name.endswith(".js")
    }


def _folder() -> Traversable:
    """In the package that is installed it is part of ``pages``, else where it is written."""
    installed = files("pages").joinpath("client")
    return installed if installed.is_dir() else Path(__file__).parents[1] / "clients/js/src"
