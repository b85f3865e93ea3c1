"""The program starts, says where it is, survives a kill with its state, and stops in peace."""

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from sandbox.state import StateFile
from tests.sandbox.place import SOON, Place

Start = Callable[..., Awaitable[tuple[asyncio.subprocess.Process, Place]]]


@pytest.fixture
async def start(tmp_path: Path) -> AsyncIterator[Start]:
    """Starts the program with more arguments; whatever still runs in the end is killed."""
    running: list[asyncio.subprocess.Process] = []
    async with aiohttp.ClientSession() as http:

        async def begin(*arguments: str) -> tuple[asyncio.subprocess.Process, Place]:
            info = tmp_path / f"info-{len(running)}.json"
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "sandbox", "--info", str(info), *arguments),
                stdout=asyncio.subprocess.PIPE,
            )
            running.append(process)
            assert process.stdout is not None
            line = await asyncio.wait_for(process.stdout.readline(), SOON)
            told = json.loads(info.read_text())
            assert line.decode() == f"Discord sandbox at {told['discord_url']}\n"
            assert told["pid"] == process.pid
            return process, Place(told, http)

        yield begin
        for process in running:
            if process.returncode is None:
                process.kill()
            await process.communicate()


@pytest.mark.parametrize("number", [pytest.param(signal.SIGTERM, marks=pytest.mark.slow), signal.SIGINT])
async def test_it_stops_at_once_and_in_peace(start: Start, number: signal.Signals) -> None:
    process, place = await start()
    async with place.http.ws_connect(place.info["gateway_url"]) as socket:
        await socket.receive_json()
        process.send_signal(number)

        assert await asyncio.wait_for(process.wait(), 30) == 0


async def test_what_was_acknowledged_survives_a_kill(start: Start, tmp_path: Path) -> None:
    process, place = await start("--state", str(tmp_path / "state"))
    port = place.info["discord_url"].rpartition(":")[2]
    before = await _live(place)
    process.kill()
    await process.wait()

    _, again = await start("--state", str(tmp_path / "state"), "--port", port)
    assert {**again.info, "pid": 0} == {**place.info, "pid": 0}
    assert await _seen(again, before["channel"]) == before["messages"]
    async with again.http.get(before["file"]) as response:
        assert await response.read() == b"kept"
    resent = await again.ask("bot", "POST", before["path"], json=before["nonced"])
    assert resent.body["id"] == before["nonced_id"]
    newest = await again.say("otto", before["channel"], "newer")
    assert int(newest["id"]) > max(int(message["id"]) for message in before["messages"])


async def _live(place: Place) -> dict[str, Any]:
    """Do a bit of everything, and tell what must still be there."""
    guild = place.info["guild_id"]
    created = await place.ask("bot", "POST", f"/guilds/{guild}/channels", json={"name": "kept"})
    channel = created.body["id"]
    path = f"/channels/{channel}/messages"
    said = [await place.say("otto", channel, text) for text in ("one", "two", "three")]
    await place.ask("otto", "PATCH", f"{path}/{said[0]['id']}", json={"content": "one, edited"})
    await place.ask("otto", "DELETE", f"{path}/{said[1]['id']}")
    await place.ask("otto", "PUT", f"{path}/{said[2]['id']}/reactions/%F0%9F%91%8D/@me")
    await place.ask("bot", "PUT", f"{path}/pins/{said[2]['id']}")
    refused = await place.ask("otto", "PATCH", f"/channels/{channel}", json={"name": "refused"})
    assert refused.status == 403
    hook = (await place.ask("bot", "POST", f"/channels/{channel}/webhooks", json={"name": "Desk"})).body
    form = aiohttp.FormData(quote_fields=False)
    form.add_field("payload_json", '{"content": "a file"}')
    form.add_field("files[0]", b"kept", filename="kept.txt")
    filed = await place.ask(None, "POST", f"/webhooks/{hook['id']}/{hook['token']}?wait=true", data=form)
    nonced = {"content": "once", "nonce": "n", "enforce_nonce": True}
    first = await place.ask("bot", "POST", path, json=nonced)
    return {
        "channel": channel,
        "path": path,
        "messages": await _seen(place, channel),
        "file": filed.body["attachments"][0]["url"].partition("?")[0] + _signature(filed.body),
        "nonced": nonced,
        "nonced_id": first.body["id"],
    }


def _signature(message: dict[str, Any]) -> str:
    return "?" + str(message["attachments"][0]["url"]).partition("?")[2]


async def _seen(place: Place, channel: str) -> list[dict[str, Any]]:
    """The messages of a channel without the signatures in their addresses."""
    messages: list[dict[str, Any]] = (await place.ask("bot", "GET", f"/channels/{channel}/messages")).body
    for message in messages:
        for attachment in message["attachments"]:
            attachment["url"] = attachment["proxy_url"] = attachment["url"].partition("?")[0]
    return messages


async def test_a_record_cut_short_is_dropped(start: Start, tmp_path: Path) -> None:
    file = tmp_path / "state"
    process, place = await start("--state", str(file))
    channel = place.info["public_channel_id"]
    await place.say("otto", channel, "whole")
    length = file.stat().st_size
    await place.say("otto", channel, "cut short")
    process.kill()
    await process.wait()
    with file.open("r+b") as kept:
        kept.truncate(length + 20)

    _, again = await start("--state", str(file))
    assert [message["content"] for message in await _seen(again, channel)] == ["whole"]
    await again.say("otto", channel, "next")
    assert [message["content"] for message in await _seen(again, channel)] == ["next", "whole"]


async def test_a_state_file_belongs_to_one_program(tmp_path: Path) -> None:
    first, second = StateFile(tmp_path / "state"), StateFile(tmp_path / "state")
    first.open()

    with pytest.raises(BlockingIOError):
        second.open()
    first.close()
    second.open()
    second.close()
