"""How set-up asks people, or goes on without asking."""

import getpass
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol


class NotGiven(Exception):
    """An answer is needed, but nobody can be asked. The text names the option that gives it."""


class Console(Protocol):
    """Gets answers from the person who sets up the desk. ``option`` is the command-line option for the same
    answer."""

    def say(self, text: str = "") -> None: ...

    def ask(self, question: str, option: str, default: str | None = None) -> str:
        """Ask for a text. Raises NotGiven if nobody can be asked and there is no default."""
        ...

    def ask_secret(self, question: str, option: str) -> str:
        """Ask without showing what is typed."""
        ...

    def agrees(self, question: str) -> bool:
        """Ask whether the person wants what is proposed."""
        ...

    def waits(self, for_what: str) -> bool:
        """Wait until the person has done something elsewhere. Returns False if nobody is there."""
        ...

    def chooses(self, question: str, option: str, names: Sequence[str]) -> int:
        """Ask which of these the person means."""
        ...


class Unattended:
    """Accepts every proposal, for ``--yes``."""

    def say(self, text: str = "") -> None:
        print(text, flush=True)

    def ask(self, question: str, option: str, default: str | None = None) -> str:
        if default is None:
            raise NotGiven(f"{question}? Say it with {option}")
        return default

    def ask_secret(self, question: str, option: str) -> str:
        raise NotGiven(f"{question}? Say it with {option}")

    def agrees(self, question: str) -> bool:
        return True

    def waits(self, for_what: str) -> bool:
        return False

    def chooses(self, question: str, option: str, names: Sequence[str]) -> int:
        raise NotGiven(f"{question} {', '.join(names)}. Say which with {option}")


class AtTerminal:
    """Asks at the terminal, or reads answers line by line from standard input."""

    def say(self, text: str = "") -> None:
        print(text, flush=True)

    def ask(self, question: str, option: str, default: str | None = None) -> str:
        hint = f" [{default}]" if default else ""
        while True:
            given = self._read(option, lambda: input(f"{question}{hint}: ")).strip()
            if given or default is not None:
                return given or default or ""

    def ask_secret(self, question: str, option: str) -> str:
        prompt = f"{question} (it is not shown): "
        if not sys.stdin.isatty():
            return self._read(option, lambda: input(prompt)).strip()
        return self._read(option, lambda: getpass.getpass(prompt)).strip()

    def agrees(self, question: str) -> bool:
        return self.ask(f"{question} (yes or no)", "--yes", "yes").lower() in ("y", "yes")

    def waits(self, for_what: str) -> bool:
        self._read("--yes", lambda: input(f"{for_what}, then press Enter; Ctrl-C ends. "))
        return True

    def chooses(self, question: str, option: str, names: Sequence[str]) -> int:
        self.say(question)
        for number, name in enumerate(names, start=1):
            self.say(f"  {number}  {name}")
        while True:
            given = self.ask("Its number", option)
            if given.isdecimal() and 1 <= int(given) <= len(names):
                return int(given) - 1

    def _read(self, option: str, read: Callable[[], str]) -> str:
        try:
            with _interruptible():
                return read()
        except EOFError:
            raise NotGiven(f"nobody answers here: give it with {option}, or set up with --yes") from None


@contextmanager
def _interruptible() -> Iterator[None]:
    """Let Ctrl-C end the reading at once. The event loop would notice it only afterwards."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
