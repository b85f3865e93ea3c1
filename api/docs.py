"""The API's own description, for programs."""

from typing import Any

from aiohttp import web

from api.answers import json_answer
from api.documented import documented
from api.openapi import Document

DOCUMENT = web.AppKey("DOCUMENT", Document)


@documented("This document", answer=dict[str, Any])
async def openapi(request: web.Request) -> web.Response:
    """``GET /openapi.json``"""
    return json_answer(request.app[DOCUMENT].raw)
