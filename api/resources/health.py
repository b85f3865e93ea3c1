"""Whether the process answers at all, and whether it can do its work."""

import asyncio
from typing import Final, Literal

from aiohttp import web
from pydantic import BaseModel, Field

from api.desks import DESKS, Role
from api.documents.documented import documented
from api.door.answers import json_answer
from api.door.arrivals import told
from api.door.bodies import query_of
from api.door.routes import OpenRoute
from tickets.ports.store import StoreUnavailable

PATIENCE: Final = 0.8
"""Seconds that the store may take to answer: whoever asks is answered within one."""


class HealthBody(BaseModel):
    status: Literal["ok"] = "ok"


class ReadinessQuery(BaseModel, extra="forbid"):
    strict: bool = Field(False, description="503 also while there are faults.")


class StandingFaultBody(BaseModel):
    """Something that people have to put right, as a role that is missing in the guild. The ``code`` of a kind
    never changes; its words may."""

    code: str
    what: str
    cure: str


class ReadinessBody(BaseModel):
    """``store`` and ``discord`` are ``ok``, or what is the matter; a process that does not lead says to whom
    Discord is left. ``faults`` are what people have to put right meanwhile, a line for each;
    ``fault_details`` are the same."""

    status: Literal["ok", "unavailable"]
    role: Role
    store: Literal["ok", "unavailable"]
    discord: str
    faults: list[str]
    fault_details: list[StandingFaultBody]


@documented("Whether the process answers", answer=HealthBody)
async def healthz(request: web.Request) -> web.Response:
    """``GET /healthz``. It does not ask the store. The doctor is told how its request came."""
    return json_answer('{"status":"ok"}', headers=told(request))


@documented(
    "Whether store and Discord are there, each by name",
    description="Without Discord the API serves all the same, and tickets wait.",
    query=ReadinessQuery,
    answer=ReadinessBody,
    answers={503: ReadinessBody},
)
async def readyz(request: web.Request) -> web.Response:
    """``GET /readyz``: 200 once store and Discord are there, else 503; with ``strict`` only without faults.

    Where another process leads, or is to lead, Discord is left to that one."""
    strict = query_of(request, ReadinessQuery).strict
    desks = request.app[DESKS]
    role, discord = desks.process.role(), desks.process.discord_fault() or "ok"
    leader: str | None = None
    try:
        async with asyncio.timeout(PATIENCE):
            await desks.store.check()
            if role is not Role.LEADER:
                holder = (await desks.store.lease.observe()).holder
                leader = holder if holder != desks.process.name else None
                discord = f"left to {leader}" if leader else "nobody leads"
        store = True
    except (StoreUnavailable, TimeoutError):
        store = False
    faults = desks.process.standing_faults()
    is_fit = not any(strict or fault.is_dangerous for fault in faults)
    ready = store and is_fit and (discord == "ok" or role is Role.API or leader is not None)
    body = ReadinessBody(
        status="ok" if ready else "unavailable",
        role=role,
        store="ok" if store else "unavailable",
        discord=discord,
        faults=[str(fault) for fault in faults],
        fault_details=[StandingFaultBody(code=it.code, what=it.what, cure=it.cure) for it in faults],
    )
    return json_answer(body.model_dump_json(), status=200 if ready else 503)


ROUTES: Final = (OpenRoute("/healthz", healthz), OpenRoute("/readyz", readyz))
