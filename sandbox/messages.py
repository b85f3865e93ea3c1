"""Messages: what SimCord leaves to the caller, or does otherwise than Discord."""

from typing import Any

from simcord import intents
from simcord.backend import errors, serializers
from simcord.backend.access import channel_accessible
from simcord.backend.errors import BackendError
from simcord.backend.models import Message

from sandbox import threads
from sandbox.calls import Upload, invalid
from sandbox.perform import Scene, route

NONCE_SECONDS = 300
_NONCES = 10_000
_FROM_PEOPLE = {"content", "tts", "flags", "message_reference", "allowed_mentions", "sticker_ids", "poll"}
_EDIT_BY_PEOPLE = {"content", "flags", "allowed_mentions", "attachments"}
_FOREVER = (1 << 63) - 1


def show(scene: Scene, message: Message) -> dict[str, Any]:
    """A message as the caller may read it."""
    backend = scene.world.backend
    payload = dict(serializers.message_payload(backend, message, for_user=scene.actor))
    if not scene.by_person and "message_content" not in scene.world.privileged:
        intents.censor_message(payload, scene.actor, backend=backend)
    return backend.dress(payload)


def allow(scene: Scene, channel_id: int, *permissions: str) -> None:
    """Raise Discord's refusal unless the caller has the permissions in a channel."""
    backend = scene.world.backend
    backend.require_permissions(
        backend.get_channel(channel_id).guild_id, scene.actor, channel_id, *permissions
    )


@route("POST", "/channels/{channel}/messages")
def send(scene: Scene) -> Any:
    """Send a message; with `enforce_nonce` a resend within minutes returns the first one."""
    backend, channel_id = scene.world.backend, scene.id("channel")
    body = dict(scene.call.fields())
    nonce = None if body.get("nonce") is None else str(body["nonce"])
    if nonce is not None and len(nonce) > 25:
        raise invalid("nonce", "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length.")
    check_content(body, scene.call.files)
    allow(scene, channel_id, *_needed(scene, body))
    threads.wake(scene, backend.get_channel(channel_id))
    if nonce is not None and body.get("enforce_nonce"):
        first = _first_with(scene, nonce)
        if first is not None:
            return {**show(scene, first), "nonce": nonce}
    if scene.by_person:
        body = {key: value for key, value in body.items() if key in _FROM_PEOPLE}
    backend.nonce = nonce
    sent: dict[str, Any] = scene.default(body)
    if nonce is not None:
        _remember(scene, nonce, channel_id, int(sent["id"]))
        sent["nonce"] = nonce
    return backend.dress(sent)


def _needed(scene: Scene, body: dict[str, Any]) -> list[str]:
    channel = scene.world.backend.get_channel(scene.id("channel"))
    needed = ["send_messages_in_threads" if channel.is_thread else "send_messages"]
    if scene.call.files:
        needed.append("attach_files")
    if not scene.by_person and (body.get("embeds") or body.get("embed")):
        needed.append("embed_links")
    if body.get("message_reference"):
        needed.append("read_message_history")
    return needed


def check_content(body: dict[str, Any], files: tuple[Upload, ...]) -> None:
    """Refuse what is too long, too many, or empty, in Discord's own words."""
    if len(str(body.get("content") or "")) > 2000:
        raise invalid("content", "BASE_TYPE_MAX_LENGTH", "Must be 2000 or fewer in length.")
    if len(files) > 10:
        raise invalid("attachments", "BASE_TYPE_MAX_LENGTH", "Must be 10 or fewer in length.")
    parts = ("content", "embeds", "embed", "components", "sticker_ids", "poll", "message_reference")
    has_text = bool(str(body.get("content") or "").strip())
    if not has_text and not files and not any(body.get(part) for part in parts[1:]):
        raise BackendError(400, 50006, "Cannot send an empty message")


def _first_with(scene: Scene, nonce: str) -> Message | None:
    sent = scene.world.nonces.get((scene.actor, nonce))
    if sent is None or sent[0] < scene.world.backend.clock.now().timestamp() - NONCE_SECONDS:
        return None
    found: Message | None = scene.world.backend.messages.get(sent[1], {}).get(sent[2])
    return found


def _remember(scene: Scene, nonce: str, channel_id: int, message_id: int) -> None:
    nonces = scene.world.nonces
    nonces[scene.actor, nonce] = (scene.world.backend.clock.now().timestamp(), channel_id, message_id)
    if len(nonces) > _NONCES:
        nonces.popitem(last=False)


@route("PATCH", "/channels/{channel}/messages/{message}")
def edit(scene: Scene) -> Any:
    """Edit one's own message; people change only what their client lets them."""
    threads.must_not_be_archived(scene.world.backend.get_channel(scene.id("channel")))
    body = scene.call.fields()
    if len(str(body.get("content") or "")) > 2000:
        raise invalid("content", "BASE_TYPE_MAX_LENGTH", "Must be 2000 or fewer in length.")
    if scene.by_person:
        body = {key: value for key, value in body.items() if key in _EDIT_BY_PEOPLE}
    elif body.get("embeds"):
        allow(scene, scene.id("channel"), "embed_links")
    return scene.world.backend.dress(scene.default(body))


@route("GET", "/channels/{channel}/messages/pins")
def pins(scene: Scene) -> Any:
    """The pinned messages, last pinned first."""
    backend, channel_id = scene.world.backend, scene.id("channel")
    allow(scene, channel_id, "read_message_history")
    limit, before = int(scene.call.params.get("limit", 50)), scene.call.params.get("before", "9")
    pinned = sorted(backend.pins.get(channel_id, {}).items(), key=lambda pin: pin[1], reverse=True)
    older = [(message_id, at) for message_id, at in pinned if at < before]
    items = [
        {"message": show(scene, backend.get_message(channel_id, message_id)), "pinned_at": at}
        for message_id, at in older[:limit]
    ]
    return {"items": items, "has_more": len(older) > limit}


@route("GET", "/channels/{channel}/messages/{message}")
def one(scene: Scene) -> Any:
    """One message."""
    return scene.world.backend.dress(scene.default())


@route("GET", "/channels/{channel}/messages")
def history(scene: Scene) -> Any:
    """Messages newest first; `after` gives the oldest ones after an id, as Discord does."""
    backend, channel_id, params = scene.world.backend, scene.id("channel"), scene.call.params
    allow(scene, channel_id)
    limit = int(params.get("limit", 50))
    if not 1 <= limit <= 100:
        raise invalid("limit", "NUMBER_TYPE_COERCE", "int value should be between 1 and 100.")
    if not channel_accessible(backend, channel_id, scene.actor, history=True):
        return []
    log = backend.messages[channel_id]
    if "around" in params:
        found = log.around(int(params["around"]), limit)
    elif "after" in params and "before" not in params:
        found = log.after(int(params["after"]), limit)
    else:
        found = log.before(int(params.get("before", _FOREVER)), limit)
    return [show(scene, message) for message in found]


@route("GET", "/channels/{channel}/pins")
def pins_of_old(scene: Scene) -> Any:
    """The pinned messages as the route before 2025 gave them."""
    return [item["message"] for item in pins(scene)["items"]]


@route("PUT", "/channels/{channel}/messages/pins/{message}")
@route("PUT", "/channels/{channel}/pins/{message}")
def pin(scene: Scene) -> None:
    """Pin a message, which since February 2026 takes the permission of that name."""
    _set_pinned(scene, pinned=True)


@route("DELETE", "/channels/{channel}/messages/pins/{message}")
@route("DELETE", "/channels/{channel}/pins/{message}")
def unpin(scene: Scene) -> None:
    """Unpin a message."""
    _set_pinned(scene, pinned=False)


def _set_pinned(scene: Scene, *, pinned: bool) -> None:
    channel_id, message_id = scene.id("channel"), scene.id("message")
    allow(scene, channel_id, "pin_messages")
    if scene.world.backend.get_message(channel_id, message_id).is_ephemeral:
        raise errors.unknown_message()
    scene.world.backend.set_pinned(channel_id, message_id, pinned, actor_id=scene.actor)


@route("POST", "/channels/{channel}/typing")
def typing(scene: Scene) -> None:
    """Show everyone in the channel that the caller is typing."""
    backend, channel_id = scene.world.backend, scene.id("channel")
    is_thread = backend.get_channel(channel_id).is_thread
    allow(scene, channel_id, "send_messages_in_threads" if is_thread else "send_messages")
    payload: dict[str, Any] = {
        "channel_id": str(channel_id),
        "user_id": str(scene.actor),
        "timestamp": int(backend.clock.now().timestamp()),
    }
    guild_id = backend.get_channel(channel_id).guild_id
    if guild_id is not None:
        guild = backend.get_guild(guild_id)
        payload["guild_id"] = str(guild_id)
        payload["member"] = serializers.member_payload(backend, guild, guild.members[scene.actor])
    backend.emit("TYPING_START", payload)


@route("POST", "/sandbox/unfurl")
def unfurl(scene: Scene) -> Any:
    """Preview a link in a message, as Discord does some time after it was posted: no edit by anyone."""
    backend, body = scene.world.backend, scene.call.fields()
    message = backend.get_message(int(body["channel_id"]), int(body["message_id"]))
    url = str(body.get("url", "https://example.com/"))
    message.embeds.append({"type": "link", "url": url, "title": "Example", "description": "A page"})
    payload = dict(serializers.message_payload(backend, message))
    backend.emit("MESSAGE_UPDATE", payload)
    return payload
