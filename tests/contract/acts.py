"""What the tests append, in few words."""

from itertools import count

from tests.people import ANN, ANN_ASKS, SAM_ANSWERS
from tests.waiting import until
from tickets.decisions import Decide, Decision
from tickets.events import Event, EventData, MessagePosted, NoteAdded, Origin, Place, TicketOpened
from tickets.model import (
    Actor,
    AuthorType,
    EventId,
    IssueLevel,
    MessageId,
    SupportRole,
    Ticket,
    TicketId,
    UserKey,
    UserRole,
)
from tickets.ports.feed import Fed
from tickets.ports.sinks import SinkName
from tickets.ports.store import Appended, Store
from tickets.sources import Source

_ids = count(1)


def new_id() -> EventId:
    return EventId(f"e{next(_ids)}")


def source(event_id: EventId | None = None, place: Place = Place.API) -> Source:
    return Source(event_id or new_id(), Origin(place))


def opening(
    number: int, requester: UserKey = ANN.key, level: IssueLevel = IssueLevel.NORMAL, topic: str = "No light"
) -> TicketOpened:
    return TicketOpened(
        number=number,
        requester=requester,
        requester_role=UserRole.CUSTOMER,
        topic=topic,
        description="The lamp is dark.",
        issue_level=level,
        support_role=SupportRole.GENERAL,
        metadata={"order.number": "A-1", "$app": "shop"},
    )


async def append(
    store: Store,
    ticket_id: TicketId,
    data: EventData,
    actor: Actor = ANN_ASKS,
    event_id: EventId | None = None,
    place: Place = Place.API,
    about: MessageId | None = None,
) -> Appended:
    return await store.log.append(ticket_id, source(event_id, place), lambda _: Decision(actor, data), about)


async def open_ticket(
    store: Store, requester: UserKey = ANN.key, level: IssueLevel = IssueLevel.NORMAL
) -> Ticket:
    number = await store.log.next_number()
    ticket_id = TicketId(f"t{number}")
    asks = Actor(AuthorType.REQUESTER, requester)
    return (await append(store, ticket_id, opening(number, requester, level), asks)).ticket


async def post(
    store: Store, ticket: Ticket | TicketId, content: str = "Hello", actor: Actor = ANN_ASKS
) -> Event:
    ticket_id = ticket.id if isinstance(ticket, Ticket) else ticket
    return (await append(store, ticket_id, MessagePosted(content), actor)).event


async def note(store: Store, ticket: Ticket, content: str = "Careful") -> Event:
    return (await append(store, ticket.id, NoteAdded(content), SAM_ANSWERS)).event


def counting(_: object = None) -> Decide:
    """Decides for a message that says how many messages it has seen."""
    return lambda state: Decision(
        ANN_ASKS, MessagePosted(str(state.ticket.message_count if state.ticket else None))
    )


async def show_all(store: Store, sink: SinkName = SinkName.DISCORD, now: int = 2**62) -> list[Event]:
    """Be a sink that shows whatever is due."""
    shown = []
    while due_tickets := await store.backlog.tickets_due(sink, now, 1):
        due = await store.backlog.next_due(sink, due_tickets[0], now)
        assert due is not None
        await store.backlog.done(sink, due.item)
        shown.append(due.item)
    return shown


async def fed_until(store: Store, pos: int, requester: UserKey | None = None) -> list[Fed]:
    """The feed from its beginning, once it has reached ``pos``."""

    async def is_fed() -> bool:
        return await store.feed.last() >= pos

    await until(is_fed)
    return await store.feed.after(0, requester=requester, limit=10_000)
