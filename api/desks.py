"""What handlers find in their application: every desk, and what else they need."""

from dataclasses import dataclass
from typing import Self

from aiohttp import web

from accounts.desks import AccountDesks
from accounts.phones import Phones
from api.documents.docs import Docs
from api.door.idempotency import Once
from api.options import ApiOptions
from notify.unsubscribing import UnsubscribeLinks
from notify.webhooks.desk import WebhookDesk
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
from tickets.ports.store import Clock, Store
from wire.objects import Objects


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
    options: ApiOptions
    docs: Docs | None
    phones: Phones
    unsubscribe_links: UnsubscribeLinks

    @classmethod
    def of(
        cls,
        desk: Desk,
        store: Store,
        clock: Clock,
        accounts: AccountDesks,
        docs: Docs | None,
        options: ApiOptions,
    ) -> Self:
        public_url, staff_names, notifying = options.public_url, options.staff_names, options.notifying
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
            webhooks=WebhookDesk(store, clock, options.webhooks),
            erasing=ErasingDesk(store, clock, desk.looking),
            store=store,
            clock=clock,
            objects=Objects(store, file_urls, staff_names),
            file_urls=file_urls,
            once=Once(store.idempotency_keys, clock),
            options=options,
            docs=docs,
            phones=Phones(accounts.own, store.identity, clock, notifying.texter),
            unsubscribe_links=UnsubscribeLinks(public_url, store.deployment.secret),
        )


DESKS = web.AppKey("DESKS", Desks)
