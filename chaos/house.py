"""The real programs as separate processes, to be killed and started again, and people at both ends."""

import asyncio
import copy
import io
import json
import os
import signal
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import aiohttp
import socketio

from chaos.disturbing import Disturbing
from chaos.forking import forked
from chaos.stores import EmbeddedStore, HouseStore
from demo.people import Somebody
from demo.processes import PATIENCE, Running, free_port
from demo.start import guildesk_program, sandbox_program
from demo.tokens import mint

SECRET = "a secret of the tests, long enough for HS256"


@dataclass
class Customer:
    """A requester, or staff by ``role``, with a token of a trusted backend."""

    house: "House"
    name: str
    role: str = "CUSTOMER"
    heard: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    @property
    def token(self) -> str:
        claims = {
            "id": self.name,
            "username": self.name.title(),
            "email": f"{self.name}@example.test",
            "role": self.role,
        }
        return mint(SECRET, claims)

    async def ask(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        """Status and answer of the API."""
        async with self.house.session.request(
            method,
            f"{self.house.api_url}/api/v1{path}",
            json=body,
            headers={"Authorization": f"Bearer {self.token}"},
        ) as answer:
            return answer.status, await answer.json()

    async def open(self, **fields: str) -> dict[str, Any]:
        status, ticket = await self.ask(
            "POST", "/tickets", {"topic": "It broke", "description": "Into two.", **fields}
        )
        assert status == 201, ticket
        return dict(ticket)

    async def post(
        self, ticket: Mapping[str, Any], content: str, file: bytes | None = None
    ) -> dict[str, Any]:
        uploads = [await self.upload(file)] if file is not None else []
        body = {"content": content, "attachments": uploads}
        status, message = await self.ask("POST", f"/tickets/{ticket['id']}/messages", body)
        assert status == 201, message
        return dict(message)

    async def upload(self, file: bytes) -> str:
        """The id of the uploaded file."""
        form = aiohttp.FormData(quote_fields=False)
        form.add_field("file", io.BytesIO(file), filename="file.bin", content_type="application/octet-stream")
        url, headers = f"{self.house.api_url}/api/v1/attachments", {"Authorization": f"Bearer {self.token}"}
        async with self.house.session.post(url, data=form, headers=headers, raise_for_status=True) as answer:
            return str((await answer.json())["id"])

    async def messages(self, ticket: Mapping[str, Any]) -> list[dict[str, Any]]:
        status, messages = await self.ask("GET", f"/tickets/{ticket['id']}/messages")
        assert status == 200, messages
        return list(messages)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """On a socket that comes back by itself; what it hears is in ``heard``."""
        socket = socketio.AsyncClient(reconnection_delay=0.1, reconnection_delay_max=0.3)
        for event in ("message", "edit_message", "delete_message", "ticket_closed"):
            socket.on(event, lambda payload, event=event: self.heard.append((event, payload)))
        await socket.connect(f"{self.house.api_url}?token={self.token}")
        assert (await socket.call("authorize", {"token": self.token}))["ok"]
        try:
            yield
        finally:
            await socket.disconnect()


class House(Disturbing):
    """A sandbox and a Guildesk that keep their data in one directory."""

    def __init__(
        self,
        data_dir: Path,
        session: aiohttp.ClientSession,
        store: HouseStore | None = None,
        /,
        **settings: str,
    ) -> None:
        self.session = session
        self.data_dir = data_dir
        self.store = store or EmbeddedStore(data_dir)
        self.settings = {**self.store.settings, **settings}
        self.api_port = free_port()
        self.api_url = f"http://127.0.0.1:{self.api_port}"
        self.sandbox = Running(sandbox_program(data_dir, free_port()), lambda: None, forked)
        self.guildesk: Running | None = None
        self.log_name = "guildesk.log"

    def beside(self) -> "House":
        """One more Guildesk of this house, with an API of its own; it is not started."""
        second = copy.copy(self)
        second.api_port = free_port()
        second.api_url = f"http://127.0.0.1:{second.api_port}"
        second.log_name = f"guildesk-{second.api_port}.log"
        second.guildesk = None
        return second

    async def waiting(self, sink: str = "discord") -> int | None:
        """How many events a sink has yet to show, as the API says; None if it does not say so."""
        async with self.session.get(f"{self.api_url}/metrics") as answer:
            told = (await answer.text()).splitlines()
        if "guildesk_store_up 1.0" not in told:
            return None
        name = f'guildesk_backlog_events{{sink="{sink}"}} '
        return next((int(float(it.removeprefix(name))) for it in told if it.startswith(name)), None)

    async def start_sandbox(self) -> None:
        await self.sandbox.start()

    @property
    def discord(self) -> dict[str, Any]:
        return dict(json.loads((self.data_dir / "discord.json").read_text()))

    async def start_guildesk(self, *, wait_for_discord: bool = True) -> None:
        program = guildesk_program(self.data_dir, self.discord, SECRET, self.api_port)
        environment = {**program.environment, **self.settings}
        program = replace(program, environment=environment, log_file=self.data_dir / self.log_name)
        if not wait_for_discord:
            program = replace(program, ready=lambda: self._answers("/healthz"))
        self.guildesk = Running(program, lambda: None, forked)
        await self.guildesk.start()

    async def kill_guildesk(self) -> None:
        """As a power cut would."""
        assert self.guildesk is not None
        os.kill(self.guildesk.pid, signal.SIGKILL)
        await self.guildesk.stop()

    async def kill_sandbox(self) -> None:
        """As a power cut would; its state file has all that it acknowledged."""
        os.kill(self.sandbox.pid, signal.SIGKILL)
        await self.sandbox.stop()

    async def leads(self) -> bool:
        """Whether this process works in Discord."""
        try:
            async with self.session.get(f"{self.api_url}/readyz") as answer:
                return bool((await answer.json())["role"] == "leader")
        except (aiohttp.ClientError, TimeoutError):
            return False

    async def stop(self) -> None:
        if self.guildesk is not None:
            await self.guildesk.stop()
        await self.sandbox.stop()
        await self.store.stop()

    async def is_ready(self) -> bool:
        """Whether Guildesk says that its store and Discord are there."""
        return await self._ok("/readyz")

    def customer(self, name: str = "casey") -> Customer:
        return Customer(self, name)

    def agent(self) -> Customer:
        """Staff of the backend's, over the API."""
        return Customer(self, "agent", "AGENT")

    def somebody(self, name: str) -> Somebody:
        return Somebody(self.session, self.discord["discord_url"], self.discord["people"][name])

    async def channel_of(self, ticket: Mapping[str, Any], who: str = "ada") -> str:
        """The id of the ticket's channel, as soon as the person sees it with its card."""

        async def look() -> str | None:
            somebody = self.somebody(who)
            channels = await somebody.ask("GET", f"/guilds/{self.discord['guild_id']}/channels")
            name = f"ticket-{ticket['number']:04}"
            found = next((it["id"] for it in channels if it["name"] == name), None)
            if found is None:
                return None
            pins = await somebody.ask("GET", f"/channels/{found}/messages/pins")
            return found if pins["items"] else None

        found = await until(look)
        assert isinstance(found, str)
        return found

    async def said_by_requesters(self, channel: str) -> list[str]:
        """What staff reads in the channel of what requesters wrote, oldest first."""
        return [it["content"] for it in await self.somebody("ada").read(channel) if it.get("webhook_id")]

    async def happened(self, event: str, channel: str | None = None) -> list[dict[str, Any]]:
        """Every event of a kind since the sandbox began, also of what is gone by now, oldest first."""
        where = f"&channel={channel}" if channel else ""
        return list(await self.ask_sandbox("GET", f"chronicle?event={event}{where}"))

    async def ever_said_by_requesters(self, channel: str) -> list[str]:
        """Every message that was ever to be read there under a requester's name, as it was first."""
        created = await self.happened("MESSAGE_CREATE", channel)
        return [it["content"] for it in created if it["webhook_id"]]

    async def hears(self, channel: str, words: list[str]) -> None:
        """Wait until staff reads this of requesters, and nothing else."""
        try:
            await until(lambda: self._reads(channel, words))
        except TimeoutError:
            raise AssertionError(
                f"{words} were to be read, but {await self.said_by_requesters(channel)}"
            ) from None

    async def hears_once(self, channel: str, words: list[str]) -> None:
        """Wait until staff reads this of requesters, and nothing else was ever to be read there."""
        await self.hears(channel, words)
        assert await self.ever_said_by_requesters(channel) == words

    async def channels(self) -> list[dict[str, Any]]:
        """All channels of the guild."""
        found = await self.somebody("ada").ask("GET", f"/guilds/{self.discord['guild_id']}/channels")
        return list(found)

    async def is_removed(self, channel: str) -> bool:
        return all(it["id"] != channel for it in await self.channels())

    async def has_seen_everything(self, channel: str) -> bool:
        """Whether Guildesk has processed the channel's newest message."""
        newest = (await self.somebody("ada").read(channel))[-1]["id"]
        rows = self._stored("SELECT seen_through FROM channels WHERE channel_id = ?", int(channel))
        return bool(rows and rows[0][0] is not None and rows[0][0] >= int(newest))

    def backlog(self) -> list[tuple[str, str, int]]:
        """What Guildesk has yet to show: sink, ticket and place in its log."""
        return self._stored("SELECT sink, ticket_id, seq FROM todo")

    def timers(self) -> list[tuple[str, str]]:
        """What Guildesk has yet to do at its time: kind and ticket."""
        return self._stored("SELECT kind, ticket_id FROM timers WHERE due_at IS NOT NULL")

    def _stored(self, statement: str, *values: object) -> list[Any]:
        with closing(sqlite3.connect(f"file:{self.store_file}?mode=ro", uri=True)) as store:
            return store.execute(statement, values).fetchall()

    @property
    def store_file(self) -> Path:
        return Path(self.settings.get("DATA_DIR", self.data_dir)) / "guildesk.sqlite3"

    async def _reads(self, channel: str, words: list[str]) -> bool:
        return await self.said_by_requesters(channel) == words

    async def _answers(self, path: str) -> None:
        await until(lambda: self._ok(path), PATIENCE)

    async def _ok(self, path: str) -> bool:
        try:
            async with self.session.get(f"{self.api_url}{path}") as answer:
                return answer.status == 200
        except (aiohttp.ClientError, TimeoutError):
            return False


@asynccontextmanager
async def housed(data_dir: Path, store: HouseStore | None = None, /, **settings: str) -> AsyncIterator[House]:
    """A house with both programs running."""
    async with aiohttp.ClientSession() as session:
        house = House(data_dir, session, store, **settings)
        try:
            await house.store.start()
            await house.start_sandbox()
            await house.start_guildesk()
            yield house
        finally:
            await house.stop()


async def until(look: Callable[[], Awaitable[Any]], seconds: float = 30) -> Any:
    """What ``look`` finds, as soon as it finds something; raises TimeoutError."""
    pause = 0.01
    async with asyncio.timeout(seconds):
        while True:
            if found := await look():
                return found
            await asyncio.sleep(pause)
            pause = min(1.2 * pause, 0.2)
