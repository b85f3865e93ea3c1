"""Registering, confirming an address, and a new password for those who forgot theirs."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Annotated, Final

from aiohttp import web
from pydantic import BaseModel, Field, ValidationError

from accounts.passwords import LONGEST, SHORTEST
from accounts.refusals import (
    EmailIsTaken,
    LinkIsNoGood,
    LoginFailed,
    PasswordIsWeak,
    TooBusy,
    TooManyTries,
)
from accounts.registering import Authority, NewAccount
from api.desks import DESKS
from api.door.addresses import address_of
from api.door.claims import Email, UserName
from api.door.limits import Limit, network
from api.resources.accounts import in_even_time
from pages.frame.cookies import PORTAL
from pages.frame.entering import why_refused
from pages.frame.frame import FRAME
from pages.frame.guests import FIELD, guest_of
from pages.frame.languages import CHOSEN, named_language
from pages.frame.page import LANGUAGE, admit, reader_of, render
from pages.frame.posted import posted
from pages.frame.sign_in import device_of, enter, visitor_of
from texts.text import Text

Password = Annotated[str, Field(min_length=SHORTEST, max_length=LONGEST)]
WRONG: Final[Mapping[str, Text]] = {
    "email": Text("register-email-wrong"),
    "username": Text("register-name-wrong"),
    "password": Text("register-password-wrong", shortest=SHORTEST),
}
REGISTRATIONS: Final = Limit("registrations", 20, 3600)
FORGOTTEN: Final = Limit("forgotten passwords", 20, 3600)
"""Those that one address may send, as over the API: each may be a mail to somebody."""
_TAKEN: Final = Text("register-email-taken")
_WEAK: Final = Text("register-password-weak")
_NOT_IT: Final = Text("verify-password-wrong")


class Mailed(BaseModel):
    email: Email


class Registration(Mailed):
    username: UserName
    password: Password


class NewPassword(BaseModel):
    password: Password


class NewOwner(NewPassword):
    """What whoever did not register the account enters to have it."""

    username: UserName


def faults_of(error: ValidationError) -> dict[str, Text]:
    return {name: WRONG[name] for it in error.errors() if (name := str(it["loc"][0])) in WRONG}


async def show_register(request: web.Request) -> web.StreamResponse:
    if await visitor_of(request, PORTAL) is not None:
        raise web.HTTPSeeOther(request.app[FRAME].path(PORTAL.path))
    return _register(request, {}, {})


async def register(request: web.Request) -> web.StreamResponse:
    """``POST /portal/register``: signed in at once where addresses are not confirmed."""
    form = await posted(request)
    if (language := named_language(form.get(CHOSEN))) is not None:
        request[LANGUAGE] = language
    try:
        given = Registration.model_validate(_trimmed(form))
        new = NewAccount(
            email=given.email,
            password=given.password,
            username=given.username,
            locale=reader_of(request).value,
            guest=await guest_of(request, form.get(FIELD, "")),
        )
        accounts, where = request.app[DESKS].accounts, network(address_of(request))
        await admit(request, REGISTRATIONS, where)
        async with in_even_time():
            account = await accounts.registering.register(new, Authority(), network=where)
    except ValidationError as error:
        return _register(request, form, faults_of(error))
    except PasswordIsWeak:
        return _register(request, form, {"password": _WEAK})
    except EmailIsTaken:
        return _register(request, form, {"email": _TAKEN})
    if account is None:
        return render(request, "portal/mailed.html.jinja", email=given.email, what=Text("register-mailed"))
    signed = await accounts.signing_in.begin(account.person, device_of(request), account)
    return enter(request, PORTAL, signed.refresh_token, request.app[FRAME].path(PORTAL.path))


async def show_verify(request: web.Request) -> web.StreamResponse:
    """``GET /portal/verify``: a form, because programs that read mail follow links, too. It asks for the
    password, because a stranger may have registered the address with one that only the stranger knows."""
    return _verify(request, request.query.get("token", ""))


async def verify(request: web.Request) -> web.StreamResponse:
    """``POST /portal/verify``. Nobody is signed in by it: a link that a stranger sent would sign people in to
    the stranger's account."""
    form = await posted(request)
    token, password = form.get("token", ""), form.get("password", "")[: LONGEST + 1]
    registering, where = request.app[DESKS].accounts.registering, network(address_of(request))
    try:
        await registering.verify(token, password, network=where)
    except (LinkIsNoGood, EmailIsTaken):
        return _verify(request, "", status=400, is_over=True)
    except (LoginFailed, TooManyTries, TooBusy) as error:
        status, wrong, headers = why_refused(error, _NOT_IT)
        answer = _verify(request, token, status=status, wrong=wrong)
        answer.headers.update(headers)
        return answer
    raise web.HTTPSeeOther(request.app[FRAME].path("/portal/login?done=verified"))


async def show_forgot(request: web.Request) -> web.StreamResponse:
    return render(request, "portal/forgot.html.jinja")


async def forgot(request: web.Request) -> web.StreamResponse:
    """``POST /portal/forgot``: the same answer whether there is such an account or not."""
    form = await posted(request)
    email = form.get("email", "").strip()[:320]
    await admit(request, FORGOTTEN, network(address_of(request)))
    async with in_even_time():
        with suppress(ValidationError):  # what is no address has no account either
            await request.app[DESKS].accounts.registering.forgot(Mailed(email=email).email)
    return render(request, "portal/mailed.html.jinja", email=email, what=Text("forgot-mailed"))


async def show_reset(request: web.Request) -> web.StreamResponse:
    """``GET /portal/reset``. With ``owner`` it asks for a name, too: the account is new, and a stranger may
    have named it."""
    return _reset(request, request.query.get("token", ""), is_new="owner" in request.query)


async def reset(request: web.Request) -> web.StreamResponse:
    form = await posted(request)
    token, is_new, wrong = form.get("token", ""), "username" in form, dict[str, Text]()
    registering, where = request.app[DESKS].accounts.registering, network(address_of(request))
    try:
        given = (NewOwner if is_new else NewPassword).model_validate(_trimmed(form))
        name = given.username if isinstance(given, NewOwner) else None
        await registering.reset(token, given.password, username=name, network=where)
    except ValidationError as error:
        wrong = faults_of(error)
    except PasswordIsWeak:
        wrong = {"password": _WEAK}
    except (LinkIsNoGood, EmailIsTaken):
        return _reset(request, "", is_over=True)
    if wrong:
        return _reset(request, token, is_new=is_new, username=form.get("username", ""), wrong=wrong)
    raise web.HTTPSeeOther(request.app[FRAME].path("/portal/login?done=reset"))


def _trimmed(form: Mapping[str, str]) -> dict[str, str]:
    return {**form, **{it: form.get(it, "").strip() for it in ("email", "username")}}


def _register(request: web.Request, form: Mapping[str, str], wrong: Mapping[str, Text]) -> web.Response:
    return render(
        request,
        "portal/register.html.jinja",
        status=400 if wrong else 200,
        email=form.get("email", ""),
        username=form.get("username", ""),
        guest_token=form.get(FIELD, ""),
        wrong=wrong,
        shortest=SHORTEST,
        longest=LONGEST,
    )


def _verify(
    request: web.Request, token: str, *, status: int = 200, wrong: Text | None = None, is_over: bool = False
) -> web.Response:
    return render(
        request, "portal/verify.html.jinja", status=status, token=token, wrong=wrong, is_over=is_over
    )


def _reset(
    request: web.Request,
    token: str,
    *,
    is_new: bool = False,
    username: str = "",
    wrong: Mapping[str, Text] | None = None,
    is_over: bool = False,
) -> web.Response:
    return render(
        request,
        "portal/reset.html.jinja",
        status=400 if wrong or is_over else 200,
        token=token,
        is_new=is_new,
        username=username,
        wrong=wrong or {},
        is_over=is_over,
        shortest=SHORTEST,
        longest=LONGEST,
    )
