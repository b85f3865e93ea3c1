"""The metrics, for Prometheus."""

from typing import Final

from aiohttp import web
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from api.desks import DESKS
from api.documents.documented import documented
from api.door.routes import OpenRoute


@documented(
    "Metrics for Prometheus",
    media_types=("text/plain",),
    description="404 where `METRICS=off`.",
    errors=(404,),
)
async def get_metrics(request: web.Request) -> web.Response:
    desks = request.app[DESKS]
    if desks.options.metrics is None:
        raise web.HTTPNotFound
    text = await desks.options.metrics.text(desks.store)
    return web.Response(body=text, headers={"Content-Type": CONTENT_TYPE_LATEST})


ROUTES: Final = (OpenRoute("/metrics", get_metrics),)
