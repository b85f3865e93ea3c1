"""SimCord's backend, corrected where the real Discord behaves otherwise."""

import secrets
from collections.abc import Iterable, Mapping
from typing import Any

import discord
from simcord.backend import Backend, serializers
from simcord.backend.access import channel_accessible
from simcord.backend.errors import BackendError
from simcord.backend.models import Channel, Interaction, Message, Overwrite, User
from simcord.enums import ChannelType, MessageType

from sandbox.cdn import Cdn
from sandbox.clock import WallClock
from sandbox.shelf import Forgetful, Shelf

DISCORD_EPOCH_MS = 1_420_070_400_000
MAX_PINS = 250
HAS_THREAD = 1 << 5
"""The flag of a message with which a thread was begun."""
_WEBHOOK_PERMISSIONS = discord.Permissions(view_channel=True, send_messages=True, mention_everyone=True).value


class Discord(Backend):
    """All that this Discord knows.

    Differs from SimCord's backend in that
    - identifiers follow the real time and always rise;
    - messages are found without looking at all of them, and nothing is logged without bound;
    - renaming a channel posts no message in it, pinning announces the message too;
    - webhooks and files go with their channel, channels stay when their category goes;
    - a thread that is private, or begun with a message, posts no message in its channel;
    - webhooks may ping everyone, as they do.
    """

    last_id = 0

    def __init__(self) -> None:
        self.wall = WallClock()
        super().__init__(clock=self.wall)
        self.bot: User = self.bot_user
        self.files = Cdn(secrets.token_bytes(16))
        self.cdn = self.files
        self.messages: Any = Shelf()
        self.http_requests = Forgetful()
        self.transcript = Forgetful()
        self.pins: dict[int, dict[int, str]] = {}
        self.nonce: str | None = None
        self.premium_tier = 0
        self.is_community = False

    def snowflake(self) -> int:
        """An identifier of this moment, above every one given out before."""
        moment = int(self.clock.now().timestamp() * 1000) - DISCORD_EPOCH_MS
        self.last_id = max(self.last_id + 1, moment << 22)
        return self.last_id

    def emit(self, event: str, payload: Mapping[str, Any]) -> None:
        """Tell every subscriber; a new message carries its sender's nonce."""
        if event in ("MESSAGE_CREATE", "MESSAGE_UPDATE"):
            payload = self.dress(dict(payload))
            if self.nonce is not None and event == "MESSAGE_CREATE":
                payload["nonce"] = self.nonce
        elif event in ("GUILD_CREATE", "GUILD_UPDATE"):
            payload = {**payload, **self.standing()}
        for listener in self.subscribers:
            listener(event, payload)

    def standing(self) -> dict[str, Any]:
        """The part of a guild's payload that tells its tier and features."""
        features = ["COMMUNITY", "DISCOVERABLE"] if self.is_community else []
        return {"premium_tier": self.premium_tier, "features": features}

    def dress(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Correct a message, in place: which application sent it; the notice of a pin has no text, that of a
        thread refers to the thread."""
        if payload["type"] == MessageType.PINS_ADD:
            payload["content"] = ""
        elif payload["type"] == MessageType.THREAD_CREATED:
            made = self.messages[int(payload["channel_id"])].get(int(payload["id"]))
            if made is not None and made.system_metadata is not None:
                thread = {
                    "guild_id": payload.get("guild_id"),
                    "channel_id": str(made.system_metadata.channel_id),
                }
                payload["message_reference"] = {"type": 0, **thread}
        if payload.get("interaction_metadata") is not None:
            payload["webhook_id"] = payload["application_id"] = str(self.application_id)
        elif payload.get("webhook_id") is not None:
            webhook = self.webhooks.get(int(payload["webhook_id"]))
            application_id = self.application_of(webhook.creator_id) if webhook is not None else None
            if application_id is not None:
                payload["application_id"] = str(application_id)
        return payload

    def application_of(self, user_id: int) -> int | None:
        """The id of a bot's application; for bots other than ours it is the bot's own id, as is usual."""
        if user_id == self.bot.id:
            return self.application_id
        return user_id if self.users[user_id].bot else None

    def interaction_by_token(self, token: str) -> Interaction:
        """As SimCord finds it; a token that has expired is an invalid one."""
        record = self.interactions.get(self.interaction_tokens.get(token, 0))
        if record is not None and record.expires_at is not None and self.now_iso() >= record.expires_at:
            raise BackendError(401, 50027, "Invalid Webhook Token")
        return super().interaction_by_token(token)

    def compute_permissions(self, guild_id: int, user_id: int, channel_id: int | None = None) -> int:
        """As SimCord computes them; a webhook has its own few."""
        if user_id in self.webhooks:
            return _WEBHOOK_PERMISSIONS
        return super().compute_permissions(guild_id, user_id, channel_id)

    # messages

    def set_pinned(
        self, channel_id: int, message_id: int, pinned: bool, *, actor_id: int | None = None
    ) -> None:
        """Pin or unpin, announcing the message as well; at most 250 per channel (30003)."""
        message = self.get_message(channel_id, message_id)
        if message.pinned == pinned:
            return
        pins = self.pins.setdefault(channel_id, {})
        if pinned and len(pins) >= MAX_PINS:
            raise BackendError(400, 30003, f"Maximum number of pins reached ({MAX_PINS})")
        super().set_pinned(channel_id, message_id, pinned, actor_id=actor_id)
        if pinned:
            pins[message_id] = self.now_iso()
        else:
            pins.pop(message_id, None)
        self.emit("MESSAGE_UPDATE", dict(serializers.message_payload(self, message)))

    def delete_message(self, channel_id: int, message_id: int) -> None:
        """Delete a message, its pin and its files."""
        self._drop(self.get_message(channel_id, message_id))
        super().delete_message(channel_id, message_id)

    def bulk_delete_messages(self, channel_id: int, message_ids: Iterable[int]) -> list[int]:
        """Delete several messages with one announcement."""
        wanted = list(message_ids)
        for message_id in wanted:
            message = self.messages.get(channel_id, {}).get(message_id)
            if message is not None:
                self._drop(message)
        return super().bulk_delete_messages(channel_id, wanted)

    def _drop(self, message: Message) -> None:
        self.pins.get(message.channel_id, {}).pop(message.id, None)
        self.files.forget(message.attachments)

    # channels

    def edit_channel(
        self,
        channel_id: int,
        changes: Mapping[str, Any],
        *,
        overwrites: list[Overwrite] | None = None,
        thread_metadata: Mapping[str, Any] | None = None,
    ) -> Channel:
        """Change a channel; only threads and group chats announce a new name in a message."""
        channel = self.get_channel(channel_id)
        if channel.is_thread:
            return super().edit_channel(
                channel_id, changes, overwrites=overwrites, thread_metadata=thread_metadata
            )
        for name, value in changes.items():
            setattr(channel, name, value)
        if overwrites is not None:
            channel.overwrites = overwrites
        self.announce_channel_update(channel_id)
        return channel

    def create_thread(
        self, parent_id: int, name: str, owner_id: int, *, broadcast: bool = True, **more: Any
    ) -> Channel:
        """Create a thread; a message announces a public one that was not begun with a message."""
        thread = super().create_thread(parent_id, name, owner_id, broadcast=False, **more)
        if broadcast:
            self.announce_thread_create(thread)
            if (message_id := more.get("message_id")) is not None:
                starter = self.get_message(parent_id, message_id)
                starter.flags |= HAS_THREAD
                self.emit("MESSAGE_UPDATE", dict(serializers.message_payload(self, starter)))
            elif thread.type != ChannelType.PRIVATE_THREAD:
                kind = MessageType.THREAD_CREATED
                self.create_system_message(parent_id, kind, owner_id, target_channel_id=thread.id)
        return thread

    def delete_channel(self, channel_id: int) -> None:
        """Delete a channel with its webhooks and files; a category's channels lose their parent."""
        channel = self.get_channel(channel_id)
        for webhook in [w for w in self.webhooks.values() if w.channel_id == channel_id]:
            del self.webhooks[webhook.id]
            self.webhook_tokens.pop(webhook.token, None)
        for message in self.messages.get(channel_id, {}).values():
            self.files.forget(message.attachments)
        self.pins.pop(channel_id, None)
        super().delete_channel(channel_id)
        if channel.type == ChannelType.CATEGORY and channel.guild_id is not None:
            for child in self.children(channel.guild_id, channel_id):
                child.parent_id = None
                self.announce_channel_update(child.id)

    def children(self, guild_id: int, category_id: int) -> list[Channel]:
        """The channels of a category."""
        inside = (self.channels[c] for c in self.get_guild(guild_id).channel_ids)
        return [channel for channel in inside if channel.parent_id == category_id]

    def can_see(self, user_id: int, channel_id: int) -> bool:
        """Whether a user may look into a channel or thread."""
        channel = self.channels.get(channel_id)
        if channel is None or channel.guild_id is None:
            return channel is not None
        return channel_accessible(self, channel_id, user_id)
