"""Users of apps, for staff."""

from typing import Annotated, Any, Final, Self

from aiohttp import web
from pydantic import BaseModel, BeforeValidator, Field, StringConstraints, TypeAdapter, model_validator
from pydantic_core import PydanticCustomError

from api.desks import DESKS
from api.documents.documented import documented
from api.door.answers import json_answer
from api.door.bodies import Reason, StaffNote, body_of, whole
from api.door.claims import is_id
from api.door.paging import FROM_LINK, Paging, Parts, link_to_next
from api.door.queries import query_of
from api.door.routes import API, Who, reads, writes
from tickets.desks.user_desk import UserChanges
from tickets.model import Caller, Ticket, UserKey, UserRole
from tickets.ports.lists import Cursor
from tickets.ports.users import Block, User, UserFilter
from tickets.refusals import UserNotFound
from tickets.refused_addresses import RefusedAddresses
from tickets.words import MOST_ASKED, asked_begins
from wire.ticket_bodies import TicketBody


class UserBody(BaseModel):
    """``created_at`` is when they were first seen, in Unix seconds; null if that was not stored. A
    ``blocked`` user may read, delete own messages, and close without a reason, and nothing else. The block
    ends at ``blocked_until``, in Unix seconds; null means never. Only staff sees ``block_reason`` and
    ``note``."""

    id: str
    issuer: str
    username: str
    email: str | None
    role: UserRole
    ticket_count: int
    created_at: int | None
    blocked: bool
    blocked_until: int | None
    block_reason: str | None
    note: str | None


class UserWithTicketsBody(UserBody):
    """With the newest 100 tickets. ``email_refused_at`` is when a mail server said that nobody is at their
    address: nothing is mailed there since then, until they confirm it."""

    email_refused_at: int | None
    tickets: list[TicketBody]


def _tell_what_goes_together(schema: dict[str, Any]) -> None:
    """State in the schema what the validator below checks."""
    schema["if"] = {"not": {"properties": {"blocked": {"const": True}}, "required": ["blocked"]}}
    schema["then"] = {"properties": {it: {"type": "null"} for it in ("blocked_until", "block_reason")}}


class UserChangesBody(BaseModel, extra="forbid", json_schema_extra=_tell_what_goes_together):
    """Fields that are left out stay as they are. An empty note removes the note. ``blocked_until`` and
    ``block_reason`` go with ``blocked: true``. A new block replaces the one before."""

    blocked: bool | None = None
    blocked_until: Annotated[int, Field(ge=0, lt=2**53 // 1000), BeforeValidator(whole)] | None = None
    block_reason: Reason | None = None
    note: StaffNote | None = None

    @model_validator(mode="after")
    def _belong_together(self) -> Self:
        if self.blocked is not True and (self.blocked_until is not None or self.block_reason is not None):
            raise PydanticCustomError(
                "block_without_blocked", "blocked_until and block_reason go with blocked: true"
            )
        return self

    @property
    def changes(self) -> UserChanges:
        until = None if self.blocked_until is None else self.blocked_until * 1000
        block = Block(until, self.block_reason) if self.blocked else None
        return UserChanges(sets_block=self.blocked is not None, block=block, note=self.note)


class MergeBody(BaseModel, extra="forbid"):
    """``from`` is the id of the guest, of the same issuer as the customer."""

    guest: Annotated[str, StringConstraints(min_length=1, max_length=256)] = Field(alias="from")


class UsersQuery(Paging):
    email: Annotated[str, Field(min_length=1, max_length=254)] | None = Field(
        None, description="Their whole address, whatever its case.", examples=["ann@example.org"]
    )
    q: Annotated[str, Field(min_length=1, max_length=200)] | None = Field(
        None,
        description="Words. Each must be the beginning of a word of the name, id or address. The first "
        f"{MOST_ASKED} count.",
        examples=["ann"],
    )
    cursor: Annotated[Cursor, Parts(2, text=True)] | None = Field(None, description=FROM_LINK)


class IssuerQuery(BaseModel, extra="forbid"):
    issuer: Annotated[str, Field(pattern="^[!-~]{1,256}$")] | None = Field(
        None, description="The user's issuer; by default your own."
    )


_USERS = TypeAdapter(list[UserBody])


@documented(
    "Read users, those with the most tickets first",
    description="Users are all people who ever showed a valid token, or opened a ticket in Discord. With "
    "`email` or `q` they are ordered by the word that was found; a page may then be shorter "
    "than `limit`, or empty, although its `Link` names another one.",
    query=UsersQuery,
    answer=list[UserBody],
    errors=(403,),
)
async def list_users(request: web.Request, caller: Caller) -> web.Response:
    query = query_of(request, UsersQuery)
    which = UserFilter(email=query.email, begins=None if query.q is None else asked_begins(query.q))
    users = request.app[DESKS].users
    page = await users.users(caller, after=query.cursor, limit=query.size, which=which)
    bodies = [UserBody(**_fields(it)) for it in page.items]
    return json_answer(_USERS.dump_json(bodies), headers=link_to_next(request, page, query.size))


@documented(
    "Read a user, with their tickets", query=IssuerQuery, answer=UserWithTicketsBody, errors=(403, 404)
)
async def get_user(request: web.Request, caller: Caller) -> web.Response:
    user, tickets = await request.app[DESKS].users.user(caller, user_key(request, caller))
    return await _answer(request, caller, user, tickets)


@documented(
    "Block or unblock a user, and write a note about them",
    description="This works for people who were never here, too: `user_id` and `issuer` name them. Only "
    "admins block staff.",
    query=IssuerQuery,
    body=UserChangesBody,
    answer=UserWithTicketsBody,
    errors=(403, 404),
)
async def change_user(request: web.Request, caller: Caller) -> web.Response:
    body = await body_of(request, UserChangesBody)
    users = request.app[DESKS].users
    user, tickets = await users.change(caller, user_key(request, caller), body.changes)
    return await _answer(request, caller, user, tickets)


@documented(
    "Merge a guest into this customer, who then has the guest's tickets, messages, files and events",
    description="For admins. 409 unless a guest is merged into a customer. If it fails in the middle, ask "
    "again: what was done stays done.",
    query=IssuerQuery,
    body=MergeBody,
    answer=UserWithTicketsBody,
    errors=(403, 404, 409),
)
async def merge_user(request: web.Request, caller: Caller) -> web.Response:
    body = await body_of(request, MergeBody)
    key = user_key(request, caller)
    user, tickets = await request.app[DESKS].users.merge(caller, key, UserKey(key.issuer, body.guest))
    return await _answer(request, caller, user, tickets)


def user_key(request: web.Request, caller: Caller) -> UserKey:
    """The key of the user whom path and query name."""
    return user_of(request, caller, query_of(request, IssuerQuery).issuer)


def user_of(request: web.Request, caller: Caller, issuer: str | None) -> UserKey:
    """The key of the user whom the path names, of the issuer or else of the caller's."""
    user_id = request.match_info["user_id"]
    if not is_id(user_id):
        raise UserNotFound(user_id)
    return UserKey(issuer or caller.key.issuer, user_id)


async def _answer(request: web.Request, caller: Caller, user: User, tickets: list[Ticket]) -> web.Response:
    desks = request.app[DESKS]
    bodies = await desks.objects.seen_by(caller).tickets(tickets)
    refused_at = await RefusedAddresses(desks.store).since(user.person.email)
    body = UserWithTicketsBody(
        **_fields(user),
        email_refused_at=None if refused_at is None else refused_at // 1000,
        tickets=bodies,
    )
    return json_answer(body.model_dump_json())


def _fields(user: User) -> dict[str, object]:
    person, block = user.person, user.block
    return {
        "id": person.key.id,
        "issuer": person.key.issuer,
        "username": person.name,
        "email": person.email,
        "role": person.role,
        "ticket_count": user.ticket_count,
        "created_at": None if user.created_at is None else user.created_at // 1000,
        "blocked": block is not None,
        "blocked_until": None if block is None or block.until is None else block.until // 1000,
        "block_reason": None if block is None else block.reason,
        "note": user.note,
    }


USER: Final = f"{API}/users/{{user_id}}"

ROUTES: Final = (
    reads(f"{API}/users", list_users, Who.STAFF),
    reads(USER, get_user, Who.STAFF),
    writes("PATCH", USER, change_user, Who.STAFF),
    writes("POST", f"{USER}/merge", merge_user, Who.ADMINS),
)
