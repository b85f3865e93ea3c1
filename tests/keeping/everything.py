"""A store in which every table has something."""

from dataclasses import replace

from tests.contract.acts import append, note, open_ticket, post
from tests.keeping.stores import CONTENT, FILE
from tests.people import ANN, BEN, EVE, SAM, SAM_ANSWERS
from tickets.canned import CannedAnswer
from tickets.events import Change, LabelsChanged, MessageDeleted, MessageEdited, TicketChanged, TicketClosed
from tickets.model import EventId, FileId, MessageId, Status, Ticket, TicketId, UserRole
from tickets.notifications import (
    AS_USUAL,
    Letter,
    Notification,
    NotificationChannel,
    NotificationId,
    NotificationKind,
    NotificationStatus,
)
from tickets.ports.accounts import Account, Proof, ProofKind, Session, SigningKey, Tried
from tickets.ports.agents import Agent
from tickets.ports.channels import Channel, ChannelState, Link
from tickets.ports.erasing import Erasure
from tickets.ports.lists import TicketFilter
from tickets.ports.looks import LookKind, look_of
from tickets.ports.notifications import ReplyAddress
from tickets.ports.processes import ProcessSeen
from tickets.ports.sinks import SinkName
from tickets.ports.store import Store
from tickets.ports.timers import Timer, TimerKind
from tickets.ports.uploads import Upload, Use
from tickets.ports.users import Block
from tickets.ports.webhooks import Answer, DeliveryStatus, new_delivery
from tickets.webhooks import About, Endpoint, EndpointId, WebhookType

FAR = 2**62


async def live(store: Store, at: int) -> None:
    """Let everything happen that leaves something in the store; ``at`` is now."""
    first = await open_ticket(store)
    ticket = await open_ticket(store)
    lamp, bulb = await post(store, ticket, "A lamp"), await post(store, ticket, "A bulb")
    await note(store, ticket)
    await append(store, ticket.id, MessageEdited(MessageId(lamp.id), "A candle"), SAM_ANSWERS)
    await append(store, ticket.id, MessageDeleted(MessageId(bulb.id)), SAM_ANSWERS)
    await append(store, ticket.id, LabelsChanged(added=("hot",)), SAM_ANSWERS)
    moved = TicketChanged((Change("requester", str(ticket.requester), str(EVE.key)),))
    await append(store, ticket.id, moved, SAM_ANSWERS)
    await append(store, ticket.id, TicketClosed(Status.RESOLVED, "done"), SAM_ANSWERS)
    await _of_people(store)
    await _of_accounts(store)
    await _of_sinks(store, first.id, ticket.id)
    await _of_files(store, ticket.id, lamp.id, at)
    await store.canned.add(
        CannedAnswer(name="hello", content="Hello {name}", created_at=1, updated_at=2, used=3), most=1
    )
    await _of_notifications(store, ticket.id)
    await _of_webhooks(store, ticket)
    await store.erasures.keep(Erasure(id="3f2a", user=None, asked_at=at, done_at=at, left=("mail",)))
    await store.processes.seen(
        ProcessSeen(
            name="desk-1",
            role="leader",
            host="desk",
            pid=1,
            version="1",
            started_at=1,
            seen_at=2,
            store="SQLite",
            discord="ok",
            faults=("a fault",),
        )
    )
    await store.looks.add([look_of(SAM.key, LookKind.TRANSCRIPT, ANN.key, at, (ticket.id, ticket.number))])
    reserved = await store.idempotency_keys.reserve("key", "digest", now=at, until=at + 5)
    await store.idempotency_keys.settle("key", reserved.seed, (201, "{}"))
    await store.views.tickets(TicketFilter(words=frozenset({"candle"})))


async def _of_webhooks(store: Store, ticket: Ticket) -> None:
    endpoint = Endpoint(
        id=EndpointId("wh_1"),
        url="https://shop.example.com",
        events=("*",),
        issuers=("shop",),
        secret="whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        created_at=1,
        updated_at=2,
        failing_since=3,
    )
    await store.webhooks.add(endpoint)
    lane, about = TicketId("user-1"), About(EVE.key, ANN.key)
    taken = new_delivery(endpoint, ticket.id, 1, WebhookType.TICKET_OPENED, ANN.key, 5)
    waits = new_delivery(endpoint, lane, 5, WebhookType.USER_MERGED, EVE.key, 5, about)
    await store.webhooks.deliver([taken, waits])
    await store.webhooks.settle(taken, DeliveryStatus.DELIVERED, Answer(6, 200, "thanks"))
    await store.webhooks.put_off(waits, 2**40, Answer(7, fault="no answer"), passes=True)


async def _of_people(store: Store) -> None:
    for person in (ANN, BEN, EVE):
        await store.people.remember(person)
    await store.users.block(BEN.key, Block(99, "rude"))
    await store.users.note(ANN.key, "kind")
    await store.agents.add(Agent(key=EVE.key, name="Eve", discord_id="17"))
    await store.agents.take_turn([EVE.key])


async def _of_accounts(store: Store) -> None:
    identity = store.identity
    eva = Account(id="e", email="Eva@example.test", username="Eva", role=UserRole.CUSTOMER, created_at=1)
    ben = Account(
        id="b", email="b@example.test", username="Ben", role=UserRole.AGENT, created_at=2, discord_id="7"
    )
    session = Session(id="s", secret="5", person=eva.person, created_at=1, turned_at=1, expires_at=FAR)
    for account in (eva, ben):
        await identity.accounts.add(account)
    await identity.accounts.change("e", lambda it: replace(it, username="Eve \U0001f600"))
    await identity.accounts.end_tokens(ben.key, 5)
    await identity.sessions.add(session)
    await identity.sessions.turn(session, 2, FAR)
    await identity.keys.add(SigningKey("k", "-----BEGIN PRIVATE KEY-----", 1))
    await identity.proofs.add(Proof(digest="d", kind=ProofKind.RESET, account=eva, expires_at=FAR))
    await identity.tries.change("t", FAR, lambda _: (Tried(1, 2, 3), None))


async def _of_sinks(store: Store, first: TicketId, second: TicketId) -> None:
    await store.readings.staff_has_seen(first, 1)
    for places in (store.channels, store.threads):
        await places.save(Channel(ticket_id=second, channel_id=2**62, card_id=5, parent_id=6))
        await places.save(Channel(ticket_id=first, channel_id=7, state=ChannelState.GONE, webhook_token="w"))
        await places.seen(2**62, 2**62 + 1)
        await places.link(
            Link(ticket_id=second, message_id=MessageId("m"), part=0, parts=1, channel_id=7, discord_id=8)
        )
    for number, ticket_id in enumerate((first, second)):
        await store.timers.set(Timer(ticket_id, TimerKind.REMOVAL, 1, 50 + number))
    await store.timers.set(Timer(second, TimerKind.SNOOZE, 2, 60))
    await store.timers.failed(TimerKind.REMOVAL, Timer(first, TimerKind.REMOVAL, 1, 50), "no channel")
    for step in ("done", "failed", "put_off"):
        due = await store.backlog.next_due(SinkName.DISCORD, second, FAR)
        assert due is not None
        extra = {"done": (), "failed": ("refused",), "put_off": (FAR,)}[step]
        await getattr(store.backlog, step)(SinkName.DISCORD, due.item, *extra)


async def _of_notifications(store: Store, ticket_id: TicketId) -> None:
    told = Notification(
        id=NotificationId("n1"),
        user=ANN.key,
        kind=NotificationKind.ANSWER,
        channel=NotificationChannel.IN_APP,
        text="Sam answered.",
        created_at=5,
        status=NotificationStatus.SENT,
        ticket_id=ticket_id,
        seq=2,
        sent_at=5,
        read_at=6,
    )
    waits = replace(
        told,
        id=NotificationId("n2"),
        channel=NotificationChannel.EMAIL,
        status=NotificationStatus.PENDING,
        due_at=FAR,
        letter=Letter("ann@example.org", "Hello", "Your code"),
        parcel="n2",
        begun=1,
        tries=2,
        error="no answer",
    )
    await store.notifications.add([told, waits])
    await store.notifications.wish(ANN.key, AS_USUAL)
    await store.notifications.shown(ANN.key, ticket_id, 2)
    await store.notifications.reply_address(ReplyAddress("secret", ticket_id, ANN.key, 2**50))


async def _of_files(store: Store, ticket_id: TicketId, event_id: EventId, at: int) -> None:
    await store.files.put(FILE, CONTENT)
    for name in ("f-1", "f-2"):
        file = FILE.__class__(FileId(name), "page.png", "image/png", len(CONTENT))
        await store.uploads.add(Upload(file=file, uploader=ANN.key, at=at))
    await store.uploads.bind(FILE.id, ANN.key, Use(ticket_id, event_id), 0)
    await store.uploads.settle(FILE.id)
