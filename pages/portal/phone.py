"""The visitor's phone for text messages: entered, and confirmed by the code that is sent to it."""

import re
from typing import Final

from aiohttp import web

from accounts.own import OwnChanges
from accounts.refusals import CodeIsNoGood, TooManyTries
from api.desks import DESKS
from api.door.errors import RateLimited
from api.door.limits import Limit
from pages.frame.page import admit
from pages.frame.posted import posted
from pages.frame.sign_in import Visitor
from pages.portal.account import account_page, own_changed
from texts.text import Text

CODES: Final = Limit("codes of a visitor", 3, 3600)
CONFIRMING: Final = Limit("codes that a visitor enters", 10, 3600)
_NUMBER: Final = re.compile(r"\+[1-9][0-9]{6,14}")
_BETWEEN: Final = re.compile(r"[\s()/.-]|\u00a0")
_LONGEST: Final = 40


async def change_phone(request: web.Request, visitor: Visitor) -> web.StreamResponse:
    """``POST /portal/account/phone``: a code is sent to the number; an empty one removes it."""
    number = _as_number((await posted(request)).get("phone", ""))
    if number is None:
        return await account_page(request, visitor, wrong={"phone": Text("account-phone-wrong")})
    changed = await own_changed(request, visitor, OwnChanges(phone=number))
    account = changed.account
    if account is None or account.phone is None or account.phone_verified:
        return await account_page(request, changed, notice=Text("account-saved"))
    try:
        await admit(request, CODES, visitor.caller.key)
        await request.app[DESKS].phones.send_code(visitor.caller)
    except (RateLimited, TooManyTries):
        return await account_page(request, changed, wrong={"phone": Text("account-phone-too-often")})
    return await account_page(request, changed, notice=Text("account-code-sent"))


async def confirm_phone(request: web.Request, visitor: Visitor) -> web.StreamResponse:
    code = "".join((await posted(request)).get("code", "").split())
    await admit(request, CONFIRMING, visitor.caller.key)
    try:
        account = await request.app[DESKS].phones.confirm(visitor.caller, code)
    except CodeIsNoGood:
        return await account_page(request, visitor, wrong={"code": Text("account-code-wrong")})
    confirmed = Visitor(visitor.caller, account, visitor.session)
    return await account_page(request, confirmed, notice=Text("account-phone-confirmed"))


def _as_number(text: str) -> str | None:
    """The number as it is dialled from everywhere, empty for none; None if it is no such number."""
    number = _BETWEEN.sub("", text[:_LONGEST])
    if number.startswith("00"):
        number = f"+{number[2:]}"
    return number if not number or _NUMBER.fullmatch(number) else None
