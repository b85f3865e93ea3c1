"""Which part of an event a session may see, by its intents and by what the bot may see."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import discord
from simcord import intents as rules
from simcord.backend import serializers

from sandbox.backend import Discord

_IN_CHANNELS = ("MESSAGE_", "TYPING_START", "CHANNEL_PINS_UPDATE")


def shape(
    backend: Discord, intents: discord.Intents, event: str, payload: Mapping[str, Any]
) -> dict[str, Any] | None:
    """The payload for a session with these intents, or None if it gets no such event."""
    needed = rules.required_intent(event, payload)
    if needed is not None and not getattr(intents, needed):
        return None
    if event.startswith(_IN_CHANNELS) and not backend.can_see(backend.bot.id, int(payload["channel_id"])):
        return None
    if event.startswith("THREAD_") and not _is_visible(backend, payload):
        return None
    if event == "GUILD_CREATE":
        shaped = dict(payload)
        active = [it for it in payload["threads"] if not it["thread_metadata"]["archived"]]
        shaped["threads"] = [it for it in active if _is_visible(backend, it)]
        rules.prune_guild_create(shaped, intents, backend.bot.id)
        return shaped
    if intents.message_content or not event.startswith(("MESSAGE_", "INTERACTION_")):
        return dict(payload)
    censored = deepcopy(dict(payload))
    if event in ("MESSAGE_CREATE", "MESSAGE_UPDATE"):
        rules.censor_message(censored, backend.bot.id, backend=backend)
    elif event == "INTERACTION_CREATE" and isinstance(censored.get("message"), dict):
        rules.censor_message(censored["message"], backend.bot.id, backend=backend, exempt_root=True)
    return censored


def _is_visible(backend: Discord, thread: Mapping[str, Any]) -> bool:
    """Whether the bot is told of a thread; a deleted one can no longer be looked up."""
    is_there = int(thread["id"]) in backend.channels
    return not is_there or backend.can_see(backend.bot.id, int(thread["id"]))


def members_chunks(backend: Discord, request: Mapping[str, Any], size: int = 1000) -> list[dict[str, Any]]:
    """The answers to a request for guild members: by ids, by the start of a name, or all."""

    guild = backend.guilds.get(int(request["guild_id"]))
    if guild is None:
        return []
    found, missing = list(guild.members.values()), list[str]()
    if request.get("user_ids"):
        ids = request["user_ids"] if isinstance(request["user_ids"], list) else [request["user_ids"]]
        found = [guild.members[int(i)] for i in ids if int(i) in guild.members]
        missing = [str(i) for i in ids if int(i) not in guild.members]
    elif request.get("query"):
        start = str(request["query"]).lower()
        names = {m.user_id: (backend.users[m.user_id].name, m.nick or "") for m in found}
        found = [m for m in found if any(name.lower().startswith(start) for name in names[m.user_id])]
    if request.get("limit"):
        found = found[: int(request["limit"])]
    parts = [found[at : at + size] for at in range(0, len(found), size)] or [[]]
    chunks: list[dict[str, Any]] = [
        {
            "guild_id": str(guild.id),
            "members": [serializers.member_payload(backend, guild, member) for member in part],
            "chunk_index": index,
            "chunk_count": len(parts),
            "not_found": missing,
        }
        for index, part in enumerate(parts)
    ]
    for chunk in chunks:
        if request.get("presences"):
            chunk["presences"] = []
        if request.get("nonce"):
            chunk["nonce"] = request["nonce"]
    return chunks
