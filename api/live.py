"""Socket.IO."""

from aiohttp import web

from api.auth import Verifier
from api.objects import Objects
from tickets.ports import Clock, Store


class Live:
    def __init__(
        self, store: Store, objects: Objects, verifier: Verifier, clock: Clock, unauthorized_for: float
    ) -> None:
        pass

    def attach(self, app: web.Application) -> None:
        pass
