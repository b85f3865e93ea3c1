"""Logs of tickets written by hand as a store would write them."""

from dataclasses import dataclass, field

from tests.clocks import NOON, SECOND
from tests.people import ANN, ANN_ASKS, SAM_ANSWERS
from tickets.events import (
    Event,
    EventData,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    NoteAdded,
    Origin,
    Place,
    TicketChanged,
    TicketClosed,
    TicketOpened,
    TicketReopened,
)
from tickets.fold import ticket_of
from tickets.model import (
    Actor,
    Attachment,
    EventId,
    FileId,
    IssueLevel,
    MessageId,
    Status,
    SupportRole,
    Ticket,
    TicketId,
)

FILE = Attachment(FileId("f1"), "photo.png", "image/png", 2048)


def opened(number: int = 7, topic: str = "No light", level: IssueLevel = IssueLevel.NORMAL) -> TicketOpened:
    return TicketOpened(
        number=number,
        requester=ANN.key,
        requester_role=ANN.role,
        topic=topic,
        description="The lamp is dark.",
        issue_level=level,
        support_role=SupportRole.GENERAL,
        metadata={"order": "A-1"},
        locale="de-AT",
    )


@dataclass
class Logbook:
    """A ticket of Ann's; each line comes a second after the one before."""

    id: TicketId = field(default=TicketId("t1"))
    opening: TicketOpened = field(default_factory=opened)
    events: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.add(ANN_ASKS, self.opening)

    def add(self, actor: Actor, data: EventData, place: Place = Place.API) -> Event:
        seq = len(self.events) + 1
        event = Event(
            ticket_id=self.id,
            seq=seq,
            id=EventId(f"{self.id}-{seq}"),
            at=NOON + seq * SECOND,
            actor=actor,
            origin=Origin(place),
            data=data,
        )
        self.events.append(event)
        return event

    def post(self, actor: Actor = ANN_ASKS, content: str = "Hello", *files: Attachment) -> MessageId:
        return MessageId(self.add(actor, MessagePosted(content, files)).id)

    def note(self, content: str = "Careful") -> MessageId:
        return MessageId(self.add(SAM_ANSWERS, NoteAdded(content)).id)

    def edit(self, message_id: MessageId, content: str, actor: Actor = ANN_ASKS) -> Event:
        return self.add(actor, MessageEdited(message_id, content))

    def delete(self, message_id: MessageId, actor: Actor = ANN_ASKS) -> Event:
        return self.add(actor, MessageDeleted(message_id))

    def change(self, changes: TicketChanged, actor: Actor = SAM_ANSWERS) -> Event:
        return self.add(actor, changes)

    def close(
        self, to: Status = Status.RESOLVED, reason: str | None = None, actor: Actor = SAM_ANSWERS
    ) -> Event:
        return self.add(actor, TicketClosed(to, reason))

    def reopen(self, actor: Actor = ANN_ASKS) -> Event:
        return self.add(actor, TicketReopened())

    @property
    def ticket(self) -> Ticket:
        return ticket_of(self.events)
