"""Telling a requester what staff wrote, and nothing else: discord.py's event, emitted at once.

With ``keeps`` in its configuration it first keeps the message, durably: one insert with its own commit."""

import asyncio
import json
import sqlite3
import sys
from pathlib import Path
from typing import Any

import discord
import jwt
import socketio
import yarl
from aiohttp import web
from discord.gateway import DiscordWebSocket
from discord.http import Route

from benchmarks.floors.accept import database


class Announcer(discord.Client):
    def __init__(self, sockets: Any, owners: dict[str, str], database: sqlite3.Connection | None) -> None:
        super().__init__(intents=discord.Intents(guilds=True, guild_messages=True, message_content=True))
        self._sockets = sockets
        self._owners = owners
        """Whose ticket each channel is."""
        self._database = database

    async def on_message(self, message: discord.Message) -> None:
        owner = self._owners.get(str(message.channel.id))
        if owner is None or message.author.bot:
            return
        at = int(message.created_at.timestamp())
        payload = {
            "id": str(message.id),
            "ticket_id": str(message.channel.id),
            "author_id": str(message.author.id),
            "author_name": message.author.display_name,
            "content": message.content,
            "attachments": [],
            "created_at": at,
            "updated_at": at,
        }
        if self._database is not None:
            self._database.execute(
                "INSERT INTO messages (id, ticket, author, content, at) VALUES (?, ?, ?, ?, ?)",
                (payload["id"], payload["ticket_id"], payload["author_id"], payload["content"], at),
            )
        await self._sockets.emit("message", payload, room=f"user:{owner}")


async def serve(configuration: dict[str, Any]) -> None:
    sockets: Any = socketio.AsyncServer(async_mode="aiohttp", cors_allowed_origins="*")
    kept = database(Path(configuration["folder"])) if configuration["keeps"] else None
    client = Announcer(sockets, configuration["channels"], kept)

    async def connected(sid: str, environ: dict[str, Any], _: object = None) -> None:
        token = environ["aiohttp.request"].query["token"]
        claims = jwt.decode(token, configuration["secret"], algorithms=["HS256"])
        await sockets.enter_room(sid, f"user:{claims['id']}")
        await sockets.emit("authorized", {"user_id": claims["id"]}, to=sid)

    sockets.on("connect", connected)

    async def healthz(_: web.Request) -> web.Response:
        return web.Response(status=200 if client.is_ready() else 503)

    app = web.Application()
    sockets.attach(app)
    app.router.add_get("/healthz", healthz)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", configuration["port"]).start()
    Route.BASE = configuration["api_base"]
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(configuration["gateway_url"])
    await client.start(configuration["bot_token"])


if __name__ == "__main__":
    asyncio.run(serve(json.loads(Path(sys.argv[1]).read_text())))
