"""All lines: which user each belongs to, what each watches, and which have not shown a valid token yet."""

from collections.abc import Collection, Iterable, Iterator
from itertools import chain
from typing import Final

from api.live.line import Line
from api.live.reader import Reader
from api.live.refusals import TooManyOfOneUser
from api.live.strangers import Strangers
from tickets.model import Caller, UserKey

MOST_OF_ONE_USER: Final = 20


class Lines:
    """All connected lines. ``strangers`` are those without a valid token."""

    def __init__(self, unauthorized_for: float) -> None:
        self.strangers = Strangers(unauthorized_for)
        self._lines: dict[str, Line] = {}
        self._by_user: dict[UserKey, set[Line]] = {}
        self._watching: set[Line] = set()

    def __len__(self) -> int:
        return len(self._lines)

    def __iter__(self) -> Iterator[Line]:
        return iter(self._lines.values())

    def at(self, eio_sid: str | None) -> Line | None:
        return None if eio_sid is None else self._lines.get(eio_sid)

    def add(self, line: Line) -> None:
        self._lines[line.eio_sid] = line
        self.strangers.add(line)

    def remove(self, eio_sid: str) -> Line | None:
        """Remove and return a line. Its reader ends."""
        line = self._lines.pop(eio_sid, None)
        if line is not None:
            self._silence(line)
            self.strangers.discard(line)
        return line

    def must_have_room(self, user: UserKey, line: Line, times: int) -> None:
        """Raises TooManyOfOneUser if the user may not have another line. ``times`` is how many times the
        usual number they may have."""
        lines, most = self._by_user.get(user, ()), MOST_OF_ONE_USER * times
        if len(lines) >= most and line not in lines:
            raise TooManyOfOneUser(most)

    def know(self, line: Line, caller: Caller, reader: Reader) -> None:
        """Note that the line has shown a valid token. It belongs to the caller, and gets what the reader
        sends."""
        if reader is not line.reader:
            self._silence(line)
            line.reader = reader
            self._by_user.setdefault(reader.user, set()).add(line)
        line.caller = caller
        self.strangers.discard(line)
        self.keep_watch(line)

    def forget(self, line: Line) -> None:
        """Take the line from its user."""
        self._silence(line)
        self.strangers.add(line)

    def keep_watch(self, line: Line) -> None:
        """Note what a line watches now."""
        if (reader := line.reader) is not None:
            (self._watching.add if reader.watches else self._watching.discard)(line)

    def of_user(self, user: UserKey) -> Collection[Line]:
        """The lines of a user."""
        return self._by_user.get(user, ())

    def who_may_hear(self, requester: UserKey) -> Iterable[Line]:
        """The lines that may have to get something about a requester's ticket."""
        own = self._by_user.get(requester, ())
        return chain(own, (it for it in self._watching if it not in own))

    def _silence(self, line: Line) -> None:
        if (reader := line.reader) is None:
            return
        line.reader = line.caller = None
        reader.stop()
        self._watching.discard(line)
        lines = self._by_user[reader.user]
        lines.discard(line)
        if not lines:
            del self._by_user[reader.user]
