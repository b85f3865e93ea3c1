"""Whether the process answers at all, and whether it can do its work."""

from typing import Literal

from aiohttp import web
from pydantic import BaseModel

from api.answers import json_answer
from api.documented import documented
from api.keys import DISCORD_FAULT, STANDING_FAULTS, STORE
from tickets.ports import StoreUnavailable


class HealthBody(BaseModel):
    status: Literal["ok"] = "ok"


class ReadinessBody(BaseModel):
    """``store`` and ``discord`` are ``ok``, or what is the matter; ``faults`` what people have to put right
    meanwhile, as a role that is missing in the guild."""

    status: Literal["ok", "unavailable"]
    store: Literal["ok", "unavailable"]
    discord: str
    faults: list[str]


@documented("Whether the process answers", answer=HealthBody)
async def healthz(_: web.Request) -> web.Response:
    """``GET /healthz``; whether the store answers is no part of it."""
    return json_answer('{"status":"ok"}')


@documented(
    "Whether store and Discord are there, each by name",
    description="Without Discord the API serves all the same, and tickets wait.",
    answer=ReadinessBody,
    answers={503: ReadinessBody},
)
async def readyz(request: web.Request) -> web.Response:
    """``GET /readyz``: 200 once store and Discord are there, else 503."""
    discord = request.app[DISCORD_FAULT]() or "ok"
    try:
        await request.app[STORE].check()
        store = True
    except StoreUnavailable:
        store = False
    ready = store and discord == "ok"
    body = ReadinessBody(
        status="ok" if ready else "unavailable",
        store="ok" if store else "unavailable",
        discord=discord,
        faults=request.app[STANDING_FAULTS](),
    )
    return json_answer(body.model_dump_json(), status=200 if ready else 503)
