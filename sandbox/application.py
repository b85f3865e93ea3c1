"""The application's own routes: who it is, where the gateway is, what its commands are."""

from typing import Any

from simcord.backend.errors import BackendError

from sandbox.perform import Scene, route
from sandbox.world import gateway_url

_FLAGS = {"presences": 1 << 13, "members": 1 << 15, "message_content": 1 << 19}
"""Privileged intents as an application of less than a hundred guilds has them."""


def application_flags(privileged: set[str]) -> int:
    """The application's flags for the privileged intents switched on in the portal."""
    return sum(_FLAGS[name] for name in privileged)


@route("GET", "/gateway")
def gateway(scene: Scene) -> Any:
    """Where the gateway is."""
    return {"url": gateway_url(scene.world.backend.files.base)}


@route("GET", "/gateway/bot")
def gateway_bot(scene: Scene) -> Any:
    """Where the gateway is, and how often a session may be started."""
    limit = {"total": 1000, "remaining": 1000, "reset_after": 86_400_000, "max_concurrency": 1}
    return {"url": gateway_url(scene.world.backend.files.base), "shards": 1, "session_start_limit": limit}


@route("GET", "/oauth2/applications/@me")
def application(scene: Scene) -> Any:
    """The application, with the flags of its privileged intents."""
    return {**scene.default(), "flags": application_flags(scene.world.privileged)}


@route("GET", "/applications/@me")
def application_today(scene: Scene) -> Any:
    """The same under its newer address."""
    backend = scene.world.backend
    return {
        "id": str(backend.application_id),
        "name": backend.bot.name,
        "description": "",
        "icon": None,
        "bot_public": False,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "flags": application_flags(scene.world.privileged),
    }


@route("PUT", "/applications/{application}/commands")
@route("PUT", "/applications/{application}/guilds/{guild}/commands")
def put_commands(scene: Scene) -> Any:
    """Replace all commands, global or of a guild."""
    if scene.id("application") != scene.world.backend.application_id:
        raise BackendError(403, 20012, "You are not authorized to perform this action on this application")
    known = [{k: v for k, v in command.items() if k != "nsfw"} for command in scene.call.body or []]
    return scene.default(known)


@route("PATCH", "/sandbox/bot")
def set_bot(scene: Scene) -> Any:
    """Change what an operator sets in the portal and the guild: the bot's permissions and intents."""
    world, body = scene.world, scene.call.fields()
    backend = world.backend
    if "permissions" in body:
        backend.edit_role(world.guild_id, world.bot_role_id, {"permissions": int(body["permissions"])})
    if "privileged" in body:
        world.privileged = set(body["privileged"]) & set(_FLAGS)
    role = backend.get_role(world.guild_id, world.bot_role_id)
    return {"permissions": str(role.permissions), "privileged": sorted(world.privileged)}
