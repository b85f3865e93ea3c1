"""The visitor's own account: name, language, password, where they are signed in, and its end."""

from contextlib import suppress
from typing import Final

from aiohttp import web
from pydantic import BaseModel, ValidationError

from accounts.own import OwnChanges
from accounts.passwords import LONGEST, SHORTEST
from accounts.refusals import PasswordIsWeak, PasswordIsWrong, SessionNotFound
from api.desks import DESKS
from api.door.claims import UserName
from pages.frame.cookies import PORTAL
from pages.frame.frame import FRAME
from pages.frame.languages import named_language
from pages.frame.page import LANGUAGE, render
from pages.frame.posted import posted
from pages.frame.sign_in import Visitor, leave
from pages.portal.registering import NewPassword
from texts.text import Text
from tickets.ports.accounts import email_key
from tickets.refused_addresses import RefusedAddresses

BROWSERS: Final = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "Firefox/": "Firefox",
    "SamsungBrowser/": "Samsung Internet",
    "Chrome/": "Chrome",
    "Safari/": "Safari",
}
"""The browsers, by a word in the name that they give themselves. Most also name other browsers."""
SYSTEMS: Final = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Mac OS": "macOS",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}
_SAVED: Final = Text("account-saved")
_ENDED: Final = Text("account-session-ended")
_CONFIRMED: Final = Text("account-email-confirmed")
_PASSWORD_SAVED: Final = Text("account-password-saved")


class Changes(BaseModel):
    username: UserName


async def show_account(request: web.Request, visitor: Visitor) -> web.StreamResponse:
    return await account_page(request, visitor)


async def change_account(request: web.Request, visitor: Visitor) -> web.StreamResponse:
    """``POST /portal/account``: name and language."""
    form = await posted(request)
    language = named_language(form.get("locale"))
    try:
        given = Changes(username=form.get("username", "").strip())
    except ValidationError:
        return await account_page(request, visitor, wrong={"username": Text("register-name-wrong")})
    changes = OwnChanges(username=given.username, locale=language.value if language else None)
    account = await own_changed(request, visitor, changes)
    if language is not None:
        request[LANGUAGE] = language
    return await account_page(request, account, notice=_SAVED)


async def change_password(request: web.Request, visitor: Visitor) -> web.StreamResponse:
    """``POST /portal/account/password``: all other sessions end."""
    form = await posted(request)
    try:
        given = NewPassword.model_validate(form)
        changes = OwnChanges(
            password=given.password, old_password=form.get("old_password", "")[: LONGEST + 1]
        )
        changed = await own_changed(request, visitor, changes)
    except ValidationError:
        wrong = {"password": Text("register-password-wrong", shortest=SHORTEST)}
    except PasswordIsWeak:
        wrong = {"password": Text("register-password-weak")}
    except PasswordIsWrong:
        wrong = {"old_password": Text("account-old-password-wrong")}
    else:
        return await account_page(request, changed, notice=_PASSWORD_SAVED)
    return await account_page(request, visitor, wrong=wrong)


async def end_session(request: web.Request, visitor: Visitor) -> web.StreamResponse:
    """``POST /portal/account/sessions``: end one that is not this."""
    form = await posted(request)
    with suppress(SessionNotFound):  # it may have ended already
        await request.app[DESKS].accounts.signing_in.end(visitor.caller, form.get("session", ""))
    return await account_page(request, visitor, notice=_ENDED)


async def delete_account(request: web.Request, visitor: Visitor) -> web.StreamResponse:
    """``POST /portal/account/delete``, with the address, so that it is no slip."""
    form = await posted(request)
    email = visitor.caller.person.email
    if email is None or email_key(form.get("delete_email", "")) != email_key(email):
        return await account_page(request, visitor, wrong={"delete_email": Text("account-email-differs")})
    await request.app[DESKS].accounts.own.remove(visitor.caller)
    return await leave(request, PORTAL, request.app[FRAME].path("/portal/login?done=gone"))


async def confirm_email(request: web.Request, visitor: Visitor) -> web.StreamResponse:
    """``POST /portal/account/email``: mails go to the visitor's address again, which was refused."""
    await request.app[DESKS].notifications.confirm_address(visitor.caller)
    return await account_page(request, visitor, notice=_CONFIRMED)


def device_name(agent: str) -> str:
    """What people call a device, made from the name that its browser gives itself: Firefox, Android."""
    browser = next((name for mark, name in BROWSERS.items() if mark in agent), "")
    system = next((name for mark, name in SYSTEMS.items() if mark in agent), "")
    return ", ".join(filter(None, (browser, system))) or agent[:60]


async def own_changed(request: web.Request, visitor: Visitor, changes: OwnChanges) -> Visitor:
    """The visitor with the changed account."""
    accounts = request.app[DESKS].accounts
    account = await accounts.own.change(visitor.caller, changes, session_id=visitor.session.id)
    return Visitor(visitor.caller, account, visitor.session)


async def account_page(
    request: web.Request,
    visitor: Visitor,
    *,
    notice: Text | None = None,
    wrong: dict[str, Text] | None = None,
) -> web.Response:
    """The page, with what was done or what is wrong."""
    return render(
        request,
        "portal/account.html.jinja",
        status=400 if wrong else 200,
        visitor=visitor,
        mail_refused=await RefusedAddresses(request.app[DESKS].store).since(visitor.caller.person.email),
        has_sms=request.app[DESKS].phones.can_send,
        device_name=device_name,
        sessions=await request.app[DESKS].accounts.signing_in.sessions(visitor.caller),
        notice=notice,
        wrong=wrong or {},
        shortest=SHORTEST,
        longest=LONGEST,
    )
