"""Confirming the phone of an account by a code."""

from typing import Annotated, Final

from aiohttp import web
from pydantic import BaseModel, Field

from api.desks import DESKS
from api.documents.documented import documented
from api.door.answers import json_answer
from api.door.bodies import body_of
from api.door.limits import Limit
from api.door.routes import API, Route
from api.resources.me import MeBody, body_of_account
from tickets.model import Caller


class CodeBody(BaseModel, extra="forbid"):
    """The code in the text message."""

    code: Annotated[str, Field(pattern="^[0-9]{8}$", examples=["01234567"])]


@documented(
    "Send a code to your account's phone",
    description="409 if text messages are not set up, or the account has no phone (`PATCH /me`).",
    status=202,
    media_types=(),
    errors=(403, 409),
)
async def send_phone_code(request: web.Request, caller: Caller) -> web.Response:
    await request.app[DESKS].phones.send_code(caller)
    return web.Response(status=202)


@documented(
    "Confirm your account's phone with the code",
    description="The code is valid once, for 15 minutes.",
    body=CodeBody,
    answer=MeBody,
    errors=(403, 409),
)
async def confirm_phone(request: web.Request, caller: Caller) -> web.Response:
    body = await body_of(request, CodeBody)
    account = await request.app[DESKS].phones.confirm(caller, body.code)
    return json_answer(body_of_account(account).model_dump_json())


PHONE: Final = f"{API}/me/phone"

ROUTES: Final = (
    Route("POST", PHONE, send_phone_code, Limit("send_phone_code", 3, 3600)),
    Route("POST", f"{PHONE}/confirm", confirm_phone, Limit("confirm_phone", 10, 3600)),
)
