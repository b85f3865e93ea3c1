"""The processes that work on the store."""

from typing import Final

from aiohttp import web
from pydantic import BaseModel, TypeAdapter

from api.desks import DESKS
from api.documents.documented import documented
from api.door.answers import json_answer
from api.door.routes import API, Who, reads
from api.options import Role
from tickets import policy
from tickets.model import Caller
from tickets.ports.processes import ProcessSeen


class ProcessBody(BaseModel):
    """A process at its last sign of life, which is at most 10 seconds ago while it runs. ``discord`` is
    ``ok`` or says what is wrong, and is null for processes that do not lead. ``faults`` are the faults that
    people have to mend, a line for each."""

    name: str
    role: Role
    host: str
    pid: int
    version: str
    started_at: int
    seen_at: int
    store: str
    discord: str | None
    faults: list[str]

    @classmethod
    def of(cls, it: ProcessSeen) -> "ProcessBody":
        return cls(
            name=it.name,
            role=Role(it.role),
            host=it.host,
            pid=it.pid,
            version=it.version,
            started_at=it.started_at // 1000,
            seen_at=it.seen_at // 1000,
            store=it.store,
            discord=it.discord,
            faults=list(it.faults),
        )


_BODIES: Final = TypeAdapter(list[ProcessBody])


@documented("The processes that work on the store, the oldest first", answer=list[ProcessBody])
async def list_processes(request: web.Request, caller: Caller) -> web.Response:
    """``GET /processes``. A killed process stays in the list for a quarter of an hour; ``seen_at`` shows
    that."""
    policy.must_be_admin(caller, "see the processes")
    found = await request.app[DESKS].store.processes.all()
    return json_answer(_BODIES.dump_json([ProcessBody.of(it) for it in found]))


ROUTES: Final = (reads(f"{API}/processes", list_processes, Who.ADMINS),)
