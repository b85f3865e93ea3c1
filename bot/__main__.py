"""Where the program begins, before anything that takes time to import."""

import os
import signal
import sys


def main() -> None:
    """Run the command line. Ctrl-C ends it without a traceback, even while it is still being imported."""
    signal.signal(signal.SIGINT, _leave)
    from bot.program import command_line  # takes most of a second

    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, _as_ctrl_c)
        command_line.main()
    except KeyboardInterrupt:  # between the import and whatever the command does about it
        sys.exit(130)


def _as_ctrl_c(*_: object) -> None:
    """Turn the signal into Ctrl-C, so that the command cleans up in the same way."""
    signal.raise_signal(signal.SIGINT)


def _leave(*_: object) -> None:
    """End the process at once. Nothing has begun that needs cleaning up. An exception would appear anywhere
    within the imports, even where nobody catches it."""
    os._exit(130)


if __name__ == "__main__":
    main()
