"""Channels: the limits, names and permissions that SimCord does not check."""

import re
from typing import Any

import discord
from simcord.backend import serializers
from simcord.backend.errors import BackendError
from simcord.backend.models import Guild
from simcord.enums import ChannelType

from sandbox.calls import Answer, invalid
from sandbox.guild import check_words
from sandbox.messages import allow
from sandbox.overwrites import change, follow_category
from sandbox.perform import Scene, route
from sandbox.threads import must_have_room

_ADMINISTRATOR = discord.Permissions.administrator.flag
_MANAGE_ROLES = discord.Permissions.manage_roles.flag
_SPACES = re.compile(r"\s+")
_DROPPED = re.compile(r"[!\"#$%&'()*+,./:;<=>?@\[\\\]^`{|}~]")


def channel_name(name: Any, kind: int) -> str:
    """The name that Discord gives a channel for the requested one: 1 to 100 characters."""
    if not isinstance(name, str) or not 1 <= len(name.strip()) <= 100:
        raise invalid("name", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 100 in length.")
    if kind != ChannelType.TEXT:
        return name
    return _DROPPED.sub("", _SPACES.sub("-", name.strip().lower())) or "channel"


def _check_topic(body: dict[str, Any]) -> None:
    if len(body.get("topic") or "") > 1024:
        raise invalid("topic", "BASE_TYPE_MAX_LENGTH", "Must be 1024 or fewer in length.")


def _check_parent(scene: Scene, guild: Guild, parent_id: Any, moving: int | None = None) -> None:
    """A parent must be a category of the guild with room in it."""
    if parent_id is None:
        return
    backend = scene.world.backend
    parent = backend.channels.get(int(parent_id))
    if parent is None or parent.guild_id != guild.id:
        raise invalid("parent_id", "CHANNEL_PARENT_INVALID", "Category does not exist")
    if parent.type != ChannelType.CATEGORY:
        raise invalid("parent_id", "CHANNEL_PARENT_INVALID_TYPE", "Not a category")
    inside = backend.children(guild.id, parent.id)
    if all(channel.id != moving for channel in inside) and len(inside) >= scene.world.sizes.per_category:
        message = f"Maximum number of channels in category reached ({scene.world.sizes.per_category})"
        raise invalid("parent_id", "CHANNEL_PARENT_MAX_CHANNELS", message)


def _check_overwrites(scene: Scene, guild: Guild, wanted: Any, channel_id: int | None = None) -> None:
    """Overwrites may hold only permissions that the caller has, and name roles and members that exist."""
    backend = scene.world.backend
    own = backend.compute_permissions(guild.id, scene.actor, channel_id)
    for item in wanted or []:
        bits = int(item.get("allow") or 0) | int(item.get("deny") or 0)
        if bits & ~own or (bits & _MANAGE_ROLES and channel_id is None and not own & _ADMINISTRATOR):
            raise BackendError(403, 50013, "Missing Permissions")
        if int(item["type"]) == 0 and int(item["id"]) not in guild.roles:
            raise BackendError(404, 10011, "Unknown Role")
        if int(item["type"]) == 1 and int(item["id"]) not in backend.users:
            raise BackendError(404, 10013, "Unknown User")


@route("POST", "/guilds/{guild}/channels")
def create(scene: Scene) -> Any:
    """Create a channel, if the guild and the category have room for it."""
    backend = scene.world.backend
    guild = backend.get_guild(scene.id("guild"))
    backend.require_permissions(guild.id, scene.actor, None, "manage_channels")
    body = dict(scene.call.fields())
    kind = int(body.get("type") or ChannelType.TEXT)
    body["name"] = channel_name(body.get("name"), kind)
    _check_topic(body)
    check_words(scene.world, body)
    if body.get("nsfw") is False:
        del body["nsfw"]
    limit = scene.world.sizes.per_guild
    if len(guild.channel_ids) >= limit:
        raise BackendError(400, 30013, f"Maximum number of server channels reached ({limit})")
    _check_parent(scene, guild, body.get("parent_id"))
    if body.get("permission_overwrites"):
        _check_overwrites(scene, guild, body["permission_overwrites"])
    elif body.get("parent_id") is not None:
        parent = backend.get_channel(int(body["parent_id"]))
        body["permission_overwrites"] = serializers.overwrite_payloads(parent)
    return Answer(201, scene.default(body))


@route("PATCH", "/channels/{channel}")
def edit(scene: Scene) -> Any:
    """Change a channel; another category needs room there, overwrites need Manage Roles."""
    backend, channel_id = scene.world.backend, scene.id("channel")
    allow(scene, channel_id, "manage_channels")
    channel = backend.get_channel(channel_id)
    body = dict(scene.call.fields())
    if (
        channel.thread_metadata is not None
        and channel.thread_metadata.archived
        and not body.get("archived", True)
    ):
        must_have_room(scene, channel)
    if channel.guild_id is None or channel.is_thread:
        return scene.default(body)
    guild = backend.get_guild(channel.guild_id)
    if "name" in body:
        body["name"] = channel_name(body["name"], channel.type)
    _check_topic(body)
    check_words(scene.world, body)
    for ignored in ("nsfw", "position", "lock_permissions"):
        body.pop(ignored, None)
    if body.get("parent_id") is not None:
        _check_parent(scene, guild, body["parent_id"], moving=channel_id)
        allow(scene, int(body["parent_id"]), "manage_channels")
    if "permission_overwrites" in body:
        allow(scene, channel_id, "manage_roles")
        _check_overwrites(scene, guild, body["permission_overwrites"], channel_id)
    return change(scene, channel, body)


@route("PATCH", "/guilds/{guild}/channels")
def move(scene: Scene) -> None:
    """Put channels into another order or category."""
    backend = scene.world.backend
    guild = backend.get_guild(scene.id("guild"))
    for item in scene.call.body or []:
        if "parent_id" in item:
            _check_parent(scene, guild, item["parent_id"], moving=int(item["id"]))
    scene.default()
    for item in scene.call.body or []:
        if item.get("lock_permissions"):
            allow(scene, int(item["id"]), "manage_roles")
            follow_category(scene, backend.get_channel(int(item["id"])))


@route("PUT", "/channels/{channel}/permissions/{target}")
def overwrite(scene: Scene) -> None:
    """Set one overwrite of a channel."""
    backend, channel_id = scene.world.backend, scene.id("channel")
    allow(scene, channel_id, "manage_roles")
    channel = backend.get_channel(channel_id)
    if channel.guild_id is not None:
        item = {**scene.call.fields(), "id": scene.args["target"]}
        _check_overwrites(scene, backend.get_guild(channel.guild_id), [item], channel_id)
    change(scene, channel)


@route("GET", "/guilds/{guild}/channels")
def all_of_guild(scene: Scene) -> Any:
    """Every channel of the guild; a person gets those they can see."""
    backend = scene.world.backend
    guild = _guild_of(scene)
    ids = guild.channel_ids
    if scene.by_person:
        ids = [channel_id for channel_id in ids if backend.can_see(scene.actor, channel_id)]
    return [dict(serializers.channel_payload(backend, backend.channels[channel_id])) for channel_id in ids]


@route("GET", "/guilds/{guild}")
def guild(scene: Scene) -> Any:
    """The guild without the parts that only the gateway tells."""
    backend = scene.world.backend
    found = _guild_of(scene)
    channels, found_ids = found.channel_ids, list[int]()
    try:
        found.channel_ids = found_ids
        payload: dict[str, Any] = {
            **serializers.guild_create_payload(backend, found),
            **backend.standing(),
        }
    finally:
        found.channel_ids = channels
    for only_gateway in ("channels", "members", "threads", "presences", "voice_states", "joined_at"):
        payload.pop(only_gateway, None)
    return payload


@route("GET", "/users/@me/guilds")
def guilds(scene: Scene) -> Any:
    """The guilds the caller is a member of."""
    backend = scene.world.backend
    return [
        {
            "id": str(guild.id),
            "name": guild.name,
            "icon": None,
            "banner": None,
            "owner": guild.owner_id == scene.actor,
            "permissions": str(backend.compute_permissions(guild.id, scene.actor)),
            "features": [],
        }
        for guild in backend.guilds.values()
        if scene.actor in guild.members
    ]


def _guild_of(scene: Scene) -> Guild:
    found = scene.world.backend.get_guild(scene.id("guild"))
    if scene.actor not in found.members:
        raise BackendError(403, 50001, "Missing Access")
    return found
