"""A ticket as the wire shows it, with what belongs to it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from pydantic import BaseModel

from tickets.model import (
    Feedback,
    IssueLevel,
    Millis,
    Person,
    Status,
    SupportRole,
    Ticket,
    UserKey,
    UserRole,
    as_requesters_see,
)
from tickets.ports.channels import Channel, ChannelState
from tickets.ports.readings import Reading, Unread
from tickets.targets import Sla, SlaState, TargetName
from wire.persons import ActorBody, People, PersonBody, actor_body, name_of, person_body


class DiscordBody(BaseModel):
    """The ticket's place in Discord. ``queue_position`` only while it waits for one: 1 is the next, 500 is
    whoever stands further behind."""

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


class TicketRequesterBody(BaseModel):
    """Who asks, as their latest token says, or as staff has introduced them."""

    id: str
    issuer: str
    username: str
    email: str | None
    role: UserRole


def ticket_body(
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
        created_at=seconds(ticket.created_at),
        updated_at=seconds(ticket.updated_at),
        user_role=ticket.requester_role,
        support_role=ticket.support_role,
        issue_level=ticket.issue_level,
        number=ticket.number,
        issuer=ticket.requester.issuer,
        username=name_of(ticket.requester, people),
        assignee=person_body(ticket.assignee, people) if ticket.assignee else None,
        closed_at=seconds_or_none(ticket.closed_at),
        closed_by=actor_body(ticket.closed_by, people) if ticket.closed_by else None,
        close_reason=ticket.close_reason,
        first_response_at=seconds_or_none(ticket.first_response_at),
        last_message_at=seconds_or_none(ticket.last_message_at),
        message_count=ticket.message_count,
        category=ticket.category,
        answers=[FormAnswerBody(id=it.id, question=it.question, answer=it.answer) for it in ticket.answers],
        metadata=ticket.metadata,
        locale=ticket.locale,
        discord=discord,
        feedback=feedback_body(ticket.feedback) if ticket.feedback else None,
        read=ReadingBody(requester_seq=read.requester_seq, staff_seq=read.staff_seq),
        unread=UnreadBody(requester=unread.requester, staff=unread.staff),
        close_asked_at=seconds_or_none(ticket.close_asked_at),
        closes_at=seconds_or_none(ticket.closes_at),
        snoozed_until=seconds_or_none(ticket.snoozed_until) if for_staff else None,
        labels=list(ticket.labels) if for_staff else None,
        subscribers=[person_body(it, people) for it in ticket.subscribers] if for_staff else None,
        links=[LinkBody(id=it.id, number=it.number) for it in ticket.links] if for_staff else None,
        merged_into=ticket.merged_into,
        sla=_sla_body(ticket.sla) if for_staff and ticket.sla else None,
        version=ticket.version,
    )


def feedback_body(it: Feedback) -> FeedbackBody:
    return FeedbackBody(rating=it.rating, comment=it.comment, given_at=seconds(it.given_at))


def requester_body(ticket: Ticket, person: Person | None) -> TicketRequesterBody:
    return TicketRequesterBody(
        id=ticket.requester.id,
        issuer=ticket.requester.issuer,
        username=person.name if person else ticket.requester.id,
        email=person.email if person else None,
        role=person.role if person else ticket.requester_role,
    )


def _sla_body(sla: Sla) -> SlaBody:
    due = {name: seconds_or_none(clock.due_at) for name, clock in sla.clocks.items()}
    return SlaBody(
        first_response_due_at=due.get(TargetName.FIRST_RESPONSE),
        resolution_due_at=due.get(TargetName.RESOLUTION),
        state=sla.state,
    )


def people_around(tickets: Iterable[Ticket]) -> set[UserKey]:
    keys = set()
    for ticket in tickets:
        closer = ticket.closed_by.key if ticket.closed_by else None
        keys |= {ticket.requester, ticket.assignee, closer, *ticket.subscribers}
    return {key for key in keys if key is not None}


def ticket_as_requesters_see(ticket: Ticket) -> Ticket:
    closer = ticket.closed_by
    seen = None if closer is None else as_requesters_see(closer)
    return replace(ticket, closed_by=seen)


def staff_around(ticket: Ticket) -> set[UserKey]:
    return people_around([ticket]) - {ticket.requester}


def discord_body(channel: Channel | None, position: int | None) -> DiscordBody:
    if channel is not None:
        return DiscordBody(state=channel.state, channel_id=str(channel.channel_id), queue_position=None)
    state = ChannelState.GONE if position is None else ChannelState.QUEUED
    return DiscordBody(state=state, channel_id=None, queue_position=position)


def seconds(at: Millis) -> int:
    return at // 1000


def seconds_or_none(at: Millis | None) -> int | None:
    return None if at is None else at // 1000
