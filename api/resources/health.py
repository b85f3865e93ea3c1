"""Whether the process answers at all, and whether it can do its work."""

import asyncio
from typing import Final, Literal

from aiohttp import web
from pydantic import BaseModel

from api.desks import DESKS, Role
from api.documents.documented import documented
from api.door.answers import json_answer
from api.door.routes import OpenRoute
from tickets.ports.store import StoreUnavailable

PATIENCE: Final = 0.8
"""Seconds that the store may take to answer: whoever asks is answered within one."""


class HealthBody(BaseModel):
    status: Literal["ok"] = "ok"


class ReadinessBody(BaseModel):
    """``store`` and ``discord`` are ``ok``, or what is the matter; a process that does not lead says to whom
    Discord is left. ``faults`` are what people have to put right meanwhile, as a role that is missing in the
    guild."""

    status: Literal["ok", "unavailable"]
    role: Role
    store: Literal["ok", "unavailable"]
    discord: str
    faults: list[str]


@documented("Whether the process answers", answer=HealthBody)
async def healthz(_: web.Request) -> web.Response:
    """``GET /healthz``. It does not ask the store."""
    return json_answer('{"status":"ok"}')


@documented(
    "Whether store and Discord are there, each by name",
    description="Without Discord the API serves all the same, and tickets wait.",
    answer=ReadinessBody,
    answers={503: ReadinessBody},
)
async def readyz(request: web.Request) -> web.Response:
    """``GET /readyz``: 200 once store and Discord are there, else 503. Where another process leads, or is
    to lead, Discord is left to that one."""
    desks = request.app[DESKS]
    role, discord = desks.process.role(), desks.process.discord_fault() or "ok"
    leader: str | None = None
    try:
        async with asyncio.timeout(PATIENCE):
            await desks.store.check()
            if role is not Role.LEADER:
                leader = (await desks.store.lease.observe()).holder
                discord = f"left to {leader}" if leader else "nobody leads"
        store = True
    except (StoreUnavailable, TimeoutError):
        store = False
    ready = store and (discord == "ok" or role is Role.API or leader is not None)
    body = ReadinessBody(
        status="ok" if ready else "unavailable",
        role=role,
        store="ok" if store else "unavailable",
        discord=discord,
        faults=desks.process.standing_faults(),
    )
    return json_answer(body.model_dump_json(), status=200 if ready else 503)


ROUTES: Final = (OpenRoute("/healthz", healthz), OpenRoute("/readyz", readyz))
