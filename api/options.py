"""What the API is built with, beside its desk, its store and who may come in."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network

from accounts.desks import AccountDesks
from api.door.metrics import Metrics
from config.faults import Fault
from notify.webhooks.desk import WebhookOptions
from texts.language import Language
from tickets.model import UserKey
from tickets.notifications import NotificationChannel
from tickets.ports.mails import Texter
from tickets.ports.notifications import Addresses, Reach
from tickets.staff_names import StaffNames

MIB = 1024 * 1024


class Role(StrEnum):
    """The process's part in Discord: it leads, it stands by to take over, or it leaves Discord to others."""

    LEADER = "leader"
    FOLLOWER = "follower"
    API = "api"


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """What the process tells about itself."""

    name: str = ""
    """The name under which it takes the store's lease, so that a process that has just taken it does not
    count as its own follower."""
    role: Callable[[], Role] = lambda: Role.LEADER
    discord_fault: Callable[[], str | None] = lambda: None
    """Why a leader's tickets cannot reach Discord; None if they can."""
    disk_fault: Callable[[], Fault | None] = lambda: None
    """Why uploads are not accepted; None if they are."""
    standing_faults: Callable[[], list[Fault]] = list
    """Faults that people have to mend."""


class _Nowhere:
    """Knows nobody's address."""

    async def reach(self, _: UserKey) -> Reach:
        return Reach()


@dataclass(frozen=True, slots=True, kw_only=True)
class Notifying:
    """The channels on which people are notified, and what is known about their addresses."""

    channels: Collection[NotificationChannel] = (NotificationChannel.IN_APP,)
    addresses: Addresses = field(default_factory=_Nowhere)
    texter: Texter | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiOptions:
    """How the API serves."""

    public_url: str
    """Where clients reach it; without a slash at its end."""
    cors_origins: Collection[str] = ("*",)
    rate_limits: bool = True
    service_limit: int = 20
    """How many times the limits of a person a service has."""
    trusted_proxies: Collection[IPv4Network | IPv6Network] = ()
    """Who may say whose requests they pass on."""
    staff_names: StaffNames = field(default_factory=StaffNames)
    process: Process = field(default_factory=Process)
    metrics: Metrics | None = None
    """None if they are switched off."""
    with_docs: bool = True
    with_docs_page: bool = True
    max_file_bytes: int = 10 * MIB
    indexed_metadata: Collection[str] = ()
    """Names of metadata by which lists can be filtered."""
    language: Language = Language.EN
    """The language of texts for people whose own language has none."""
    zone: Callable[[], tzinfo] = lambda: UTC
    """The desk's time zone, in which transcripts tell times."""
    unauthorized_for: float = 30.0
    """Seconds that a socket may stay without a valid token."""
    accounts: AccountDesks | None = None
    """Without it, nobody signs in here."""
    notifying: Notifying = field(default_factory=Notifying)
    """How people are told who are not looking."""
    webhooks: WebhookOptions = field(default_factory=WebhookOptions)
    doctors_key: bytes | None = None
    """Whoever has it is told how a request came."""
