"""Webhooks: which backends hear of what, under which names, and how patiently they are told. Pure."""

import base64
import random
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, NewType
from urllib.parse import urlsplit

from tickets.model import Millis, UserKey

EndpointId = NewType("EndpointId", str)

MINUTE: Final = 60_000
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR

BOTH_SIGN_FOR: Final = DAY
"""How long the secret before still signs too, after another was made."""
TRIED_FOR: Final = 3 * DAY
"""How long a delivery is tried."""
HOLDS_UP: Final = 10
"""Failed tries after which a delivery no longer holds up the later ones of its ticket."""
WARNED_AFTER: Final = 2 * DAY
"""How long an endpoint fails before people are told."""
DISABLED_AFTER: Final = 5 * DAY
"""How long it fails before nothing is sent to it any more; people were told at least a day before."""
KEPT: Final = 30 * DAY
"""How long it can be seen what was sent."""
MOST_ENDPOINTS: Final = 20
"""Endpoints that an issuer has at most."""
EVERYBODY: Final = "*"
"""All issuers, or all types but those of notes."""

SECRET_BEGINS: Final = "whsec_"  # noqa: S105  what secrets begin with is none

FIRST_PAUSE: Final = 5.0
"""Seconds before the second try."""
GROWTH: Final = 2.5
LONGEST_PAUSE: Final = 6 * 3600.0


class WebhookType(StrEnum):
    """The types of webhooks that endpoints can choose."""

    TICKET_OPENED = "ticket.opened"
    TICKET_UPDATED = "ticket.updated"
    TICKET_CLOSED = "ticket.closed"
    TICKET_REOPENED = "ticket.reopened"
    TICKET_MERGED = "ticket.merged"
    MESSAGE_POSTED = "message.posted"
    MESSAGE_EDITED = "message.edited"
    MESSAGE_DELETED = "message.deleted"
    NOTE_ADDED = "note.added"
    NOTE_EDITED = "note.edited"
    NOTE_DELETED = "note.deleted"
    FEEDBACK_GIVEN = "feedback.given"
    FEEDBACK_REMOVED = "feedback.removed"
    SLA_AT_RISK = "sla.at_risk"
    SLA_BREACHED = "sla.breached"
    USER_MERGED = "user.merged"
    USER_ERASED = "user.erased"
    TEST = "webhook.test"
    """Sent when somebody asks for it; nobody needs to name it."""

    @property
    def group(self) -> str:
        """The part before the dot, with ``.*`` for the whole group."""
        return f"{self.partition('.')[0]}.*"


GROUPS: Final = tuple(dict.fromkeys(it.group for it in WebhookType if it is not WebhookType.TEST))
NAMES: Final = (EVERYBODY, *GROUPS, *(it for it in WebhookType if it is not WebhookType.TEST))
"""Everything that ``events`` can name."""


def is_named(type_: WebhookType, names: Sequence[str]) -> bool:
    """Whether an endpoint that names these hears of it. Notes must be named: ``*`` leaves them out."""
    if type_ is WebhookType.TEST or type_ in names or type_.group in names:
        return True
    return EVERYBODY in names and type_.group != "note.*"


class Disabled(StrEnum):
    """Why nothing is sent to an endpoint."""

    BY_HAND = "by_hand"
    GONE = "gone"
    """It answered 410: it wants no more webhooks."""
    FAILING = "failing"
    """It took nothing for days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A backend's address, what it hears of, and how it does. Two secrets sign while one replaces the
    other."""

    id: EndpointId
    url: str
    events: tuple[str, ...]
    issuers: tuple[str, ...]
    """The issuers whose tickets it is told of; ``*`` stands for all."""
    secret: str
    created_at: Millis
    updated_at: Millis
    description: str = ""
    old_secret: str | None = None
    old_secret_until: Millis | None = None
    """None for ever, as where both stand in the desk file."""
    is_listed: bool = False
    """Whether it stands in the desk file, where operators keep it."""
    disabled_at: Millis | None = None
    disabled: Disabled | None = None
    failing_since: Millis | None = None
    """Since when it has taken nothing; None while it works."""
    last_fault: str | None = None
    """Why, as of the newest try that changed anything here."""
    warned_at: Millis | None = None
    """When people were told that it fails."""

    @property
    def is_enabled(self) -> bool:
        return self.disabled_at is None

    @property
    def host(self) -> str:
        """For people: the rest of a URL may hold what nobody should read."""
        return urlsplit(self.url).netloc

    def hears(self, type_: WebhookType, issuer: str) -> bool:
        """Whether it is to be told of this, of a user or ticket of this issuer's."""
        is_its = EVERYBODY in self.issuers or issuer in self.issuers
        return self.is_enabled and is_its and is_named(type_, self.events)

    def secrets(self, now: Millis) -> tuple[str, ...]:
        """The secrets that sign now, the newest first."""
        until = self.old_secret_until
        if self.old_secret is None or (until is not None and until <= now):
            return (self.secret,)
        return (self.secret, self.old_secret)


def pause_after(attempts: int) -> float:
    """Seconds to wait after so many earlier failed tries: growing, with jitter of up to a fifth."""
    longest = min(FIRST_PAUSE * GROWTH ** min(attempts, 32), LONGEST_PAUSE)
    return longest * random.uniform(0.8, 1.0)  # noqa: S311  jitter, not a secret


def is_to_be_warned(endpoint: Endpoint, now: Millis) -> bool:
    """Whether it is time to tell people that the endpoint fails."""
    since = endpoint.failing_since
    return since is not None and endpoint.warned_at is None and now - since >= WARNED_AFTER


def is_to_be_disabled(endpoint: Endpoint, now: Millis) -> bool:
    """Whether it has failed for so long that nothing more is sent to it. Before that, people are told."""
    since, warned_at = endpoint.failing_since, endpoint.warned_at
    if since is None or warned_at is None:
        return False
    return now - since >= DISABLED_AFTER and now - warned_at >= DAY


def after_failure(endpoint: Endpoint, now: Millis, fault: str, *, is_gone: bool = False) -> Endpoint:
    """The endpoint once something was not taken; the same if that says nothing new."""
    if not endpoint.is_enabled:
        return endpoint
    if is_gone:
        return replace(endpoint, disabled_at=now, disabled=Disabled.GONE, last_fault=fault)
    if endpoint.failing_since is None:
        return replace(endpoint, failing_since=now, last_fault=fault)
    if is_to_be_disabled(endpoint, now):
        return replace(endpoint, disabled_at=now, disabled=Disabled.FAILING, last_fault=fault)
    if is_to_be_warned(endpoint, now):
        return replace(endpoint, warned_at=now, last_fault=fault)
    return endpoint


def working(endpoint: Endpoint) -> Endpoint:
    """The endpoint once something was taken, or once it is to be tried anew."""
    return replace(
        endpoint, failing_since=None, warned_at=None, last_fault=None, disabled_at=None, disabled=None
    )


def new_secret() -> str:
    """A secret as Standard Webhooks defines it: 32 random bytes."""
    return f"{SECRET_BEGINS}{base64.b64encode(secrets.token_bytes(32)).decode()}"


def fault_of_secret(secret: str) -> str | None:
    """The fault of a secret that somebody made up."""
    try:
        length = len(base64.b64decode(secret.removeprefix(SECRET_BEGINS), validate=True))
    except ValueError:
        length = 0
    if secret.startswith(SECRET_BEGINS) and 24 <= length <= 64:
        return None
    return f"must be {SECRET_BEGINS} and 24 to 64 random bytes in base64"


@dataclass(frozen=True, slots=True)
class About:
    """What an endpoint is told of a user: who they are, and which user they were before, if they were
    merged."""

    user: UserKey
    before: UserKey | None = None
