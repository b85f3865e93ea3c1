"""The guild as a whole: its tier, and the words that Discord takes in no name of a community."""

from typing import Any

from simcord.backend import serializers

from sandbox.calls import invalid
from sandbox.perform import Scene, route
from sandbox.world import FILE_BYTES, World

_OF_COMMUNITIES = {"name": ["1488"], "topic": ["1488"]}


def check_words(world: World, body: dict[str, Any]) -> None:
    """Refuse names and topics that contain words not allowed in communities."""
    if not world.backend.is_community:
        return
    for field, words in ({**_OF_COMMUNITIES, **world.refused}).items():
        if any(word.lower() in str(body.get(field) or "").lower() for word in words):
            message = "Contains words not allowed for servers in Server Discovery."
            raise invalid(field, "INVALID_COMMUNITY_PROPERTY_NAME", message)


@route("PATCH", "/sandbox/guild")
def set_guild(scene: Scene) -> Any:
    """Change what a guild's owner and its boosters change, and which words Discord refuses."""
    world, body = scene.world, scene.call.fields()
    backend = world.backend
    if "premium_tier" in body:
        backend.premium_tier = int(body["premium_tier"])
        if backend.premium_tier not in FILE_BYTES:
            raise invalid("premium_tier", "ENUM_TYPE_COERCE", "There is no such tier.")
    if "community" in body:
        backend.is_community = bool(body["community"])
    if "refused" in body:
        world.refused = {field: list(words) for field, words in body["refused"].items()}
    guild = backend.get_guild(world.guild_id)
    backend.emit("GUILD_UPDATE", dict(serializers.guild_create_payload(backend, guild)))
    return {**backend.standing(), "refused": world.refused, "file_bytes": world.file_bytes}
