"""Answers in JSON."""

from collections.abc import Mapping

from aiohttp import web

JSON = {"Content-Type": "application/json; charset=utf-8"}


def json_answer(
    body: str | bytes, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> web.Response:
    """An answer whose body is JSON already."""
    if isinstance(body, str):
        body = body.encode()
    return web.Response(body=body, status=status, headers=JSON if headers is None else {**JSON, **headers})
