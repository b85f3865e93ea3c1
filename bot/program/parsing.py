"""What the parsers of several commands share."""

import argparse
from pathlib import Path
from typing import TypeAlias

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
"""The parsers of the commands."""


def add_env_file(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--env-file", type=Path, default=Path(".env"), help="the settings file (.env)")
    parser.add_argument(
        "--no-env-file", action="store_const", const=None, dest="env_file", help="environment variables only"
    )
