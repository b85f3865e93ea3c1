"""Looks, for admins: who of staff has looked at which record or person."""

from collections.abc import Mapping
from typing import Annotated, Any, Final

from aiohttp import web
from pydantic import BaseModel, Field, TypeAdapter

from api.desks import DESKS
from api.documents.documented import documented
from api.door.answers import json_answer
from api.door.paging import FROM_LINK, Paging, Parts, link_to_next
from api.door.queries import query_of
from api.door.routes import API, Who, reads
from tickets.model import Caller, Person, UserKey
from tickets.ports.lists import Cursor
from tickets.ports.looks import Look, LookFilter, LookKind

Seconds = Annotated[int, Field(ge=0, lt=2**53 // 1000)]
Id = Annotated[str, Field(min_length=1, max_length=256)]
Issuer = Annotated[str, Field(pattern="^[!-~]{1,256}$")]


class LookerBody(BaseModel):
    """``name`` is null once the person is erased."""

    id: str
    issuer: str
    name: str | None


class LookedAtTicketBody(BaseModel):
    id: str
    number: int


class LookBody(BaseModel):
    """``by`` has looked at the record or conversation of a ticket, at a user, or at a file with everything
    about one. ``user`` is the person looked at; for a ticket, its requester at that time. Repeated looks
    within the same minute of the clock are one look; at a conversation, within the same ten minutes."""

    id: str
    at: int
    kind: LookKind
    by: LookerBody
    user: LookerBody
    ticket: LookedAtTicketBody | None

    @classmethod
    def of(cls, look: Look, people: Mapping[UserKey, Person]) -> "LookBody":
        def named(key: UserKey) -> LookerBody:
            person = people.get(key)
            return LookerBody(id=key.id, issuer=key.issuer, name=person.name if person else None)

        ticket = None
        if look.ticket_id is not None and look.ticket_number is not None:
            ticket = LookedAtTicketBody(id=look.ticket_id, number=look.ticket_number)
        return cls(
            id=look.id,
            at=look.at // 1000,
            kind=look.kind,
            by=named(look.by),
            user=named(look.user),
            ticket=ticket,
        )


class LooksQuery(Paging):
    cursor: Annotated[Cursor, Parts(1, text=True)] | None = Field(None, description=FROM_LINK)
    kind: LookKind | None = None
    by: Id | None = Field(None, description="The id of the person who has looked.")
    by_issuer: Issuer | None = Field(None, description="The issuer of that user; by default your own.")
    user_id: Id | None = Field(None, description="The id of the person looked at.")
    issuer: Issuer | None = Field(None, description="The issuer of that user; by default your own.")
    ticket: Annotated[int, Field(ge=1, lt=2**53)] | None = Field(None, description="The ticket's number.")
    after: Seconds | None = Field(None, description="From this time on, in Unix seconds.")
    before: Seconds | None = Field(None, description="Before this time, in Unix seconds.")

    def filter(self, own: str) -> LookFilter:
        """``own`` is the caller's issuer."""
        return LookFilter(
            by=UserKey(self.by_issuer or own, self.by) if self.by else None,
            user=UserKey(self.issuer or own, self.user_id) if self.user_id else None,
            kind=self.kind,
            ticket_number=self.ticket,
            since=None if self.after is None else self.after * 1000,
            until=None if self.before is None else self.before * 1000,
        )


_BODIES: Final[TypeAdapter[Any]] = TypeAdapter(list[LookBody])


@documented(
    "Read who of staff has looked at which record or person, the newest first",
    query=LooksQuery,
    answer=list[LookBody],
    errors=(403,),
)
async def list_looks(request: web.Request, caller: Caller) -> web.Response:
    query, desks = query_of(request, LooksQuery), request.app[DESKS]
    which = query.filter(caller.key.issuer)
    page = await desks.looks.looks(caller, which, after=query.cursor, limit=query.size)
    people = await desks.store.people.people({key for it in page.items for key in (it.by, it.user)})
    bodies = [LookBody.of(it, people) for it in page.items]
    return json_answer(_BODIES.dump_json(bodies), headers=link_to_next(request, page, query.size))


ROUTES: Final = (reads(f"{API}/looks", list_looks, Who.ADMINS),)
