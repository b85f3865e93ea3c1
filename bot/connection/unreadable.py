"""What Discord sends and discord.py cannot read, as something new in a message.

discord.py would end the session at such an event. It would never get past such a message in a history."""

import logging
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

import discord

log = logging.getLogger(__name__)

MUST_BE_READ: Final = ("READY", "RESUMED")
"""Without these events there is no session."""
MESSAGES: Final = ("MESSAGE_CREATE", "MESSAGE_UPDATE")
LEFT_OUT: Final[Mapping[str, Any]] = {"embeds": [], "components": [], "sticker_items": []}
"""What takes the place of the parts of a message that are more than words and files."""
WORDS: Final = frozenset(
    [
        "id",
        "channel_id",
        "guild_id",
        "author",
        "member",
        "content",
        "timestamp",
        "edited_timestamp",
        "type",
        "webhook_id",
        "application_id",
        "attachments",
        "mentions",
        "mention_roles",
        "mention_everyone",
        "message_reference",
        "pinned",
        "tts",
        "nonce",
        "flags",
    ]
)
Parser = Callable[[Any], object]


def get_past(client: discord.Client) -> None:
    """Have a client get past what it cannot read: log it, and take words and files of a message."""
    state = client._connection
    for event, parse in state.parsers.items():
        if event not in MUST_BE_READ:
            state.parsers[event] = partial(_parsed, event, parse)
    state.create_message = partial(_message, state.create_message)  # type: ignore[method-assign]


def _parsed(event: str, parse: Parser, data: Any) -> None:
    try:
        parse(data)
    except Exception:
        log.exception("an event %s of Discord's cannot be read", event)
        if event in MESSAGES:
            _parsed(f"{event} of words alone", parse, _bare(data))


def _message(create: Callable[..., discord.Message], *, channel: Any, data: Any) -> discord.Message:
    try:
        return create(channel=channel, data=data)
    except (KeyError, TypeError, ValueError, AttributeError):
        log.exception("of message %s in channel %s only the words can be read", data.get("id"), channel.id)
        return create(channel=channel, data=_bare(data))


def _bare(data: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**{name: it for name, it in data.items() if name in WORDS}, **LEFT_OUT}
