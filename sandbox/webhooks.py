"""Webhooks: their names, their number, and the answers when they send."""

from typing import Any

from simcord.backend.errors import BackendError

from sandbox.calls import Answer, invalid
from sandbox.messages import allow, check_content
from sandbox.perform import Scene, route
from sandbox.threads import must_have_room
from sandbox.world import World


@route("POST", "/webhooks/{webhook}/{token}")
def execute(scene: Scene) -> Any:
    """Send through a webhook or as a follow-up; without `wait` a webhook's answer is empty."""
    backend = scene.world.backend
    body = dict(scene.call.fields())
    check_content(body, scene.call.files)
    is_followup = scene.args["token"] in backend.interaction_tokens
    if not is_followup:
        check_name(scene.world, body.get("username"), "username")
    thread = backend.channels.get(int(scene.call.params.get("thread_id") or 0))
    if thread is not None and thread.thread_metadata is not None and thread.thread_metadata.archived:
        must_have_room(scene, thread)
    sent = backend.dress(scene.default(body))
    if is_followup or scene.call.params.get("wait", "").lower() in ("1", "true"):
        return sent
    return Answer(204)


@route("POST", "/channels/{channel}/webhooks")
def create_webhook(scene: Scene) -> Any:
    """Create a webhook; a bot's belongs to its application."""
    backend, channel_id = scene.world.backend, scene.id("channel")
    allow(scene, channel_id, "manage_webhooks")
    check_name(scene.world, scene.call.fields().get("name"), "name")
    limit = scene.world.sizes.webhooks_per_channel
    if sum(webhook.channel_id == channel_id for webhook in backend.webhooks.values()) >= limit:
        raise BackendError(400, 30007, f"Maximum number of webhooks reached ({limit})")
    created = dict(scene.default())
    application_id = backend.application_of(scene.actor)
    created["application_id"] = None if application_id is None else str(application_id)
    return created


def check_name(world: World, name: Any, path: str) -> None:
    """Refuse names that a webhook may not have: too long ones, and those that contain a word Discord
    refuses."""
    if name is None:
        return
    if not 1 <= len(str(name).strip()) <= 80:
        raise invalid(path, "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 80 in length.")
    if str(name).strip().lower() in ("everyone", "here"):
        raise invalid(path, "USERNAME_INVALID", f'Username cannot be "{name}"')
    for word in ("discord", "clyde", "system message", *world.refused.get("username", ())):
        if word.lower() in str(name).lower():
            message = f'Username cannot contain "{word}"'
            raise invalid(path, "USERNAME_INVALID_CONTAINS", message)


@route("PATCH", "/webhooks/{webhook}")
@route("PATCH", "/webhooks/{webhook}/{token}")
def rename(scene: Scene) -> Any:
    """Change a webhook; its new name must be allowed."""
    check_name(scene.world, scene.call.fields().get("name"), "name")
    return scene.default({k: v for k, v in scene.call.fields().items() if k != "avatar"})


@route("GET", "/channels/{channel}/webhooks")
@route("GET", "/guilds/{guild}/webhooks")
def webhooks(scene: Scene) -> Any:
    """The webhooks of a channel or guild; each shows whose application made it."""
    backend = scene.world.backend
    found: list[dict[str, Any]] = scene.default()
    for webhook in found:
        if int(webhook["user"]["id"]) == backend.bot.id:
            webhook["application_id"] = str(backend.application_id)
    return found
