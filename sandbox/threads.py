"""Threads: who is told of them, and what is allowed in an archived one."""

from typing import Any

from simcord.backend import serializers
from simcord.backend.access import channel_accessible
from simcord.backend.errors import BackendError
from simcord.backend.models import Channel

from sandbox.perform import Scene, route


@route("GET", "/guilds/{guild}/threads/active")
def active(scene: Scene) -> Any:
    """The threads that are not archived; private ones only for those who may see them."""
    backend = scene.world.backend
    threads = backend.active_threads(scene.id("guild"))
    mine = [it for it in threads if channel_accessible(backend, it.id, scene.actor)]
    return serializers.thread_list_payload(backend, mine)


@route("PUT", "/channels/{channel}/messages/{message}/reactions/{emoji}/@me")
def react(scene: Scene) -> Any:
    """React to a message; not in an archived thread."""
    must_not_be_archived(scene.world.backend.get_channel(scene.id("channel")))
    return scene.default()


@route("POST", "/channels/{channel}/threads")
@route("POST", "/channels/{channel}/messages/{message}/threads")
def begin(scene: Scene) -> Any:
    """Begin a thread, if the guild has room for one more."""
    must_have_room(scene, scene.world.backend.get_channel(scene.id("channel")))
    return scene.default()


def must_have_room(scene: Scene, channel: Channel) -> None:
    """Raise Discord's refusal for one more active thread than the channel's guild may have."""
    most = scene.world.sizes.active_threads
    if channel.guild_id is not None and len(scene.world.backend.active_threads(channel.guild_id)) >= most:
        raise BackendError(400, 160006, f"Maximum number of active threads reached ({most})")


def must_not_be_archived(channel: Channel) -> None:
    """Raise Discord's refusal of an action that an archived thread does not allow."""
    if channel.thread_metadata is not None and channel.thread_metadata.archived:
        raise BackendError(400, 50083, "Thread is archived")


def wake(scene: Scene, channel: Channel) -> None:
    """Bring an archived thread back because of a message; a locked one only for those who manage threads."""
    backend, thread = scene.world.backend, channel.thread_metadata
    if thread is None or not thread.archived:
        return
    if thread.locked:
        backend.require_permissions(channel.guild_id, scene.actor, channel.id, "manage_threads")
    must_have_room(scene, channel)
    thread.archived = False
    backend.announce_channel_update(channel.id)
