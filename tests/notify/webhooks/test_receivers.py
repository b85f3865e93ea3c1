"""The receivers of docs/webhooks.md take what is really sent, and nothing else."""

import asyncio
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest

from notify.webhooks.posting import Posting, signatures, webhook_session
from tests.docs.pages import ROOT, blocks
from tests.notify.webhooks.backend import OTHER_SECRET, SECRET, endpoint, now
from tests.waiting import until
from tickets.ports.webhooks import Answer
from tickets.webhooks import Endpoint

PAGE = (ROOT / "docs/webhooks.md").read_text("utf-8")
PACKAGES = ROOT / "tests/webhook_receiver/node_modules"
BODY = (
    '{"type":"message.posted","data":{"ticket_id":"t-1","message":{"content":"Größe \U0001f388 \\" & <b>"}}}'
)
NODE = shutil.which("node")
needs_node = pytest.mark.skipif(
    NODE is None or not (PACKAGES / "standardwebhooks").is_dir(),
    reason="Node.js or standardwebhooks is missing: install Node.js 18 or newer with npm "
    "(Debian: apt install nodejs npm), then `make test` installs what the sample needs",
)


class Receiver:
    """A sample at work. Ports are given by the system, so it is told one that was free a moment ago."""

    def __init__(self, process: asyncio.subprocess.Process, port: int) -> None:
        self.process = process
        self.url = f"http://127.0.0.1:{port}/hooks"

    async def says(self) -> str:
        assert self.process.stdout is not None
        async with asyncio.timeout(30):
            return (await self.process.stdout.readline()).decode().strip()


@asynccontextmanager
async def running(*command: str) -> AsyncIterator[Receiver]:
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    process = await asyncio.create_subprocess_exec(
        *command, env={"WEBHOOK_SECRET": SECRET, "PORT": str(port)}, stdout=asyncio.subprocess.PIPE
    )
    try:
        await until(lambda: _listens(port), 30)
        yield Receiver(process, port)
    finally:
        process.kill()
        await process.wait()


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


@pytest.fixture(params=["python", pytest.param("node", marks=needs_node)])
async def receiver(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Receiver]:
    if request.param == "python":
        (code,) = blocks(PAGE, "python")
        (tmp_path / "receiver.py").write_text(code)
        command = [sys.executable, str(tmp_path / "receiver.py")]
    else:
        (code,) = blocks(PAGE, "js")
        (tmp_path / "receiver.mjs").write_text(code)
        (tmp_path / "node_modules").symlink_to(PACKAGES)
        command = [str(NODE), "--preserve-symlinks", str(tmp_path / "receiver.mjs")]
    async with running(*command) as it:
        yield it


async def posted(
    to: Endpoint, webhook_id: str = "t-1_7_message.posted", body: str = BODY, ahead: float = 0
) -> Answer:
    async with webhook_session(private=True) as session:
        answer, _ = await Posting(session, lambda: now() + int(ahead * 1000)).post(to, webhook_id, body)
    return answer


async def test_what_is_sent_is_taken_and_heeded_once(receiver: Receiver) -> None:
    to = endpoint(receiver.url)

    assert (await posted(to)).status == 204
    assert await receiver.says() == "message.posted t-1"
    assert (await posted(to)).status == 204
    assert (await posted(to, "t-1_8_message.posted", BODY.replace("t-1", "t-2"))).status == 204
    assert await receiver.says() == "message.posted t-2"


async def test_while_a_secret_is_replaced_either_is_taken(receiver: Receiver) -> None:
    to = endpoint(receiver.url, secret=OTHER_SECRET, old_secret=SECRET)

    assert (await posted(to)).status == 204


async def test_what_is_not_from_here_or_not_of_now_is_refused(receiver: Receiver) -> None:
    assert (await posted(endpoint(receiver.url, secret=OTHER_SECRET))).status == 401
    for minutes in (-6, 6):
        assert (await posted(endpoint(receiver.url), ahead=minutes * 60)).status == 401


async def test_a_recorded_request_cannot_be_changed(receiver: Receiver) -> None:
    at = datetime.now(UTC).replace(microsecond=0)
    good = {
        "webhook-id": "t-1_7_message.posted",
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": signatures([SECRET], "t-1_7_message.posted", at, BODY),
    }
    changed = (
        (good | {"webhook-id": "t-1_8_message.posted"}, BODY),
        (good | {"webhook-timestamp": str(int(at.timestamp()) + 1)}, BODY),
        (good, BODY.replace("t-1", "t-9")),
        (good | {"webhook-signature": "v1,"}, BODY),
        ({name: it for name, it in good.items() if name != "webhook-signature"}, BODY),
    )
    async with aiohttp.ClientSession() as session:
        for headers, body in changed:
            async with session.post(receiver.url, data=body.encode(), headers=headers) as answer:
                assert answer.status == 401
        async with session.post(receiver.url, data=b"\xff\xfe", headers=good) as answer:
            assert answer.status == 401
        async with session.post(receiver.url, data=BODY.encode(), headers=good) as answer:
            assert answer.status == 204
