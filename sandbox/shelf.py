"""A channel's messages, indexed so that no request has to look at all of them."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Mapping
from typing import Any, Self

from simcord.backend.models import Message


class MessageLog(dict[int, Message]):
    """The messages of one channel by id, and their ids in order beside them."""

    __slots__ = ("ids",)

    def __init__(self, messages: Mapping[int, Message] | None = None) -> None:
        super().__init__(messages or {})
        self.ids: list[int] = sorted(self)

    def __setitem__(self, key: int, message: Message) -> None:
        if key not in self:
            insort(self.ids, key)
        super().__setitem__(key, message)

    def __delitem__(self, key: int) -> None:
        super().__delitem__(key)
        del self.ids[bisect_left(self.ids, key)]

    def pop(self, key: int, *default: Any) -> Any:
        """Remove and return a message, as `dict.pop` does."""
        if key not in self:
            return super().pop(key, *default)
        message = self[key]
        del self[key]
        return message

    def __reduce__(self) -> tuple[type[Self], tuple[dict[int, Message]]]:
        return type(self), (dict(self),)

    def before(self, message_id: int, limit: int) -> list[Message]:
        """The newest `limit` messages below an id, newest first; ephemeral ones do not count."""
        at = bisect_left(self.ids, message_id)
        return self._visible((self.ids[i] for i in range(at - 1, -1, -1)), limit)

    def after(self, message_id: int, limit: int) -> list[Message]:
        """The oldest `limit` messages above an id, newest first."""
        at = bisect_right(self.ids, message_id)
        found = self._visible((self.ids[i] for i in range(at, len(self.ids))), limit)
        found.reverse()
        return found

    def around(self, message_id: int, limit: int) -> list[Message]:
        """About `limit` messages on both sides of an id, newest first."""
        half = limit // 2
        older = self.before(message_id + 1, limit - half)
        return self.after(message_id, half) + older

    def _visible(self, ids: Iterable[int], limit: int) -> list[Message]:
        found: list[Message] = []
        for message_id in ids:
            if len(found) == limit:
                break
            message = self[message_id]
            if not message.is_ephemeral:
                found.append(message)
        return found


class Shelf(dict[int, MessageLog]):
    """Channel id to its messages; whatever mapping is put in becomes a `MessageLog`."""

    def __setitem__(self, key: int, messages: Mapping[int, Message]) -> None:
        log = messages if isinstance(messages, MessageLog) else MessageLog(messages)
        super().__setitem__(key, log)

    def setdefault(self, key: int, default: Any = None) -> MessageLog:
        """As `dict.setdefault`, keeping the promise of the class."""
        if key not in self:
            self[key] = default or {}
        return self[key]


class Forgetful(list[Any]):
    """A list that keeps nothing: the backend's own logs would grow without bound."""

    def append(self, item: Any) -> None:
        """Forget the item."""
