"""The parts of a running sandbox, and the one way in which it changes."""

from datetime import UTC, datetime

from aiohttp import web

from sandbox import (  # noqa: F401 (each adds its handlers to the routes)
    application,
    channels,
    guild,
    interactions,
    messages,
    overwrites,
    threads,
    webhooks,
)
from sandbox.calls import Answer, Call
from sandbox.faults import Faults
from sandbox.gateway import Gateway
from sandbox.perform import perform
from sandbox.rates import Buckets
from sandbox.state import StateFile
from sandbox.watch import Changes, Chronicle, Requests
from sandbox.world import World


class Stage:
    """The world, those who are told of its changes, and those who watch it."""

    def __init__(self, world: World, state: StateFile | None = None) -> None:
        self.world = world
        self._state = state
        self.faults = Faults()
        self.buckets = Buckets()
        self.gateway = Gateway(world)
        self.requests = Requests()
        self.changes = Changes()
        self.chronicle = Chronicle()
        world.backend.subscribers += [self.gateway.tell, self.chronicle.tell]

    def carry_out(self, call: Call) -> Answer:
        """Carry out a call at one moment; its changes are kept before this returns."""
        clock, last_id = self.world.backend.wall, self.world.backend.last_id
        clock.held = at = datetime.now(UTC)
        try:
            answer = perform(self.world, call)
        finally:
            clock.held = None
        if self._state is not None:
            self._state.keep(at, last_id, call, answer)
        if call.changes:
            self.changes.note()
        return answer

    def is_rename(self, call: Call) -> bool:
        """Whether a call changes a channel's name or topic, of which Discord takes few."""
        parts = call.path.strip("/").split("/")
        if call.method != "PATCH" or parts[0] != "channels" or len(parts) != 2 or not parts[1].isdecimal():
            return False
        channel = self.world.backend.channels.get(int(parts[1]))
        body = call.fields()
        return channel is not None and any(
            name in body and body[name] != getattr(channel, name) for name in ("name", "topic")
        )

    def move_to(self, base: str) -> None:
        """Use another address from now on, for files as well."""
        files = self.world.backend.files
        files.base = base
        for log in self.world.backend.messages.values():
            for message in log.values():
                for attachment in message.attachments:
                    files.resign(attachment)


STAGE = web.AppKey("STAGE", Stage)
