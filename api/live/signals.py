"""Signals to sockets that are not kept: who is typing, what was read, and whether the user is blocked."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any, Final

from api.live.engine import Engine
from api.live.line import Line
from api.live.lines import Lines
from api.live.reader import Reader
from tickets.model import UserKey
from tickets.ports.signals import Noted, Notified, Read, Typing
from tickets.ports.store import Store, StoreUnavailable
from wire.notifications import notification_body
from wire.objects import Objects

MOST_QUEUED: Final = 8
"""A client for which more packets wait gets no signals."""


class SocketSignals:
    """Sends a signal to the sockets that may get it."""

    def __init__(
        self,
        lines: Lines,
        engine: Engine,
        emit: Callable[[Line, str, dict[str, Any]], Awaitable[None]],
        seen_by: Callable[[Line], Objects],
        store: Store,
    ) -> None:
        self._lines = lines
        self._engine = engine
        self._emit = emit
        self._seen_by = seen_by
        self._store = store
        self._tasks: set[asyncio.Task[None]] = set()

    def listen(self) -> tuple[Callable[[], None], ...]:
        """Hear all that is said to sockets; returns how to stop it."""
        signals = self._store.signals
        return (
            signals.listen(self._tell),
            signals.reads.listen(self._tell),
            signals.notified.listen(self._notify),
            signals.noted.listen(self._note),
        )

    def _tell(self, it: Typing | Read) -> None:
        self._do(self._tell_all(it))

    def _notify(self, it: Notified) -> None:
        """Tell a user's sockets of a new notification in the app."""
        if self._lines.of_user(it.user):
            self._do(self._tell_of_notification(it))

    def _note(self, it: Noted) -> None:
        """Tell a user's sockets of a block, or of its end. What else staff notes is not for them."""
        if self._lines.of_user(it.user):
            self._do(self.tell_of_block(it.user))

    async def tell_of_block(self, user: UserKey) -> None:
        """Tell those of the user's sockets that know it otherwise."""
        with suppress(StoreUnavailable):
            is_blocked = await self._store.users.is_blocked(user)
            for line in tuple(self._lines.of_user(user)):
                if line.reader is not None and line.is_blocked is not is_blocked:
                    line.is_blocked = is_blocked
                    position = str(await line.reader.position())
                    await self._emit(line, "blocked", {"blocked": is_blocked, "event_id": position})

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _tell_all(self, it: Typing | Read) -> None:
        with suppress(StoreUnavailable):
            for line in tuple(self._lines.who_may_hear(it.requester)):
                reader = line.reader
                if reader is None or not reader.hears(it) or self._engine.queued(line.eio_sid) > MOST_QUEUED:
                    continue
                if isinstance(it, Read):
                    await self._tell_of_reading(line, reader, it)
                else:
                    await self._tell_of_typing(line, reader, it)

    async def _tell_of_notification(self, it: Notified) -> None:
        with suppress(StoreUnavailable):
            if (found := await self._store.notifications.get(it.notification_id)) is None:
                return
            payload = notification_body(found).model_dump(mode="json")
            for line in tuple(self._lines.of_user(it.user)):
                if line.reader is not None and self._engine.queued(line.eio_sid) <= MOST_QUEUED:
                    position = str(await line.reader.position())
                    await self._emit(line, "notification", {**payload, "event_id": position})

    async def _tell_of_reading(self, line: Line, reader: Reader, it: Read) -> None:
        position = str(await reader.position())
        payload = {"ticket_id": it.ticket_id, "message_id": it.message_id, "event_id": position}
        await self._emit(line, "read", payload)

    async def _tell_of_typing(self, line: Line, reader: Reader, it: Typing) -> None:
        (actor,) = await self._seen_by(line).actors([it.actor])
        position = str(await reader.position())
        payload = {"ticket_id": it.ticket_id, "author_name": actor.name, "event_id": position}
        await self._emit(line, "typing", payload)
