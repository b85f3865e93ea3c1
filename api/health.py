"""Whether the process answers at all, and whether it can do its work."""

import json

from aiohttp import web

from api.answers import json_answer
from api.keys import DISCORD_FAULT, STORE
from tickets.ports import StoreUnavailable


async def healthz(_: web.Request) -> web.Response:
    """``GET /healthz``; whether the store answers is no part of it."""
    return json_answer('{"status":"ok"}')


async def readyz(request: web.Request) -> web.Response:
    """``GET /readyz``: 200 once store and Discord are there, else 503; each is named.

    Without Discord the API serves all the same, and tickets wait."""
    discord = request.app[DISCORD_FAULT]() or "ok"
    try:
        await request.app[STORE].check()
        store = "ok"
    except StoreUnavailable:
        store = "unavailable"
    ready = store == discord == "ok"
    body = {"status": "ok" if ready else "unavailable", "store": store, "discord": discord}
    return json_answer(json.dumps(body), status=200 if ready else 503)
