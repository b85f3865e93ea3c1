"""The wire's objects, made of domain objects and of what the store knows around them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

from pydantic import BaseModel, TypeAdapter

from tickets.file_urls import FileUrls
from tickets.model import (
    SYSTEM,
    Actor,
    Attachment,
    AuthorType,
    Caller,
    Delivery,
    Feedback,
    IssueLevel,
    Message,
    Millis,
    Person,
    Status,
    SupportRole,
    Ticket,
    TicketId,
    UserKey,
    UserRole,
    as_requesters_see,
)
from tickets.ports.channels import Channel, ChannelState
from tickets.ports.readings import UNREAD, Reading, Unread
from tickets.ports.store import Store
from tickets.staff_names import StaffNames
from tickets.targets import Sla, SlaState, TargetName

SYSTEM_NAME = "Guildesk"
"""The author of what the desk did by itself."""

People = Mapping[UserKey, Person]


class PersonBody(BaseModel):
    id: str
    name: str


class ActorBody(BaseModel):
    """Who did something: ``id`` is null where the desk did it by itself. A service is a backend that works by
    itself; requesters see what it does as done by the desk."""

    type: AuthorType
    id: str | None
    name: str


class DiscordBody(BaseModel):
    """The ticket's place in Discord. ``queue_position`` only while it waits for one, 1 being the next."""

    state: ChannelState
    channel_id: str | None
    queue_position: int | None


class FormAnswerBody(BaseModel):
    """What the requester answered to a question of the form, which stands here as it was asked. A checkbox is
    ``yes`` or ``no``, a file its name."""

    id: str
    question: str
    answer: str


class ReadingBody(BaseModel):
    """Up to which message, by ``seq``, each side has seen the ticket; 0 for nothing."""

    requester_seq: int
    staff_seq: int


class UnreadBody(BaseModel):
    """How many messages each side has not seen, 100 for 100 or more. Deleted ones do not count."""

    requester: int
    staff: int


class FeedbackBody(BaseModel):
    """What the requester thinks of the help: 1 to 5 stars. ``given_at`` is Unix seconds."""

    rating: int
    comment: str | None
    given_at: int


class SlaBody(BaseModel):
    """How a ticket stands to its targets. Times are Unix seconds; null while a clock stands still."""

    first_response_due_at: int | None
    resolution_due_at: int | None
    state: SlaState


class LinkBody(BaseModel):
    """A ticket that has to do with this one."""

    id: str
    number: int


class TicketBody(BaseModel):
    """Times are Unix seconds. ``close_asked_at`` is set while the requester is asked whether the ticket can
    be closed, ``closes_at`` while that is planned. ``snoozed_until`` is set while staff has put it aside; for
    requesters it is null, and so are ``labels``, ``subscribers``, ``links`` and ``sla``. ``subscribers`` are
    pinged with the assignee, and ``links`` are tickets that have to do with this one."""

    id: str
    user_id: str
    topic: str
    description: str
    status: Status
    created_at: int
    updated_at: int
    user_role: UserRole
    support_role: SupportRole
    issue_level: IssueLevel
    number: int
    issuer: str
    username: str
    assignee: PersonBody | None
    closed_at: int | None
    closed_by: ActorBody | None
    close_reason: str | None
    first_response_at: int | None
    last_message_at: int | None
    message_count: int
    category: str | None
    answers: Sequence[FormAnswerBody]
    metadata: Mapping[str, str]
    locale: str | None
    discord: DiscordBody
    feedback: FeedbackBody | None
    read: ReadingBody
    unread: UnreadBody
    close_asked_at: int | None
    closes_at: int | None
    snoozed_until: int | None
    labels: list[str] | None
    subscribers: list[PersonBody] | None
    links: list[LinkBody] | None
    merged_into: str | None
    sla: SlaBody | None
    version: int


class FileBody(BaseModel):
    """``size`` is in bytes."""

    id: str
    name: str
    type: str
    size: int
    url: str


class TicketRequesterBody(BaseModel):
    """Who asks, as their latest token says, or as staff has introduced them."""

    id: str
    issuer: str
    username: str
    email: str | None
    role: UserRole


class ExpandedTicketBody(TicketBody):
    """With what ``expand`` asks for; the rest of it is left out."""

    last_message: "MessageBody | None" = None
    requester: TicketRequesterBody | None = None


class MessageBody(BaseModel):
    """Times are Unix seconds; ``seq`` is the order that everyone sees. ``reply_to`` is the id of the message
    of the same ticket that it answers."""

    id: str
    ticket_id: str
    author_id: str
    author_name: str
    content: str
    attachments: list[str]
    created_at: int
    updated_at: int
    seq: int
    author_type: Literal[AuthorType.REQUESTER, AuthorType.STAFF, AuthorType.SYSTEM]
    edited: bool
    deleted: bool
    delivery: Delivery
    reply_to: str | None
    attachment_details: list[FileBody]


TICKETS = TypeAdapter(list[TicketBody])
EXPANDED = TypeAdapter(list[ExpandedTicketBody])
MESSAGES = TypeAdapter(list[MessageBody])


class Objects:
    """Makes the wire's objects."""

    def __init__(
        self,
        store: Store,
        file_urls: FileUrls,
        staff_names: StaffNames | None = None,
        *,
        viewer: UserKey | None = None,
    ) -> None:
        self._store = store
        self._file_urls = file_urls
        self._names = staff_names or StaffNames()
        self._viewer = viewer
        """The member of staff who sees them, if it is one."""

    def seen_by(self, caller: Caller) -> "Objects":
        """The same for this caller. Staff always see staff under their own names."""
        return Objects(self._store, self._file_urls, viewer=caller.key) if caller.is_staff else self

    async def ticket(self, ticket: Ticket) -> TicketBody:
        return (await self.tickets([ticket]))[0]

    async def tickets(self, tickets: Sequence[Ticket]) -> list[TicketBody]:
        people = await self._store.people.people(_people_around(tickets))
        channels = await self._store.channels.of_tickets([ticket.id for ticket in tickets])
        read = await self._readings(tickets)
        unread = await self._store.views.unread({it.id: read[it.id] for it in tickets if it.message_count})
        queued = [it for it in tickets if it.id not in channels and not it.is_closed]
        positions = await self._store.channels.queue_positions(queued) if queued else {}
        return [
            _ticket_body(
                _as_requesters_see(ticket) if self._viewer is None else ticket,
                self._names.shown(people, _staff_around(ticket)),
                _discord(channels.get(ticket.id), positions.get(ticket.id)),
                read[ticket.id],
                unread.get(ticket.id, Unread()),
                for_staff=self._viewer not in (None, ticket.requester),
            )
            for ticket in tickets
        ]

    async def _readings(self, tickets: Sequence[Ticket]) -> dict[TicketId, Reading]:
        known = await self._store.readings.of_tickets([it.id for it in tickets if it.message_count])
        return {it.id: known.get(it.id, UNREAD).with_answers(it) for it in tickets}

    async def expanded(self, tickets: Sequence[Ticket], expand: Collection[str]) -> list[ExpandedTicketBody]:
        """The same, with what is asked for besides."""
        bodies = await self.tickets(tickets)
        more: list[dict[str, Any]] = [{} for _ in tickets]
        if "last_message" in expand:
            last = await self._store.views.last_messages([it.id for it in tickets if it.message_count])
            shown = {it.ticket_id: it for it in await self.messages(list(last.values()))}
            for ticket, fields in zip(tickets, more, strict=True):
                if ticket.id in shown:
                    fields["last_message"] = shown[ticket.id]
        if "requester" in expand:
            people = await self._store.people.people({it.requester for it in tickets})
            for ticket, fields in zip(tickets, more, strict=True):
                fields["requester"] = _requester_body(ticket, people.get(ticket.requester))
        return [
            ExpandedTicketBody(**body.__dict__, **fields) for body, fields in zip(bodies, more, strict=True)
        ]

    async def messages(self, messages: Sequence[Message]) -> list[MessageBody]:
        people = await self._people([it.author for it in messages])
        return [self._message_body(message, people) for message in messages]

    async def persons(self, keys: Iterable[UserKey]) -> list[PersonBody]:
        """Agents, in the order of the keys."""
        wanted = list(keys)
        people = self._names.shown(await self._store.people.people(wanted), wanted)
        return [_person(key, people) for key in wanted]

    async def actors(self, actors: Sequence[Actor]) -> list[ActorBody]:
        people = await self._people(actors)
        return [_actor(self._seen(it), people) for it in actors]

    def _seen(self, actor: Actor) -> Actor:
        return as_requesters_see(actor) if self._viewer is None else actor

    async def _people(self, actors: Sequence[Actor]) -> People:
        """Those who did something, staff under the names that may be seen."""
        people = await self._store.people.people({it.key for it in actors if it.key})
        staff = {it.key for it in actors if it.key and it.type is AuthorType.STAFF}
        return self._names.shown(people, staff)

    def own_message(self, message: Message, author: Person) -> MessageBody:
        """A message whose author is known: it asks the store nothing."""
        return self._message_body(message, {author.key: author}, own=True)

    def _message_body(self, message: Message, people: People, *, own: bool = False) -> MessageBody:
        author = _actor(message.author if own else self._seen(message.author), people)
        side = SYSTEM.type if author.type is AuthorType.SERVICE else author.type
        return MessageBody(
            id=message.id,
            ticket_id=message.ticket_id,
            author_id=author.id or "",
            author_name=author.name,
            content=message.content,
            attachments=[self._file_urls.url(file) for file in message.attachments],
            created_at=_seconds(message.created_at),
            updated_at=_seconds(message.updated_at),
            seq=message.seq,
            author_type=side,
            edited=message.edited,
            deleted=message.deleted,
            delivery=message.delivery,
            reply_to=message.reply_to,
            attachment_details=[self.file(file) for file in message.attachments],
        )

    def file(self, file: Attachment) -> FileBody:
        return FileBody(
            id=file.id, name=file.name, type=file.type, size=file.size, url=self._file_urls.url(file)
        )


def _ticket_body(
    ticket: Ticket,
    people: People,
    discord: DiscordBody,
    read: Reading,
    unread: Unread,
    *,
    for_staff: bool,
) -> TicketBody:
    return TicketBody(
        id=ticket.id,
        user_id=ticket.requester.id,
        topic=ticket.topic,
        description=ticket.description,
        status=ticket.status,
        created_at=_seconds(ticket.created_at),
        updated_at=_seconds(ticket.updated_at),
        user_role=ticket.requester_role,
        support_role=ticket.support_role,
        issue_level=ticket.issue_level,
        number=ticket.number,
        issuer=ticket.requester.issuer,
        username=_name(ticket.requester, people),
        assignee=_person(ticket.assignee, people) if ticket.assignee else None,
        closed_at=_seconds_or_none(ticket.closed_at),
        closed_by=_actor(ticket.closed_by, people) if ticket.closed_by else None,
        close_reason=ticket.close_reason,
        first_response_at=_seconds_or_none(ticket.first_response_at),
        last_message_at=_seconds_or_none(ticket.last_message_at),
        message_count=ticket.message_count,
        category=ticket.category,
        answers=[FormAnswerBody(id=it.id, question=it.question, answer=it.answer) for it in ticket.answers],
        metadata=ticket.metadata,
        locale=ticket.locale,
        discord=discord,
        feedback=feedback_body(ticket.feedback) if ticket.feedback else None,
        read=ReadingBody(requester_seq=read.requester_seq, staff_seq=read.staff_seq),
        unread=UnreadBody(requester=unread.requester, staff=unread.staff),
        close_asked_at=_seconds_or_none(ticket.close_asked_at),
        closes_at=_seconds_or_none(ticket.closes_at),
        snoozed_until=_seconds_or_none(ticket.snoozed_until) if for_staff else None,
        labels=list(ticket.labels) if for_staff else None,
        subscribers=[_person(it, people) for it in ticket.subscribers] if for_staff else None,
        links=[LinkBody(id=it.id, number=it.number) for it in ticket.links] if for_staff else None,
        merged_into=ticket.merged_into,
        sla=_sla_body(ticket.sla) if for_staff and ticket.sla else None,
        version=ticket.version,
    )


def feedback_body(it: Feedback) -> FeedbackBody:
    return FeedbackBody(rating=it.rating, comment=it.comment, given_at=_seconds(it.given_at))


def _requester_body(ticket: Ticket, person: Person | None) -> TicketRequesterBody:
    return TicketRequesterBody(
        id=ticket.requester.id,
        issuer=ticket.requester.issuer,
        username=person.name if person else ticket.requester.id,
        email=person.email if person else None,
        role=person.role if person else ticket.requester_role,
    )


def _sla_body(sla: Sla) -> SlaBody:
    due = {name: _seconds_or_none(clock.due_at) for name, clock in sla.clocks.items()}
    return SlaBody(
        first_response_due_at=due.get(TargetName.FIRST_RESPONSE),
        resolution_due_at=due.get(TargetName.RESOLUTION),
        state=sla.state,
    )


def _people_around(tickets: Iterable[Ticket]) -> set[UserKey]:
    keys = set()
    for ticket in tickets:
        closer = ticket.closed_by.key if ticket.closed_by else None
        keys |= {ticket.requester, ticket.assignee, closer, *ticket.subscribers}
    return {key for key in keys if key is not None}


def _as_requesters_see(ticket: Ticket) -> Ticket:
    closer = ticket.closed_by
    seen = None if closer is None else as_requesters_see(closer)
    return replace(ticket, closed_by=seen)


def _staff_around(ticket: Ticket) -> set[UserKey]:
    return _people_around([ticket]) - {ticket.requester}


def _actor(actor: Actor, people: People) -> ActorBody:
    if actor.key is None:
        return ActorBody(type=actor.type, id=None, name=SYSTEM_NAME)
    return ActorBody(type=actor.type, id=_id(actor.key, people), name=_name(actor.key, people))


def _person(key: UserKey, people: People) -> PersonBody:
    return PersonBody(id=_id(key, people), name=_name(key, people))


def _id(key: UserKey, people: People) -> str:
    """Their own id, or a stand-in if staff's names are hidden."""
    person = people.get(key)
    return key.id if person is None else person.key.id


def _name(key: UserKey, people: People) -> str:
    """The id stands for somebody whom the store does not know."""
    person = people.get(key)
    return key.id if person is None else person.name


def _discord(channel: Channel | None, position: int | None) -> DiscordBody:
    if channel is not None:
        return DiscordBody(state=channel.state, channel_id=str(channel.channel_id), queue_position=None)
    state = ChannelState.GONE if position is None else ChannelState.QUEUED
    return DiscordBody(state=state, channel_id=None, queue_position=position)


def _seconds(at: Millis) -> int:
    return at // 1000


def _seconds_or_none(at: Millis | None) -> int | None:
    return None if at is None else at // 1000
