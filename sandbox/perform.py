"""Carries out one call: our own handlers first, SimCord's route table for the rest."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import simcord.http.routes  # noqa: F401 (fills SimCord's route table)
from simcord.backend.errors import BackendError, SetupError
from simcord.http import router

import sandbox.webhooks_in_threads  # noqa: F401 (teaches SimCord)
from sandbox.calls import Answer, Call, Gap
from sandbox.world import World

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Scene:
    """A call, the world it happens in, and the parts of its path."""

    world: World
    call: Call
    args: dict[str, str]

    @property
    def actor(self) -> int:
        """The caller, or the bot if the path holds a token."""
        return self.call.actor if self.call.actor is not None else self.world.backend.bot.id

    @property
    def by_person(self) -> bool:
        """Whether a person acts, not the bot."""
        return self.actor != self.world.backend.bot.id

    def id(self, name: str) -> int:
        """A part of the path as an identifier."""
        return int(self.args[name])

    def default(self, body: Any = None) -> Any:
        """Let SimCord carry out this call, or the same call with another body."""
        call = self.call
        return router.dispatch(
            self.world.backend,
            call.method,
            call.path,
            json=call.body if body is None else body,
            params=call.params,
            files=list(call.files),
            reason=call.reason,
            message_content_access="message_content" in self.world.privileged,
        )


Handler = Callable[[Scene], Any]


class Routes:
    """Our own handlers by method and path."""

    def __init__(self) -> None:
        self._by_shape: dict[tuple[str, int], list[tuple[list[str], Handler]]] = {}

    def __call__(self, method: str, template: str) -> Callable[[Handler], Handler]:
        def add(handler: Handler) -> Handler:
            parts = template.strip("/").split("/")
            self._by_shape.setdefault((method, len(parts)), []).append((parts, handler))
            return handler

        return add

    def find(self, method: str, path: str) -> tuple[Handler, dict[str, str]] | None:
        """The first handler whose template fits, with the variable parts of the path."""
        parts = path.strip("/").split("/")
        for template, handler in self._by_shape.get((method, len(parts)), ()):
            args = {t[1:-1]: p for t, p in zip(template, parts, strict=True) if t[0] == "{"}
            if all(t[0] == "{" or t == p for t, p in zip(template, parts, strict=True)):
                return handler, args
        return None


route = Routes()
_BOTS_ONLY = ("applications", "oauth2", "gateway")


def perform(world: World, call: Call) -> Answer:
    """Carry out a call as its actor and return Discord's answer; never raises for what a caller did.

    SimCord knows one actor, its bot. Everything here runs without a pause, so for the length of the
    call the backend simply takes the caller for its bot, and asks and logs permissions as theirs.
    """
    backend = world.backend
    try:
        found = route.find(call.method, call.path)
        handler, args = found if found is not None else (Scene.default, {})
        scene = Scene(world, call, args)
        if scene.by_person:
            if call.path.strip("/").split("/")[0] in _BOTS_ONLY:
                raise BackendError(403, 20002, "Only bots can use this endpoint")
            backend.bot_user = backend.users[scene.actor]
        result = handler(scene)
    except (router.RouteNotImplemented, router.UnsupportedField, Gap, NotImplementedError) as gap:
        _log.error("GAP: %s %s is not played here: %s", call.method, call.path, gap)
        return Answer(501, {"message": f"The sandbox does not play this: {gap}", "code": 0})
    except BackendError as refusal:
        return Answer(refusal.status, refusal.to_json())
    except (SetupError, ValueError, KeyError, TypeError, AttributeError) as mistake:
        _log.warning("%s %s could not be understood: %r", call.method, call.path, mistake)
        return Answer(400, {"message": f"Invalid Form Body: {mistake}", "code": 50035})
    finally:
        backend.bot_user = backend.bot
        backend.nonce = None
    if isinstance(result, Answer):
        return result
    return Answer(204) if result is None else Answer(200, result)
