"""Where the program begins, before anything that takes time to import."""

import sys


def main() -> None:
    """The command line; Ctrl-C ends it without a traceback, also while it is still being imported."""
    try:
        from bot import command_line  # takes most of a second

        command_line.main()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
