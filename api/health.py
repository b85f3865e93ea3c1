"""Whether the process answers at all."""

from aiohttp import web

from api.answers import json_answer


async def healthz(_: web.Request) -> web.Response:
    """``GET /healthz``; whether the store answers is no part of it."""
    return json_answer('{"status":"ok"}')
