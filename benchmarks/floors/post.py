"""Posting signed bodies to an endpoint, and nothing else: nothing is read, kept or tried again."""

import asyncio
import json
import sys
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, web
from standardwebhooks import Webhook


async def serve(configuration: dict[str, Any]) -> None:
    webhook, body = Webhook(configuration["webhook_secret"]), configuration["body"]
    numbers = count()

    async def post(session: ClientSession, left: list[None]) -> None:
        while left:
            left.pop()
            webhook_id, at = f"ticket_{next(numbers)}_message.posted", datetime.now(UTC)
            headers = {
                "Content-Type": "application/json",
                "webhook-id": webhook_id,
                "webhook-timestamp": str(int(at.timestamp())),
                "webhook-signature": webhook.sign(webhook_id, at, body),
            }
            async with session.post(configuration["url"], data=body.encode(), headers=headers) as answer:
                await answer.read()

    async def send(request: web.Request) -> web.Response:
        left = [None] * int(request.query["count"])
        async with ClientSession() as session, asyncio.TaskGroup() as tasks:
            for _ in range(configuration["at_once"]):
                tasks.create_task(post(session, left))
        return web.Response()

    async def healthz(_: web.Request) -> web.Response:
        return web.Response()

    app = web.Application()
    app.router.add_get("/healthz", healthz)
    app.router.add_post("/send", send)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", configuration["port"]).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(json.loads(Path(sys.argv[1]).read_text())))
