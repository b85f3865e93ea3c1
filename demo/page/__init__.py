"""A small page on which a customer opens tickets and chats, served from this machine alone."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web

HERE = Path(__file__).parent
FILES = {
    "/": ("index.html", "text/html"),
    "/page.css": ("page.css", "text/css"),
    "/page.js": ("page.js", "text/javascript"),
    "/socket.io.esm.min.js": ("socket.io.esm.min.js", "text/javascript"),
}


@asynccontextmanager
async def customer_page(api_url: str, token: str, port: int = 0) -> AsyncIterator[str]:
    """Serve the page on loopback; gives its address."""
    app = web.Application()
    sockets = api_url.replace("http", "ws", 1)
    policy = f"default-src 'self'; connect-src 'self' {api_url} {sockets}; img-src data: {api_url}"

    def serve(path: str, name: str, media_type: str) -> None:
        body = (HERE / name).read_bytes()

        async def answer(_: web.Request) -> web.Response:
            headers = {"Content-Security-Policy": policy, "Cache-Control": "no-store"}
            return web.Response(body=body, content_type=media_type, charset="utf-8", headers=headers)

        app.router.add_get(path, answer)

    for path, (name, media_type) in FILES.items():
        serve(path, name, media_type)

    async def config(_: web.Request) -> web.Response:
        return web.Response(
            text=json.dumps({"api": api_url, "token": token}), content_type="application/json"
        )

    app.router.add_get("/config.json", config)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", port)
        await site.start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    finally:
        await runner.cleanup()
