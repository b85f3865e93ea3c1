"""The reference JavaScript client of the contract, unchanged, against the live program."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from chaos.house import Customer, House, until
from tests.docs.pages import README, blocks

CLIENT = Path(__file__).parents[1] / "reference_client"
NODE = shutil.which("node")

pytestmark = pytest.mark.skipif(
    NODE is None or not (CLIENT / "node_modules").exists(),
    reason="Node.js or socket.io-client is missing: install Node.js 18 or newer with npm "
    "(Debian: apt install nodejs npm), then `make test` installs the client",
)


@asynccontextmanager
async def client(customer: Customer, script: str = "client.mjs") -> AsyncIterator[list[dict[str, Any]]]:
    """The client as a process of its own; gives what it says, as it comes."""
    heard: list[dict[str, Any]] = []
    process = await asyncio.create_subprocess_exec(
        NODE or "node",
        str(CLIENT / script),
        customer.house.api_url,
        customer.token,
        stdout=asyncio.subprocess.PIPE,
    )

    async def read() -> None:
        assert process.stdout is not None
        async for line in process.stdout:
            heard.append(json.loads(line))

    reading = asyncio.create_task(read())
    try:
        await _hears(heard, "authorized")
        yield heard
    finally:
        process.terminate()
        await process.wait()
        await reading


async def test_it_hears_all_four_events_and_goes_on_after_a_restart(house: House) -> None:
    casey, ada = house.customer(), house.somebody("ada")
    ticket = await casey.open()
    channel = await house.channel_of(ticket)

    async with client(casey) as heard:
        sent = await ada.write(channel, "Hello")
        await _hears(heard, "message", content="Hello")
        await ada.edit(channel, sent["id"], "Hello!")
        await _hears(heard, "edit_message", content="Hello!", edited=True)
        await ada.delete(channel, sent["id"])
        await _hears(heard, "delete_message", content="", deleted=True)

        await house.kill_guildesk()
        await house.start_guildesk()
        await until(lambda: _is_back(heard))
        await ada.write(channel, "Still there?")
        await _hears(heard, "message", content="Still there?")
        await ada.command(house.discord["guild_id"], channel, "close")
        await _hears(heard, "ticket_closed", id=ticket["id"], status="RESOLVED")

    assert not any(it["event"] == "error" for it in heard)
    assert {it["payload"] for it in heard if it["event"] == "disconnect"} <= {
        "transport close",
        "transport error",
        "ping timeout",
    }


async def test_a_client_that_resumes_hears_what_came_before_its_first_event(house: House) -> None:
    casey, sam = house.customer(), house.agent()
    ticket = await casey.open()

    async with client(casey, "resuming.mjs") as heard:
        await house.kill_guildesk()
        heard.clear()
        started = asyncio.create_task(house.start_guildesk())
        await until(lambda: _is_up(house))
        await sam.post(ticket, "While you were away")
        await started
        await _hears(heard, "message", content="While you were away")

    assert [it["event"] for it in heard if it["event"] in ("error", "message")] == ["message"]


async def test_the_sample_of_the_readme_goes_on_where_it_was(house: House, tmp_path: Path) -> None:
    casey, sam = house.customer(), house.agent()
    ticket = await casey.open()
    (sample,) = (it for it in blocks(README.read_text("utf-8"), "js") if "socket.io-client" in it)
    (tmp_path / "node_modules").symlink_to(CLIENT / "node_modules")
    script = tmp_path / "sample.mjs"
    script.write_text(
        f"const token = {json.dumps(casey.token)};\n{sample.replace('http://127.0.0.1:5000', house.api_url)}"
    )
    process = await asyncio.create_subprocess_exec(NODE or "node", script, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    try:
        await until(lambda: _is_listened_to(house))
        await sam.post(ticket, "Hello")
        first = await asyncio.wait_for(process.stdout.readline(), 30)
        await house.kill_guildesk()
        started = asyncio.create_task(house.start_guildesk())
        await until(lambda: _is_up(house))
        await sam.post(ticket, "While you were away")
        await started
        second = await asyncio.wait_for(process.stdout.readline(), 30)
    finally:
        process.terminate()
        await process.wait()

    assert first.decode().endswith(": Hello\n")
    assert second.decode().endswith(": While you were away\n")


async def _is_listened_to(house: House) -> bool:
    async with house.session.get(f"{house.api_url}/metrics") as answer:
        text = await answer.text()
    return "guildesk_sockets 1.0" in text and "guildesk_sockets_without_token 0.0" in text


async def test_a_client_that_resumes_from_another_store_begins_anew(house: House) -> None:
    casey, sam = house.customer(), house.agent()
    ticket = await casey.open()

    async with client(casey, "resuming.mjs") as heard:
        await sam.post(ticket, "Soon forgotten")
        await _hears(heard, "message", content="Soon forgotten")
        await house.kill_guildesk()
        for file in house.store_file.parent.glob(f"{house.store_file.name}*"):
            file.unlink()
        await house.start_guildesk()
        await _hears(heard, "error", code="position_unknown")
        await until(lambda: _is_back(heard))
        ticket = await casey.open()
        await sam.post(ticket, "Heard")
        await _hears(heard, "message", content="Heard")


async def _is_up(house: House) -> bool:
    try:
        async with house.session.get(f"{house.api_url}/healthz") as answer:
            return answer.status == 200
    except aiohttp.ClientError:
        return False


async def _is_back(heard: list[dict[str, Any]]) -> bool:
    """Authorized since it lost its connection."""
    events = [it["event"] for it in heard]
    return "disconnect" in events and "authorized" in events[events.index("disconnect") :]


async def _hears(heard: list[dict[str, Any]], event: str, times: int = 1, **fields: object) -> None:
    async def look() -> bool:
        found = [
            it
            for it in heard
            if it["event"] == event and all(it["payload"].get(key) == value for key, value in fields.items())
        ]
        return len(found) >= times

    try:
        await until(look)
    except TimeoutError:
        pytest.fail(f"{event} {fields} did not come; heard {heard}")
