"""Accounts of people who sign in here: registering, new passwords, and changes by admins."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import StrEnum
from typing import Annotated, Final

from aiohttp import web
from pydantic import BaseModel, Field, StringConstraints, TypeAdapter

from accounts.own import AccountChanges
from accounts.passwords import LONGEST, SHORTEST
from accounts.registering import Authority, NewAccount
from api.desks import DESKS
from api.documents.documented import documented
from api.door.addresses import address_of
from api.door.answers import json_answer
from api.door.auth import TokenRefused, token_in
from api.door.bodies import Locale, body_of
from api.door.claims import Email, UserName
from api.door.door import VERIFIER
from api.door.limits import Limit, network
from api.door.paging import FROM_LINK, Paging, Parts, link_to_next
from api.door.queries import query_of
from api.door.routes import API, OpenRoute, Who, reads, writes
from api.resources.me import MeBody, body_of_account
from tickets.model import Caller, UserRole
from tickets.ports.accounts import Account
from tickets.ports.lists import Cursor

Password = Annotated[
    str,
    StringConstraints(min_length=SHORTEST, max_length=LONGEST),
    Field(examples=["a horse of another kind"]),
]
MailedToken = Annotated[str, StringConstraints(min_length=1, max_length=256, pattern="^[!-~]+$")]
EVEN: Final = 0.25
"""Seconds. Answers that must look the same for every address come after a multiple of this."""


class AccountRole(StrEnum):
    CUSTOMER = "CUSTOMER"
    AGENT = "AGENT"
    ADMIN = "ADMIN"


class NewAccountBody(BaseModel, extra="forbid"):
    """A role of staff needs `Authorization: Bearer`: the key for staff (for `AGENT`), or an admin's token."""

    email: Email = Field(examples=["casey@example.com"])
    password: Password
    username: UserName = Field(examples=["Casey"])
    role: AccountRole | None = None
    locale: Locale | None = None


class AccountBody(MeBody):
    disabled: bool


class RegisteredBody(BaseModel):
    user: MeBody


class PendingBody(BaseModel):
    """A mail says how to go on. The answer is the same if there is an account already."""

    status: str = "mail_sent"


class VerifyBody(BaseModel, extra="forbid"):
    """The token as it was mailed, and the password that was chosen at registering."""

    token: MailedToken
    password: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST)] | None = Field(
        None, examples=["a horse of another kind"]
    )


class ForgotBody(BaseModel, extra="forbid"):
    email: Email = Field(examples=["casey@example.com"])


class ResetBody(BaseModel, extra="forbid"):
    """`username` counts where the address was not confirmed before."""

    token: MailedToken
    password: Password
    username: UserName | None = Field(None, examples=["Casey"])


class AccountChangesBody(BaseModel, extra="forbid"):
    """Fields that are left out stay as they are."""

    role: AccountRole | None = None
    disabled: bool | None = None


class AccountsQuery(Paging):
    cursor: Annotated[Cursor, Parts(0, text=True)] | None = Field(None, description=FROM_LINK)


_ACCOUNTS = TypeAdapter(list[AccountBody])
_PENDING: Final = PendingBody().model_dump_json()


@documented(
    "Register",
    description="With mail set up this is 202 for every address, and the account works once the address is "
    "confirmed. Without mail it is 201, or 409 where the address has an account.",
    body=NewAccountBody,
    answer=RegisteredBody,
    status=201,
    answers={202: PendingBody},
    errors=(403, 404, 409, 429, 503),
)
async def register(request: web.Request) -> web.Response:
    body = await body_of(request, NewAccountBody)
    new = NewAccount(
        email=body.email,
        password=body.password,
        username=body.username,
        role=UserRole(body.role or UserRole.CUSTOMER),
        locale=body.locale,
    )
    authority = await _authority(request, new.role)
    async with in_even_time():
        account = await request.app[DESKS].accounts.registering.register(
            new, authority, network=network_of(request)
        )
    if account is None:
        return json_answer(_PENDING, status=202)
    return json_answer(RegisteredBody(user=body_of_account(account)).model_dump_json(), status=201)


@documented(
    "Confirm the address of a new account, which can be used from now on",
    description="A stranger may have registered the address. So ask whoever opens the mailed link for the "
    "password, and send it: only the one that was chosen at registering confirms. Another one gets 401, and "
    "counts like a failed sign-in; the token stays good. Whoever does not know the password sets a new one "
    "with the same token, by `POST /accounts/reset`.",
    body=VerifyBody,
    answer=RegisteredBody,
    errors=(401, 404, 409, 429, 503),
)
async def verify_account(request: web.Request) -> web.Response:
    body = await body_of(request, VerifyBody)
    account = await request.app[DESKS].accounts.registering.verify(
        body.token, body.password, network=network_of(request)
    )
    return json_answer(RegisteredBody(user=body_of_account(account)).model_dump_json())


@documented(
    "Ask for a mail to replace a forgotten password",
    description="202 for every address, and a mail to each: how to get an account, where there is none.",
    body=ForgotBody,
    answer=PendingBody,
    status=202,
    errors=(404, 429, 503),
)
async def forgot_password(request: web.Request) -> web.Response:
    body = await body_of(request, ForgotBody)
    async with in_even_time():
        await request.app[DESKS].accounts.registering.forgot(body.email)
    return json_answer(_PENDING, status=202)


@documented(
    "Replace a forgotten password, and end all sessions",
    description="The token that confirms a new account is good here, too: the account works from now on, "
    "with this password and `username`, or, without it, under the beginning of its address: a stranger may "
    "have chosen the name at registering.",
    body=ResetBody,
    answer=RegisteredBody,
    errors=(404, 409, 429, 503),
)
async def reset_password(request: web.Request) -> web.Response:
    body = await body_of(request, ResetBody)
    account = await request.app[DESKS].accounts.registering.reset(
        body.token, body.password, username=body.username, network=network_of(request)
    )
    return json_answer(RegisteredBody(user=body_of_account(account)).model_dump_json())


@documented("Read accounts, newest first", query=AccountsQuery, answer=list[AccountBody], errors=(403, 404))
async def list_accounts(request: web.Request, caller: Caller) -> web.Response:
    query = query_of(request, AccountsQuery)
    page = await request.app[DESKS].accounts.own.accounts(caller, after=query.cursor, limit=query.size)
    bodies = [_body(it) for it in page.items]
    return json_answer(_ACCOUNTS.dump_json(bodies), headers=link_to_next(request, page, query.size))


@documented(
    "Change the role of an account, disable or enable it",
    description="Earlier tokens of the account become invalid. Nobody can change their own account here.",
    body=AccountChangesBody,
    answer=AccountBody,
    errors=(403, 404, 409),
)
async def change_account(request: web.Request, caller: Caller) -> web.Response:
    body = await body_of(request, AccountChangesBody)
    role = None if body.role is None else UserRole(body.role)
    account = await request.app[DESKS].accounts.own.administer(
        caller, request.match_info["account_id"], AccountChanges(role=role, disabled=body.disabled)
    )
    return json_answer(_body(account).model_dump_json())


@asynccontextmanager
async def in_even_time() -> AsyncIterator[None]:
    """Answer after a time that does not tell what was found."""
    began = time.monotonic()
    try:
        yield
    finally:
        await asyncio.sleep(EVEN - (time.monotonic() - began) % EVEN)


def network_of(request: web.Request) -> str:
    """The address or network that the request counts against."""
    return network(address_of(request))


async def _authority(request: web.Request, role: UserRole) -> Authority:
    """What the request presents for a role of staff: the key, or the token of an admin."""
    if not role.is_staff or "Authorization" not in request.headers:
        return Authority()
    try:
        shown = token_in(request.headers["Authorization"])
        if shown.count(".") != 2:
            return Authority(key=shown)
        caller = (await request.app[VERIFIER].verify(shown)).caller
    except TokenRefused:
        return Authority(key=request.headers["Authorization"].rpartition(" ")[2])
    await request.app[DESKS].accounts.own.must_not_be_blocked(caller)
    return Authority(is_admin=caller.person.role is UserRole.ADMIN)


def _body(account: Account) -> AccountBody:
    return AccountBody(**body_of_account(account).model_dump(), disabled=account.disabled)


ROUTES: Final = (
    OpenRoute(f"{API}/accounts", register, "POST", Limit("register", 20, 3600)),
    OpenRoute(f"{API}/accounts/verify", verify_account, "POST", Limit("verify_account", 30)),
    OpenRoute(f"{API}/accounts/forgot", forgot_password, "POST", Limit("forgot_password", 20, 3600)),
    OpenRoute(f"{API}/accounts/reset", reset_password, "POST", Limit("reset_password", 30)),
    reads(f"{API}/accounts", list_accounts, Who.ADMINS),
    writes("PATCH", f"{API}/accounts/{{account_id}}", change_account, Who.ADMINS),
)
