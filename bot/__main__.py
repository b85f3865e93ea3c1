"""Where the program begins, before anything that takes time to import."""

import os
import signal
import sys


def main() -> None:
    """The command line; Ctrl-C ends it without a traceback, also while it is still being imported."""
    signal.signal(signal.SIGINT, _leave)
    from bot.program import command_line  # takes most of a second

    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, _as_ctrl_c)
        command_line.main()
    except KeyboardInterrupt:  # between the import and whatever the command does about it
        sys.exit(130)


def _as_ctrl_c(*_: object) -> None:
    """What was begun is taken back, whoever ends the command."""
    signal.raise_signal(signal.SIGINT)


def _leave(*_: object) -> None:
    """Nothing has begun that would have to be ended; an exception would come anywhere within the imports,
    also where nobody takes it."""
    os._exit(130)


if __name__ == "__main__":
    main()
