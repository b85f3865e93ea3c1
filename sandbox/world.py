"""Everything that this Discord keeps as long as it runs, and the names by which tests know it."""

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

from sandbox.backend import Discord


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who acts with a token of their own."""

    id: int
    token: str
    roles: tuple[int, ...]


FILE_BYTES = {0: 10 << 20, 1: 10 << 20, 2: 50 << 20, 3: 100 << 20}
"""What a file may have, by the guild's tier."""
REQUEST_BYTES = 25 << 20
FRAME_BYTES = 1 << 20
"""What a request may have beside the largest file."""


@dataclass(slots=True)
class Sizes:
    """Limits of Discord that tests can make smaller; None: as the guild's tier says."""

    per_category: int = 50
    per_guild: int = 500
    file_bytes: int | None = None
    request_bytes: int | None = None
    webhooks_per_channel: int = 15
    active_threads: int = 1000
    audit_seconds: int = 0
    """Seconds after which the audit log tells of something."""


@dataclass(slots=True)
class World:
    """The backend, who is who in it, and what requests leave behind."""

    backend: Discord
    guild_id: int
    bot_token: str
    bot_role_id: int
    categories: dict[str, int]
    roles: dict[str, int]
    transcript_channel_id: int
    transcript_channels: dict[str, int]
    """Of the roles above the support team, which only they and those above them see."""
    public_channel_id: int
    people: dict[str, Person]
    redirects: list[str] = field(default_factory=list)
    """The ways back that the developer portal has; the sandbox sends people back anywhere all the same."""
    sizes: Sizes = field(default_factory=Sizes)
    privileged: set[str] = field(default_factory=lambda: {"members", "presences", "message_content"})
    refused: dict[str, list[str]] = field(default_factory=dict)
    """Words that Discord takes in no `name` or `topic` of a community guild, and in no `username`."""
    nonces: OrderedDict[tuple[int, str], tuple[float, int, int]] = field(default_factory=OrderedDict)
    identifies: int = 0
    """Sessions that were asked for; a bot has 1,000 in a day, and no day ends here."""
    actors: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        self.actors = {f"Bot {self.bot_token}": self.backend.bot.id}
        self.actors |= {person.token: person.id for person in self.people.values()}

    @property
    def file_bytes(self) -> int:
        """The largest file, in bytes."""
        wanted = self.sizes.file_bytes
        return FILE_BYTES[self.backend.premium_tier] if wanted is None else wanted

    @property
    def request_bytes(self) -> int:
        """The largest request, in bytes."""
        wanted = self.sizes.request_bytes
        return max(REQUEST_BYTES, self.file_bytes + FRAME_BYTES) if wanted is None else wanted

    def reset_token(self, token: str) -> None:
        """Give the bot another token; the previous one is refused from now on."""
        del self.actors[f"Bot {self.bot_token}"]
        self.bot_token = token
        self.actors[f"Bot {token}"] = self.backend.bot.id

    def info(self, base: str) -> dict[str, Any]:
        """What a test or an operator needs to know, all identifiers as strings."""
        people = {
            name: {"id": str(p.id), "token": p.token, "roles": [str(role) for role in p.roles]}
            for name, p in self.people.items()
        }
        return {
            "discord_url": base,
            "api_base": f"{base}/api/v10",
            "gateway_url": f"{gateway_url(base)}",
            "bot_token": self.bot_token,
            "bot_id": str(self.backend.bot.id),
            "bot_role_id": str(self.bot_role_id),
            "application_id": str(self.backend.application_id),
            "guild_id": str(self.guild_id),
            "categories": {key: str(value) for key, value in self.categories.items()},
            "roles": {key: str(value) for key, value in self.roles.items()},
            "transcript_channel_id": str(self.transcript_channel_id),
            "transcript_channels": {key: str(value) for key, value in self.transcript_channels.items()},
            "public_channel_id": str(self.public_channel_id),
            "people": people,
        }


def gateway_url(base: str) -> str:
    """Where the gateway listens, given the address of the server."""
    return f"{base.replace('http', 'ws', 1)}/gateway"
