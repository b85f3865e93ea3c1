"""Lets a channel's webhooks post in its threads, which SimCord lacks. Importing this module adds it."""

from dataclasses import replace
from typing import Any

from simcord.backend import Backend
from simcord.backend.errors import BackendError
from simcord.backend.models import Channel
from simcord.http.routes import interactions

_of_channel = interactions._incoming_webhook


def _in_thread(ctx: Any) -> Any:
    """The webhook, bound to the thread that the request names."""
    webhook = _of_channel(ctx)
    if not (named := ctx.params.get("thread_id")):
        return webhook
    thread = ctx.backend.channels.get(int(named))
    if thread is None or thread.parent_id != webhook.channel_id:
        raise BackendError(404, 10003, "Unknown Channel")
    if ctx.method == "POST":
        _wake(ctx.backend, thread)
    return replace(webhook, channel_id=thread.id)


def _wake(backend: Backend, thread: Channel) -> None:
    """Bring an archived thread back because of a message, unless it is locked."""
    known = thread.thread_metadata
    if known is not None and known.archived:
        if known.locked:
            raise BackendError(400, 50083, "Thread is archived")
        known.archived = False
        backend.announce_channel_update(thread.id)


interactions._incoming_webhook = _in_thread
