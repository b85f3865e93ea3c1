"""The command line: `python -m sandbox` serves a Discord until it is told to stop."""

import argparse
import asyncio
import json
import logging
import os
import signal
import sys
from pathlib import Path

from sandbox.serve import serving
from sandbox.stage import Stage
from sandbox.start import new_world
from sandbox.state import StateFile


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="A Discord on loopback.")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, default=0, help="the port to listen on (any that is free)")
    parser.add_argument("--info", type=Path, help="write addresses, tokens and identifiers to this file")
    parser.add_argument("--state", type=Path, help="keep everything in this file, across any kill")
    parser.add_argument("--limits", action="store_true", help="start with Discord's rate limits on")
    parser.add_argument("--log-level", default="WARNING", help="DEBUG, INFO, WARNING or ERROR (WARNING)")
    return parser.parse_args()


def _write_whole(file: Path, text: str) -> None:
    """Write a file that is there either whole or not at all, and for its owner only."""
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(text, "utf-8")
    draft.replace(file)


async def _run(arguments: argparse.Namespace) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    state = None if arguments.state is None else StateFile(arguments.state)
    stage = Stage(new_world() if state is None else state.open(), state)
    stage.buckets.rates.on = arguments.limits
    async with serving(stage, arguments.host, arguments.port) as base:
        if arguments.info is not None:
            _write_whole(arguments.info, json.dumps({**stage.world.info(base), "pid": os.getpid()}, indent=2))
        print(f"Discord sandbox at {base}", flush=True)
        await stop.wait()
    if state is not None:
        state.close()


def main() -> None:
    """Serve until SIGINT or SIGTERM."""
    arguments = _arguments()
    logging.basicConfig(level=arguments.log_level.upper(), format="%(levelname)s %(name)s: %(message)s")
    try:
        asyncio.run(_run(arguments))
    except OSError as trouble:
        sys.exit(f"The sandbox cannot start: {trouble}")


if __name__ == "__main__":
    main()
