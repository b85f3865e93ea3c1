"""Health checks: whether the process answers at all, and whether it can do its work."""

import asyncio
from typing import Final, Literal

from aiohttp import web
from pydantic import BaseModel, Field

from api.desks import DESKS
from api.documents.documented import documented
from api.door.answers import json_answer
from api.door.arrivals import told
from api.door.queries import query_of
from api.door.routes import OpenRoute
from api.options import Role
from config.faults import STORE_AWAY, Fault
from tickets.ports.store import StoreUnavailable

PATIENCE: Final = 0.8
"""Seconds that the store may take, so that the check itself is answered within one second."""


class HealthBody(BaseModel):
    status: Literal["ok"] = "ok"


class ReadinessQuery(BaseModel, extra="forbid"):
    strict: bool = Field(False, description="503 also while there are faults.")


class StandingFaultBody(BaseModel):
    """A fault that people have to mend, such as a role that is missing in the guild. The ``code`` of a kind
    of fault never changes; its text may."""

    code: str
    what: str
    cure: str


class ReadinessBody(BaseModel):
    """``store`` and ``discord`` are ``ok``, or say what is wrong. A process that does not lead names the one
    that does. ``faults`` are the faults that people have to mend, a line for each; ``fault_details`` are the
    same with code and cure."""

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
    "Whether store and Discord are available",
    description="Without Discord, the API serves all the same, and tickets wait.",
    query=ReadinessQuery,
    answer=ReadinessBody,
    answers={503: ReadinessBody},
)
async def readyz(request: web.Request) -> web.Response:
    """``GET /readyz``: 200 if store and Discord are available, else 503.

    With ``strict`` also 503 while there are faults. If another process leads or is to lead, Discord does not
    count."""
    strict = query_of(request, ReadinessQuery).strict
    desks = request.app[DESKS]
    role, discord = desks.options.process.role(), desks.options.process.discord_fault() or "ok"
    leader: str | None = None
    away: list[Fault] = []
    try:
        async with asyncio.timeout(PATIENCE):
            await desks.store.check()
            if role is not Role.LEADER:
                holder = (await desks.store.lease.observe()).holder
                leader = holder if holder != desks.options.process.name else None
                discord = f"left to {leader}" if leader else "nobody leads"
    except (StoreUnavailable, TimeoutError):  # it may name paths and hosts, and anybody may ask
        away.append(STORE_AWAY.of(why="the log says why"))
    faults = [*away, *desks.options.process.standing_faults()]
    is_fit = not any(strict or fault.is_dangerous for fault in faults)
    ready = not away and is_fit and (discord == "ok" or role is Role.API or leader is not None)
    body = ReadinessBody(
        status="ok" if ready else "unavailable",
        role=role,
        store="unavailable" if away else "ok",
        discord=discord,
        faults=[str(fault) for fault in faults],
        fault_details=[StandingFaultBody(code=it.code, what=it.what, cure=it.cure) for it in faults],
    )
    return json_answer(body.model_dump_json(), status=200 if ready else 503)


ROUTES: Final = (OpenRoute("/healthz", healthz), OpenRoute("/readyz", readyz))
