"""The caller: who they are, and changes of their own account."""

from typing import Annotated, Final

from aiohttp import web
from pydantic import BaseModel, Field, StringConstraints

from accounts.own import OwnChanges
from accounts.passwords import LONGEST, SHORTEST
from api.desks import DESKS
from api.documents.documented import documented
from api.door.accounts import session_of
from api.door.answers import json_answer
from api.door.auth import TokenRefused, token_in
from api.door.bodies import Locale, body_of
from api.door.claims import UserName
from api.door.door import VERIFIER
from api.door.routes import API, reads, writes
from tickets.model import Caller, Person, UserRole
from tickets.ports.accounts import Account
from tickets.refusals import CannotMerge
from tickets.refused_addresses import RefusedAddresses
from wire.objects import TICKETS
from wire.ticket_bodies import TicketBody

Phone = Annotated[
    str,
    StringConstraints(pattern=r"^\+[1-9][0-9]{6,14}$"),
    Field(examples=["+4915112345678"], description="With the country code."),
]


class MeBody(BaseModel):
    """Fields that only accounts of this desk have are null for others. Times are in Unix seconds."""

    id: str
    issuer: str
    username: str
    email: str | None
    role: UserRole
    email_verified: bool | None
    locale: str | None
    phone: str | None
    phone_verified: bool | None
    created_at: int | None


class WholeMeBody(MeBody):
    """``email_refused_at`` is when a mail server said that nobody is at your address: nothing is mailed there
    since then, until you confirm it. Null if it is all right. Whoever is ``blocked`` may read, delete own
    messages, and close without a reason, and nothing else."""

    email_refused_at: int | None
    blocked: bool


class MeChangesBody(BaseModel, extra="forbid"):
    """Fields that are left out stay as they are. Null removes ``locale`` or ``phone``. A new password needs
    the old one."""

    username: UserName | None = None
    locale: Locale | None = None
    phone: Phone | None = None
    password: Annotated[str, StringConstraints(min_length=SHORTEST, max_length=LONGEST)] | None = None
    old_password: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST)] | None = None

    @property
    def changes(self) -> OwnChanges:
        def given(name: str) -> str | None:
            return getattr(self, name) or ("" if name in self.model_fields_set else None)

        return OwnChanges(
            username=self.username,
            locale=given("locale"),
            phone=given("phone"),
            password=self.password,
            old_password=self.old_password,
        )


class ClaimBody(BaseModel, extra="forbid"):
    """A valid token of the guest."""

    guest_token: Annotated[str, StringConstraints(min_length=1, max_length=8_192)]


@documented("Read who you are", answer=WholeMeBody)
async def get_me(request: web.Request, caller: Caller) -> web.Response:
    account = await request.app[DESKS].accounts.own.of(caller)
    return await _answer(request, caller, account)


@documented(
    "Change your account",
    description="For accounts of this desk. A new name is in the next token. A new password ends all other "
    "sessions and all earlier tokens: get the next token of this session.",
    body=MeChangesBody,
    answer=WholeMeBody,
    errors=(403, 429),
)
async def change_me(request: web.Request, caller: Caller) -> web.Response:
    body = await body_of(request, MeChangesBody)
    session_id = session_of(token_in(request.headers.get("Authorization")))
    account = await request.app[DESKS].accounts.own.change(caller, body.changes, session_id=session_id)
    return await _answer(request, caller, account)


@documented(
    "Confirm your e-mail address, to which no mail goes any more because a mail server refused it",
    answer=WholeMeBody,
    errors=(403,),
)
async def confirm_email(request: web.Request, caller: Caller) -> web.Response:
    desks = request.app[DESKS]
    await desks.notifications.confirm_address(caller)
    return await _answer(request, caller, await desks.accounts.own.of(caller))


@documented(
    "Delete your account",
    description="For accounts of this desk. All sessions end, and nobody can sign in any more. Tickets stay.",
    status=204,
    media_types=(),
    errors=(403,),
)
async def delete_me(request: web.Request, caller: Caller) -> web.Response:
    await request.app[DESKS].accounts.own.remove(caller)
    return web.Response(status=204)


@documented(
    "Take over what you did as a guest: tickets, messages, files and events",
    description="For customers of any issuer. 409 unless a guest is merged into a customer. Returns your "
    "newest 100 tickets. If it fails in the middle, ask again: what was done stays done.",
    body=ClaimBody,
    answer=list[TicketBody],
    errors=(403, 409),
)
async def claim_guest(request: web.Request, caller: Caller) -> web.Response:
    body = await body_of(request, ClaimBody)
    desks = request.app[DESKS]
    try:
        guest = (await request.app[VERIFIER].verify(body.guest_token)).caller
    except TokenRefused as refused:
        await desks.accounts.own.must_not_be_blocked(caller)
        raise CannotMerge(f"the token of the guest is not valid: {refused}") from None
    _, tickets = await desks.accounts.guests.claim(caller, guest)
    bodies = await desks.objects.seen_by(caller).tickets(tickets)
    return json_answer(TICKETS.dump_json(bodies))


async def _answer(request: web.Request, caller: Caller, account: Account | None) -> web.Response:
    body = body_of_person(caller.person) if account is None else body_of_account(account)
    desks = request.app[DESKS]
    refused_at = await RefusedAddresses(desks.store).since(body.email)
    whole = WholeMeBody(
        **dict(body),
        email_refused_at=None if refused_at is None else refused_at // 1000,
        blocked=await desks.accounts.own.is_blocked(caller),
    )
    return json_answer(whole.model_dump_json())


def body_of_person(person: Person) -> MeBody:
    return MeBody(
        id=person.key.id,
        issuer=person.key.issuer,
        username=person.name,
        email=person.email,
        role=person.role,
        email_verified=None,
        locale=None,
        phone=None,
        phone_verified=None,
        created_at=None,
    )


def body_of_account(account: Account) -> MeBody:
    return MeBody(
        id=account.key.id,
        issuer=account.key.issuer,
        username=account.username,
        email=account.email,
        role=account.role,
        email_verified=account.email_verified,
        locale=account.locale,
        phone=account.phone,
        phone_verified=account.phone_verified,
        created_at=account.created_at // 1000,
    )


ME: Final = f"{API}/me"

ROUTES: Final = (
    reads(ME, get_me),
    writes("PATCH", ME, change_me),
    writes("DELETE", ME, delete_me),
    writes("POST", f"{ME}/claim", claim_guest),
    writes("POST", f"{ME}/email/confirm", confirm_email),
)
