"""What handlers find in their application: every desk, and what else they need."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import tzinfo
from enum import StrEnum
from typing import Self

from aiohttp import web

from accounts.desks import AccountDesks
from accounts.phones import Phones
from api.documents.docs import Docs
from api.door.idempotency import Once
from api.door.metrics import Metrics
from config.faults import Fault
from notify.unsubscribing import UnsubscribeLinks
from notify.webhooks.desk import WebhookDesk, WebhookOptions
from texts.language import Language
from tickets.desks.common_desks import CommonDesks, common_desks
from tickets.desks.erasing_desk import ErasingDesk
from tickets.desks.event_desk import EventDesk
from tickets.desks.file_desk import FileDesk
from tickets.desks.look_desk import LookDesk
from tickets.desks.notification_desk import NotificationDesk
from tickets.desks.report_desk import ReportDesk
from tickets.desks.staff_desk import StaffDesk
from tickets.desks.ticket_desk import Desk
from tickets.file_urls import FileUrls
from tickets.model import UserKey
from tickets.notifications import NotificationChannel
from tickets.ports.mails import Texter
from tickets.ports.notifications import Addresses, Reach
from tickets.ports.store import Clock, Store
from tickets.staff_names import StaffNames
from wire.objects import Objects


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
class Desks(CommonDesks):
    """The desks of one store, and what else handlers need."""

    tickets: Desk
    staff: StaffDesk
    events: EventDesk
    looks: LookDesk
    files: FileDesk
    notifications: NotificationDesk
    reports: ReportDesk
    accounts: AccountDesks
    webhooks: WebhookDesk
    erasing: ErasingDesk
    store: Store
    clock: Clock
    objects: Objects
    file_urls: FileUrls
    once: Once
    public_url: str
    language: Language
    """The language of texts for people whose own language has none."""
    zone: Callable[[], tzinfo]
    """The time zone of transcripts."""
    staff_names: StaffNames
    max_file_bytes: int
    indexed_metadata: Collection[str]
    """Names of metadata by which lists can be filtered."""
    process: Process
    metrics: Metrics | None
    docs: Docs | None
    addresses: Addresses
    phones: Phones
    unsubscribe_links: UnsubscribeLinks

    @classmethod
    def of(
        cls,
        desk: Desk,
        store: Store,
        clock: Clock,
        *,
        public_url: str,
        language: Language,
        zone: Callable[[], tzinfo],
        max_file_bytes: int,
        indexed_metadata: Collection[str],
        process: Process,
        staff_names: StaffNames | None,
        metrics: Metrics | None,
        docs: Docs | None,
        accounts: AccountDesks,
        notifying: Notifying,
        webhooks: WebhookOptions | None,
    ) -> Self:
        file_urls = FileUrls(public_url, store.deployment.secret)
        return cls(
            **common_desks(desk, store, clock, staff_names).common(),
            tickets=desk,
            staff=StaffDesk(desk, store, staff_names),
            events=EventDesk(desk, store),
            looks=LookDesk(store),
            files=FileDesk(desk, store, clock),
            notifications=NotificationDesk(desk, store, clock, notifying.addresses, notifying.channels),
            reports=ReportDesk(store, clock),
            accounts=accounts,
            webhooks=WebhookDesk(store, clock, webhooks),
            erasing=ErasingDesk(store, clock, desk.looking),
            store=store,
            clock=clock,
            objects=Objects(store, file_urls, staff_names),
            file_urls=file_urls,
            once=Once(store.idempotency_keys, clock),
            public_url=public_url.rstrip("/"),
            language=language,
            zone=zone,
            staff_names=staff_names or StaffNames(),
            max_file_bytes=max_file_bytes,
            indexed_metadata=indexed_metadata,
            process=process,
            metrics=metrics,
            docs=docs,
            addresses=notifying.addresses,
            phones=Phones(accounts.own, store.identity, clock, notifying.texter),
            unsubscribe_links=UnsubscribeLinks(public_url, store.deployment.secret),
        )


DESKS = web.AppKey("DESKS", Desks)
