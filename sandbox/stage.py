"""Everything one running sandbox consists of, and the one way in which it changes."""

from datetime import UTC, datetime

from aiohttp import web

from sandbox import (  # noqa: F401 (each adds its handlers to the routes)
    application,
    channels,
    interactions,
    messages,
    webhooks,
)
from sandbox.calls import Answer, Call
from sandbox.gateway import Gateway
from sandbox.perform import perform
from sandbox.watch import Changes, Requests
from sandbox.world import World


class Stage:
    """The world, who is told of it, and who watches."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.gateway = Gateway(world)
        self.requests = Requests()
        self.changes = Changes()
        world.backend.subscribers.append(self.gateway.tell)

    def carry_out(self, call: Call) -> Answer:
        """Carry out a call at one moment; what it changed is kept before this returns."""
        clock = self.world.backend.wall
        clock.held = datetime.now(UTC)
        try:
            answer = perform(self.world, call)
        finally:
            clock.held = None
        if call.changes:
            self.changes.note()
        return answer


STAGE = web.AppKey("STAGE", Stage)
