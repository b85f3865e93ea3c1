"""Accepting a message, and nothing else: aiohttp, a token, a model, one durable insert, an answer.

Tokens that were verified are known again, as they are by Guildesk. With webhooks in its configuration
it also sends each message to Discord at once."""

import asyncio
import json
import sqlite3
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import discord
import jwt
from aiohttp import web
from discord.http import Route

from api.door.claims import Claims
from api.resources.messages import MessageText
from tickets.ids import new_id
from tickets.model import AuthorType, Delivery
from wire.objects import MessageBody

MOST_KNOWN = 4_096
SIGNATURES = jwt.PyJWS(algorithms=["HS256"])


@dataclass
class Floor:
    secret: str
    tickets: dict[str, str]
    """Whose ticket it is."""
    webhooks: dict[str, dict[str, str]]
    database: sqlite3.Connection
    session: aiohttp.ClientSession
    known: dict[str, Claims]
    sending: set[asyncio.Task[Any]]

    def caller(self, request: web.Request) -> Claims:
        token = request.headers["Authorization"].split(None, 1)[1]
        claims = self.known.get(token)
        if claims is None:
            payload = SIGNATURES.decode(token, self.secret, algorithms=["HS256"])
            claims = self.known[token] = Claims.model_validate_json(payload)
            if len(self.known) > MOST_KNOWN:
                self.known.clear()
        if claims.exp < time.time():
            raise web.HTTPUnauthorized
        return claims

    async def post(self, request: web.Request) -> web.Response:
        claims = self.caller(request)
        ticket_id = request.match_info["ticket_id"]
        if self.tickets.get(ticket_id) != claims.id:
            raise web.HTTPNotFound
        text = MessageText.model_validate_json(await request.read())
        now = int(time.time())
        message_id = new_id()
        seq = await self.keep((message_id, ticket_id, claims.id, text.content, now))
        body = MessageBody(
            id=message_id,
            ticket_id=ticket_id,
            author_id=claims.id,
            author_name=claims.username,
            content=text.content,
            attachments=[],
            created_at=now,
            updated_at=now,
            seq=seq,
            author_type=AuthorType.REQUESTER,
            edited=False,
            deleted=False,
            delivery=Delivery.QUEUED,
            reply_to=None,
            attachment_details=[],
        )
        if self.webhooks:
            task = asyncio.create_task(self._send(self.webhooks[ticket_id], claims.username, text.content))
            self.sending.add(task)
            task.add_done_callback(self.sending.discard)
        return web.Response(
            body=body.model_dump_json().encode(),
            status=201,
            headers={"Content-Type": "application/json; charset=utf-8"},
        )

    async def keep(self, message: tuple[object, ...]) -> int:
        """Durably."""
        insert = "INSERT INTO messages (id, ticket, author, content, at) VALUES (?, ?, ?, ?, ?)"
        return self.database.execute(insert, message).lastrowid or 0

    async def _send(self, webhook: dict[str, str], name: str, content: str) -> None:
        hook = discord.Webhook.partial(int(webhook["id"]), webhook["token"], session=self.session)
        await hook.send(content, username=name, wait=True, allowed_mentions=discord.AllowedMentions.none())


async def healthz(_: web.Request) -> web.Response:
    return web.Response()


def database(folder: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(folder / "floor.sqlite3", isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(
        "CREATE TABLE IF NOT EXISTS messages"
        " (seq INTEGER PRIMARY KEY, id TEXT, ticket TEXT, author TEXT, content TEXT, at INTEGER)"
    )
    return connection


async def serve(configuration: dict[str, Any], kind: type[Floor] = Floor) -> None:
    if "api_base" in configuration:
        Route.BASE = configuration["api_base"]
    async with aiohttp.ClientSession() as session:
        floor = kind(
            secret=configuration["secret"],
            tickets=configuration["tickets"],
            webhooks=configuration.get("webhooks", {}),
            database=database(Path(configuration["folder"])),
            session=session,
            known={},
            sending=set(),
        )
        app = web.Application()
        app.router.add_post("/api/v1/tickets/{ticket_id}/messages", floor.post)
        app.router.add_get("/healthz", healthz)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", configuration["port"]).start()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(json.loads(Path(sys.argv[1]).read_text())))
