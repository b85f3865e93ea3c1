"""The kinds of disturbance, in which scenes they come, and which requests they can be aimed at."""

from enum import StrEnum


class Kind(StrEnum):
    """What can go wrong, by the names that ``--only`` takes."""

    KILL_GUILDESK = "kill-guildesk"
    KILL_AFTER = "kill-after"
    """Guildesk dies while Discord's answer is on its way: it took effect, and nobody could note it."""
    KILL_BEFORE = "kill-before"
    """Guildesk dies with a request that will never have an effect."""
    KILL_STARTING = "kill-starting"
    """Killed, and killed again while it starts."""
    KILL_SANDBOX = "kill-sandbox"
    KILL_BOTH = "kill-both"
    KILL_STORE = "kill-store"
    """The server of the store dies, and is away for a moment; the embedded store has none."""
    RESTART = "restart"
    """Stopped as an operator does, and started."""
    STALL = "stall"
    """Guildesk stands still for a while."""
    LOCK_STORE = "lock-store"
    """Somebody else writes to the store's file and does not end, or its server stands still: short of
    Guildesk's patience, or beyond."""
    CUT_BEFORE = "cut-before"
    CUT_AFTER = "cut-after"
    ERROR_BEFORE = "error-before"
    """503, without effect."""
    ERROR_AFTER = "error-after"
    """502, although it took effect."""
    DELAY = "delay"
    """Answers come late, but within Guildesk's patience."""
    LATE = "late"
    """A request takes effect after Guildesk gave it up."""
    TOO_MANY = "too-many"
    """429, out of turn."""
    ALL_TOO_MANY = "all-too-many"
    """429 for all requests of the bot."""
    BAN = "ban"
    """429 of what stands before Discord, with a page: the address is banned."""
    PROXY_BEFORE = "proxy-before"
    """A proxy's own 404, with a page."""
    PROXY_AFTER = "proxy-after"
    """A proxy's page instead of Discord's answer."""
    THROTTLE = "throttle"
    """Discord's rate limits are on for a while."""
    FILL_CATEGORY = "fill-category"
    FILL_GUILD = "fill-guild"
    LIMIT_FILES = "limit-files"
    """Boosts end for a while: files, and all files of a request, may be less large than some are."""
    REFUSE_NAMES = "refuse-names"
    """Discord refuses names of channels, further categories and people for a while."""
    DROP = "drop"
    DROP_NO_RESUME = "drop-no-resume"
    RECONNECT = "reconnect"
    INVALID_SESSION = "invalid-session"
    TURN_AWAY = "turn-away"
    """Sessions cannot be resumed, and Discord says that they can."""
    LOSE = "lose"
    """Events never come, before a session that is not resumed."""
    HOLD = "hold"
    """Events come late, all at once."""
    SHUFFLE = "shuffle"
    """Events come late, each by a time of its own, and so in another order than they happened."""
    GATEWAY_DOWN = "gateway-down"
    DELETE_WEBHOOK = "delete-webhook"
    DELETE_CHANNEL = "delete-channel"
    OPEN_CHANNEL = "open-channel"
    """Somebody changes by hand who sees a channel."""


KILLS = frozenset(
    {
        Kind.KILL_GUILDESK,
        Kind.KILL_AFTER,
        Kind.KILL_BEFORE,
        Kind.KILL_STARTING,
        Kind.KILL_SANDBOX,
        Kind.KILL_BOTH,
        Kind.KILL_STORE,
    }
)

OF_SERVERS = frozenset({Kind.KILL_STORE})
"""What only a store can suffer that is a process of its own."""

WEIGHTS = {
    Kind.CUT_BEFORE: 2.0,
    Kind.CUT_AFTER: 3.0,
    Kind.ERROR_AFTER: 2.0,
    Kind.LATE: 0.5,
    Kind.SHUFFLE: 2.0,
    Kind.DELETE_WEBHOOK: 0.5,
    Kind.DELETE_CHANNEL: 0.5,
    Kind.OPEN_CHANNEL: 2.0,
}
"""How often a kind comes that kills nothing; 1 where nothing is said."""

_ALL = frozenset({"opening", "talking", "closing", "reopening"})
_TALKING = frozenset({"talking"})
SCENES: dict[Kind, frozenset[str]] = dict.fromkeys(Kind, _ALL) | {
    Kind.FILL_CATEGORY: frozenset({"opening", "talking"}),
    Kind.FILL_GUILD: frozenset({"opening"}),
    Kind.REFUSE_NAMES: frozenset({"opening", "talking"}),
    Kind.DELETE_WEBHOOK: _TALKING,
    Kind.DELETE_CHANNEL: _TALKING,
    Kind.OPEN_CHANNEL: _TALKING,
}

REQUESTS: dict[str, tuple[str, str]] = {
    "webhook message": ("POST", r"^/webhooks/\d+/"),
    "webhook edit": ("PATCH", r"^/webhooks/\d+/"),
    "channel": ("POST", r"^/guilds/\d+/channels"),
    "message": ("POST", r"^/channels/\d+/messages"),
    "transcript": ("POST", r"^/channels/{transcripts}/messages"),
    "card edit": ("PATCH", r"^/channels/\d+/messages/"),
    "pin": ("PUT", r"/pins/\d+"),
    "webhook": ("POST", r"^/channels/\d+/webhooks"),
    "webhook list": ("GET", r"^/channels/\d+/webhooks"),
    "history": ("GET", r"^/channels/\d+/messages"),
    "reaction": ("PUT", r"/reactions/"),
    "deletion": ("DELETE", r"^/channels/\d+/messages/"),
    "move": ("PATCH", r"^/channels/\d+$"),
    "removal": ("DELETE", r"^/channels/\d+$"),
    "answer": ("POST", r"^/interactions/\d+/[^/]+/callback"),
    "any": ("*", r""),
}
"""Requests that a fault can be aimed at: method and a regular expression for the path."""

TARGETS: dict[str, tuple[str, ...]] = {
    "opening": (
        "channel",
        "channel",
        "message",
        "pin",
        "webhook",
        "webhook list",
        "webhook message",
        "history",
    ),
    "talking": (
        *("webhook message",) * 4,
        *(
            "webhook edit",
            "history",
            "history",
            "reaction",
            "deletion",
            "card edit",
            "message",
            "move",
            "any",
        ),
    ),
    "closing": ("transcript", "transcript", "removal", "card edit", "message", "answer", "webhook message"),
    "reopening": ("channel", "webhook message", "webhook message", "message", "pin", "webhook", "history"),
}
