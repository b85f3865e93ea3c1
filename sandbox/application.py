"""The application's own routes: who it is, where the gateway is, what its commands are."""

from typing import Any

from simcord.backend import serializers
from simcord.backend.errors import BackendError
from simcord.enums import ChannelType

from sandbox.perform import Scene, route
from sandbox.world import World, gateway_url

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
    remaining = max(1000 - scene.world.identifies, 0)
    limit = {"total": 1000, "remaining": remaining, "reset_after": 43_200_000, "max_concurrency": 1}
    return {"url": gateway_url(scene.world.backend.files.base), "shards": 1, "session_start_limit": limit}


@route("GET", "/oauth2/applications/@me")
def application(scene: Scene) -> Any:
    """The application, with the flags of its privileged intents."""
    backend = scene.world.backend
    owner = backend.users[backend.guilds[scene.world.guild_id].owner_id]
    flags = application_flags(scene.world.privileged)
    return {**scene.default(), "flags": flags, "owner": dict(serializers.user_payload(owner))}


@route("GET", "/applications/@me")
def application_today(scene: Scene) -> Any:
    """The application at the newer address of this route."""
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
        "redirect_uris": list(scene.world.redirects),
    }


@route("GET", "/users/@me/guilds")
def guilds(scene: Scene) -> Any:
    """The guilds that the caller is in."""
    there = scene.world.backend.guilds
    return [it for it in scene.default() if scene.actor in there[int(it["id"])].members]


@route("PUT", "/applications/{application}/commands")
@route("PUT", "/applications/{application}/guilds/{guild}/commands")
def put_commands(scene: Scene) -> Any:
    """Replace all commands, global or of a guild."""
    if scene.id("application") != scene.world.backend.application_id:
        raise BackendError(403, 20012, "You are not authorized to perform this action on this application")
    known = [{k: v for k, v in command.items() if k != "nsfw"} for command in scene.call.body or []]
    return scene.default(known)


@route("GET", "/applications/{application}/guilds/{guild}/commands")
def get_commands(scene: Scene) -> Any:
    """The guild's commands; translations come only if they are asked for."""
    found = list(scene.world.backend.commands.get(scene.id("guild"), {}).values())
    return found if scene.call.params.get("with_localizations") == "true" else _without_translations(found)


def _without_translations(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_translations(it) for it in value]
    if isinstance(value, dict):
        return {k: _without_translations(it) for k, it in value.items() if not k.endswith("_localizations")}
    return value


@route("PATCH", "/sandbox/bot")
def set_bot(scene: Scene) -> Any:
    """Change what an operator sets in the portal and the guild."""
    world, body = scene.world, scene.call.fields()
    backend = world.backend
    if "permissions" in body:
        backend.edit_role(world.guild_id, world.bot_role_id, {"permissions": int(body["permissions"])})
    if "privileged" in body:
        world.privileged = set(body["privileged"]) & set(_FLAGS)
    if "identifies" in body:
        world.identifies = int(body["identifies"])
    if "token" in body:
        world.reset_token(str(body["token"]))
    if "in_guild" in body:
        _invite(world, is_in=bool(body["in_guild"]))
    if "is_available" in body:
        _take_away(world, is_back=bool(body["is_available"]))
    role = backend.get_role(world.guild_id, world.bot_role_id)
    return {"permissions": str(role.permissions), "privileged": sorted(world.privileged)}


def _invite(world: World, *, is_in: bool) -> None:
    """Put the bot into the guild, or take it out; the gateway tells the bot, as Discord's does."""
    backend = world.backend
    guild = backend.get_guild(world.guild_id)
    if is_in and backend.bot.id not in guild.members:
        backend.add_member(guild.id, backend.bot.id, roles=(world.bot_role_id,))
        backend.emit("GUILD_CREATE", dict(serializers.guild_create_payload(backend, guild)))
    elif not is_in and backend.bot.id in guild.members:
        backend.remove_member(guild.id, backend.bot.id)
        backend.emit("GUILD_DELETE", {"id": str(guild.id)})


def _take_away(world: World, *, is_back: bool) -> None:
    """An outage of Discord takes the guild away from the bot, or ends."""
    guild = world.backend.get_guild(world.guild_id)
    if is_back:
        world.backend.emit("GUILD_CREATE", dict(serializers.guild_create_payload(world.backend, guild)))
    else:
        world.backend.emit("GUILD_DELETE", {"id": str(guild.id), "unavailable": True})


@route("PATCH", "/sandbox/roles/{role}")
def set_role(scene: Scene) -> Any:
    """Change what no member can change: whether Discord or an app gives the role (`managed`)."""
    changes = {"managed": bool(scene.call.fields()["managed"])}
    scene.world.backend.edit_role(scene.world.guild_id, scene.id("role"), changes)
    return {}


@route("POST", "/sandbox/guilds")
def make_guild(scene: Scene) -> Any:
    """Make another guild that the bot is in, with a role, a category and a channel."""
    backend = scene.world.backend
    guild = backend.create_guild(str(scene.call.fields().get("name", "Elsewhere")))
    made = {
        "id": guild.id,
        "role": backend.create_role(guild.id, "Helpers").id,
        "category": backend.create_channel(guild.id, "Tickets", type=ChannelType.CATEGORY).id,
        "channel": backend.create_channel(guild.id, "records").id,
    }
    return {name: str(value) for name, value in made.items()}
