"""The wire's objects, made of domain objects and of what the store knows around them."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final, Literal

from pydantic import BaseModel, TypeAdapter

from tickets.file_urls import FileUrls
from tickets.model import (
    SYSTEM,
    Actor,
    Attachment,
    AuthorType,
    Caller,
    Delivery,
    Message,
    Person,
    Ticket,
    TicketId,
    UserKey,
    as_requesters_see,
)
from tickets.ports.readings import UNREAD, Reading, Unread
from tickets.ports.store import Store
from tickets.staff_names import StaffNames
from wire.persons import ActorBody, People, PersonBody, actor_body, person_body
from wire.ticket_bodies import (
    TicketBody,
    TicketRequesterBody,
    discord_body,
    people_around,
    requester_body,
    seconds,
    staff_around,
    ticket_as_requesters_see,
    ticket_body,
)


class FileBody(BaseModel):
    """``size`` is in bytes."""

    id: str
    name: str
    type: str
    size: int
    url: str


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


LAST_POSITION: Final = 500
"""So many places of the queue for channels are counted: as many as a guild has channels. So a page costs the
same, however long the queue is."""

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
        """The member of staff who sees the objects; None if it is nobody of staff."""

    def seen_by(self, caller: Caller) -> "Objects":
        """The same for this caller. Staff always see staff under their own names."""
        return Objects(self._store, self._file_urls, viewer=caller.key) if caller.is_staff else self

    @property
    def hides_staff(self) -> bool:
        """Whether the viewer sees staff under other names and ids than their own."""
        return self._names.hides

    async def ticket(self, ticket: Ticket) -> TicketBody:
        return (await self.tickets([ticket]))[0]

    async def tickets(self, tickets: Sequence[Ticket]) -> list[TicketBody]:
        people = await self._store.people.people(people_around(tickets))
        channels = await self._store.channels.of_tickets([ticket.id for ticket in tickets])
        read = await self._readings(tickets)
        unread = await self._store.views.unread({it.id: read[it.id] for it in tickets if it.message_count})
        queued = {it.id for it in tickets if it.id not in channels and not it.is_closed}
        positions = await self._queue_positions(queued) if queued else {}
        return [
            ticket_body(
                ticket_as_requesters_see(ticket) if self._viewer is None else ticket,
                self._names.shown(people, staff_around(ticket)),
                discord_body(channels.get(ticket.id), positions.get(ticket.id)),
                read[ticket.id],
                unread.get(ticket.id, Unread()),
                for_staff=self._viewer not in (None, ticket.requester),
            )
            for ticket in tickets
        ]

    async def _queue_positions(self, queued: Collection[TicketId]) -> dict[TicketId, int]:
        """A ticket beyond the counted places gets the last position. It may also have just left the queue."""
        queue = await self._store.channels.next_to_get_a_channel(LAST_POSITION)
        behind = dict.fromkeys(queued, LAST_POSITION) if len(queue) == LAST_POSITION else {}
        return behind | {it: position for position, it in enumerate(queue, 1) if it in queued}

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
                fields["requester"] = requester_body(ticket, people.get(ticket.requester))
        return [
            ExpandedTicketBody(**body.__dict__, **fields) for body, fields in zip(bodies, more, strict=True)
        ]

    async def messages(self, messages: Sequence[Message]) -> list[MessageBody]:
        authors = {it.author for it in messages}
        people = await self._people(authors)
        shown = {it: actor_body(self._seen(it), people) for it in authors}
        return [self._message_body(message, shown[message.author]) for message in messages]

    async def persons(self, keys: Iterable[UserKey]) -> list[PersonBody]:
        """Agents, in the order of the keys."""
        wanted = list(keys)
        people = self._names.shown(await self._store.people.people(wanted), wanted)
        return [person_body(key, people) for key in wanted]

    async def actors(self, actors: Sequence[Actor]) -> list[ActorBody]:
        people = await self._people(actors)
        return [actor_body(self._seen(it), people) for it in actors]

    def _seen(self, actor: Actor) -> Actor:
        return as_requesters_see(actor) if self._viewer is None else actor

    async def _people(self, actors: Collection[Actor]) -> People:
        """The actors, with staff under the names that may be seen."""
        people = await self._store.people.people({it.key for it in actors if it.key})
        staff = {it.key for it in actors if it.key and it.type is AuthorType.STAFF}
        return self._names.shown(people, staff)

    def own_message(self, message: Message, author: Person) -> MessageBody:
        """A message whose author is known, so that the store is not asked."""
        return self._message_body(message, actor_body(message.author, {author.key: author}))

    def _message_body(self, message: Message, author: ActorBody) -> MessageBody:
        side = SYSTEM.type if author.type is AuthorType.SERVICE else author.type
        return MessageBody(
            id=message.id,
            ticket_id=message.ticket_id,
            author_id=author.id or "",
            author_name=author.name,
            content=message.content,
            attachments=[self._file_urls.url(file) for file in message.attachments],
            created_at=seconds(message.created_at),
            updated_at=seconds(message.updated_at),
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
