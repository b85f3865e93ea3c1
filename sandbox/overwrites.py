"""Overwrites: changes appear in the audit log after a while, and reach channels that follow their
category."""

from copy import deepcopy
from typing import Any

import discord
from simcord.backend.models import Channel, Overwrite
from simcord.enums import OverwriteType

from sandbox.perform import Scene, route

CREATED, UPDATED, DELETED = 13, 14, 15
"""The numbers of the audit log's actions (Discord, "Audit Log Events")."""
EPOCH = discord.utils.DISCORD_EPOCH


def change(scene: Scene, channel: Channel, body: Any = None) -> Any:
    """Let SimCord carry out a call that may change a channel's overwrites, then do what follows from it."""
    backend = scene.world.backend
    before = deepcopy(channel.overwrites)
    inside = backend.children(channel.guild_id, channel.id) if channel.guild_id is not None else []
    following = [it for it in inside if _same(it.overwrites, before)]
    result = scene.default(body)
    note(scene, channel, before)
    for child in following if not _same(channel.overwrites, before) else ():
        child.overwrites = deepcopy(channel.overwrites)
        backend.announce_channel_update(child.id)
    return result


def follow_category(scene: Scene, channel: Channel) -> None:
    """Copy the category's permissions to a channel, as the button "Sync now" does."""
    parent = scene.world.backend.channels.get(channel.parent_id or 0)
    if parent is not None:
        before, channel.overwrites = channel.overwrites, deepcopy(parent.overwrites)
        note(scene, channel, before)
        scene.world.backend.announce_channel_update(channel.id)


def note(scene: Scene, channel: Channel, before: list[Overwrite]) -> None:
    """Add an audit log entry for each overwrite that has changed."""
    old, new = _by_target(before), _by_target(channel.overwrites)
    if channel.guild_id is None:
        return
    for target_id in old.keys() | new.keys():
        was, now = old.get(target_id), new.get(target_id)
        if was == now:
            continue
        kind = (now or was or Overwrite(0, OverwriteType.ROLE)).type
        action = CREATED if was is None else DELETED if now is None else UPDATED
        options = {"id": str(target_id), "type": str(int(kind))}
        role = scene.world.backend.get_guild(channel.guild_id).roles.get(target_id)
        if role is not None:
            options["role_name"] = role.name
        scene.world.backend.record_audit_log(
            channel.guild_id, action, target_id=channel.id, options=options, reason=scene.call.reason
        )


@route("DELETE", "/channels/{channel}/permissions/{target}")
def remove(scene: Scene) -> None:
    """Remove one overwrite of a channel."""
    change(scene, scene.world.backend.get_channel(scene.id("channel")))


@route("GET", "/guilds/{guild}/audit-logs")
def audit_log(scene: Scene) -> Any:
    """The entries of the audit log that are visible by now."""
    found = scene.default()
    newest = scene.world.backend.clock.now().timestamp() - scene.world.sizes.audit_seconds
    entries = found["audit_log_entries"]
    found["audit_log_entries"] = [it for it in entries if ((int(it["id"]) >> 22) + EPOCH) / 1000 <= newest]
    return found


def _by_target(overwrites: list[Overwrite]) -> dict[int, Overwrite]:
    return {it.target_id: it for it in overwrites}


def _same(one: list[Overwrite], other: list[Overwrite]) -> bool:
    return _by_target(one) == _by_target(other)
