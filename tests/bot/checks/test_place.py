"""What the doctor finds where the program runs: each fault by its name, and nothing where all is well."""

import asyncio
import os
import socket
import sqlite3
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import jwt
import pytest
from aiohttp import web
from aiosmtpd.smtp import SMTP
from cryptography.hazmat.primitives.asymmetric import ec
from standardwebhooks import Webhook

from api.door.arrivals import TOLD, asking, key_of
from bot.checks.check import Check
from bot.checks.doctoring import Drifting
from bot.checks.examining import examine
from bot.checks.place import place_checks
from config.faults import CLOCK_WRONG, SECRET_WEAK
from config.settings import ServerMode, Settings
from sandbox.server import make_app
from sandbox.stage import Stage
from sandbox.start import new_world
from storage.sqlite import trying
from storage.sqlite.connection import connect
from tests.system.test_errors import webhooks

SECRET = "only of this test, and thirty-two bytes long"


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def settings(folder: Path, port: int, **more: object) -> Settings:
    ids = {name: number for number, name in enumerate(_IDS, start=1)}
    given = {
        "server_mode": ServerMode.DEVELOPMENT,
        "discord_bot_token": "a token",
        "jwt_secret_key": SECRET,
        "data_dir": folder / "store",
        "web_server_port": port,
        "public_url": f"http://127.0.0.1:{port}",
        **ids,
        **more,
    }
    return Settings(_env_file=None, **given)  # type: ignore[arg-type]


_IDS = (
    "guild_id",
    "transcript_channel_id",
    "general_ticket_category_id",
    "urgent_ticket_category_id",
    "critical_ticket_category_id",
    "support_team_role_id",
    "developer_role_id",
    "manager_role_id",
    "admin_role_id",
)


async def found(
    wanted: str, settings: Settings, env_file: Path | None = None, ahead: float = 0.0
) -> list[str]:
    """The codes of what a check finds."""
    checks = place_checks(settings, env_file, is_running=False, clock=lambda: time.time() + ahead)
    tried = await examine([it for it in checks if it.name == wanted])
    assert len(tried) == 1
    return [fault.code for fault in tried[0].faults]


def private(file: Path, text: str = "") -> Path:
    file.write_text(text)
    file.chmod(0o600)
    return file


async def test_settings_that_are_well_kept_have_no_fault(tmp_path: Path, port: int) -> None:
    assert await found("secrets", settings(tmp_path, port), private(tmp_path / ".env")) == []


async def test_secrets_that_others_read_or_guess_are_named(tmp_path: Path, port: int) -> None:
    file = private(tmp_path / ".env", "GUILD_IT=7\n")
    file.chmod(0o644)
    weak = settings(tmp_path, port, jwt_secret_key="short", public_url="http://support.example.com")

    assert await found("secrets", weak, file) == [
        "setting_risky",
        "setting_risky",
        "secret_weak",
        "settings_readable",
    ]


async def test_a_store_that_works_has_no_fault_and_nothing_is_left_of_trying(
    tmp_path: Path, port: int
) -> None:
    (tmp_path / "store").mkdir()

    assert await found("store", settings(tmp_path, port)) == []
    assert await found("disk", settings(tmp_path, port)) == []
    assert [*(tmp_path / "store").iterdir()] == []


async def test_a_store_that_cannot_be_written_is_named(tmp_path: Path, port: int) -> None:
    private(tmp_path / "file")

    assert await found("store", settings(tmp_path, port, data_dir=tmp_path / "file")) == ["store_away"]
    (tmp_path / "store").mkdir()
    private(tmp_path / "store/guildesk.sqlite3", "no database at all, but a text of some length")
    assert await found("store", settings(tmp_path, port)) == ["store_away"]


async def test_what_keeps_a_store_is_named_with_its_cure(tmp_path: Path, port: int) -> None:
    """What another user owns in it, as after a command of root's; a program that holds it; a damaged file."""
    store, file = tmp_path / "store", tmp_path / "store/guildesk.sqlite3"
    store.mkdir()
    given = settings(tmp_path, port)

    def may(path: str, mode: int, **_: object) -> bool:
        return not str(path).endswith("erased.jsonl")

    private(store / "files")
    assert "files is no folder" in await told_of_store(given)
    (store / "files").unlink()
    (store / "files").mkdir()
    private(store / "erased.jsonl")
    assert await told_of_store(given) == ""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "access", may)
        assert "erased.jsonl is another user's" in await told_of_store(given)
    with closing(sqlite3.connect(file, isolation_level=None)) as held:
        held.execute("PRAGMA journal_mode = WAL")
        held.execute("BEGIN IMMEDIATE")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(trying, "connect", partial(connect, patience=0.05))
            assert "Another program keeps it" in await told_of_store(given)
    private(file, "no database at all, but a text of some length")
    assert "guildesk restore FILE" in await told_of_store(given)


async def told_of_store(given: Settings) -> str:
    checks = place_checks(given, None, is_running=False)
    (tried,) = await examine([it for it in checks if it.name == "store"])
    return " ".join(str(it) for it in tried.faults)


async def test_a_full_disk_and_a_folder_for_back_ups_that_is_not_there_are_named(
    tmp_path: Path, port: int
) -> None:
    (tmp_path / "store").mkdir()
    (tmp_path / "backups").mkdir()
    more = {"backup_every": 1.0, "min_free_mb": 10**12}

    assert await found("disk", settings(tmp_path, port, **more, backup_dir=tmp_path / "no")) == ["disk_full"]
    assert await found("backups", settings(tmp_path, port, **more, backup_dir=tmp_path / "no")) == [
        "backup_failed"
    ]
    assert await found("backups", settings(tmp_path, port, **more, backup_dir=tmp_path / "backups")) == []


ISSUER = """
[[issuer]]
iss = "shop"
aud = "desk"
algorithms = ["ES256"]
roles = ["CUSTOMER"]
jwks_url = "{}"
"""
KEY = jwt.algorithms.ECAlgorithm.to_jwk(ec.generate_private_key(ec.SECP256R1()).public_key(), as_dict=True)


async def test_key_sets_that_cannot_be_read_are_named(tmp_path: Path, port: int) -> None:
    told: dict[str, object] = {}

    async def published(_: web.Request) -> web.Response:
        return web.json_response(told)

    file = private(tmp_path / "issuers.toml")
    async with served(published) as url:
        file.write_text(ISSUER.format(url))
        given = settings(tmp_path, port, issuers_file=file)
        checks = place_checks(given, None, is_running=False)
        (tried,) = await examine([it for it in checks if it.name == "issuers"])
        told |= {"keys": []}
        without = await found("issuers", given)
        told |= {"keys": [KEY]}
        assert await found("issuers", given) == []
    assert "shop cannot be read" in f"{tried.faults}"
    assert "is no JWKS" in f"{tried.faults}"
    assert without == await found("issuers", given) == ["keys_away"], "nobody answers there any more"
    assert await found("issuers", settings(tmp_path, port)) == []


async def _another_program(_: web.Request) -> web.Response:
    return web.Response(text="Welcome to another program")


@asynccontextmanager
async def served(handler: object) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", handler)  # type: ignore[arg-type]
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@pytest.mark.parametrize(
    ("ahead", "codes"), [(0, []), (20, []), (45, ["clock_wrong"]), (-90, ["clock_wrong"])]
)
async def test_a_clock_is_wrong_that_differs_from_discords(
    tmp_path: Path, port: int, ahead: float, codes: list[str]
) -> None:
    async with served(_another_program) as url:
        assert await found("clock", settings(tmp_path, port, discord_api_url=url), ahead=ahead) == codes


@asynccontextmanager
async def proxy(port: int, *, says: bool = True, sockets: bool = True) -> AsyncIterator[str]:
    """A reverse proxy in front of the program."""

    async def passed_on(request: web.Request) -> web.StreamResponse:
        there = f"http://127.0.0.1:{port}{request.path_qs}"
        headers = {name: it for name, it in request.headers.items() if name.startswith("X-Guildesk")}
        headers |= {"X-Forwarded-For": "203.0.113.7"} if says else {}
        async with aiohttp.ClientSession() as session:
            if request.headers.get("Upgrade", "").lower() == "websocket" and sockets:
                async with session.ws_connect(there, headers=headers) as inner:
                    outer = web.WebSocketResponse()
                    await outer.prepare(request)
                    await outer.send_str(await inner.receive_str())
                    await outer.close()
                    return outer
            async with session.get(there, headers=headers) as answer:
                told = {TOLD: answer.headers[TOLD]} if TOLD in answer.headers else {}
                return web.Response(status=answer.status, body=await answer.read(), headers=told)

    async with served(passed_on) as url:
        yield url


async def test_an_address_that_leads_here_has_no_fault(tmp_path: Path, port: int) -> None:
    assert await found("address", settings(tmp_path, port)) == []
    async with proxy(port) as url:
        here = settings(tmp_path, port, public_url=url, trusted_proxies="127.0.0.0/8")
        assert await found("address", here) == []


async def test_proxies_that_make_all_clients_one_are_named(tmp_path: Path, port: int) -> None:
    async with proxy(port) as url:
        assert await found("address", settings(tmp_path, port, public_url=url)) == ["proxy_unknown"]
    async with proxy(port, says=False) as url:
        assert await found("address", settings(tmp_path, port, public_url=url)) == ["proxy_silent"]


async def test_a_proxy_that_passes_no_websocket_on_is_named(tmp_path: Path, port: int) -> None:
    async with proxy(port, sockets=False) as url:
        here = settings(tmp_path, port, public_url=url, trusted_proxies="127.0.0.1")
        assert await found("address", here) == ["sockets_refused"]


async def test_an_address_that_leads_elsewhere_or_nowhere_is_named(tmp_path: Path, port: int) -> None:
    async with served(_another_program) as url:
        assert await found("address", settings(tmp_path, port, public_url=url)) == ["address_elsewhere"]
    nowhere = settings(tmp_path, port, public_url="http://127.0.0.1:1")
    assert await found("address", nowhere) == ["address_away"]


async def test_a_port_that_is_not_to_be_had_is_named(tmp_path: Path) -> None:
    """Wherever PUBLIC_URL leads."""
    async with served(_another_program) as url:
        taken = settings(tmp_path, int(url.rpartition(":")[2]), public_url="http://127.0.0.1:1")
        checks = place_checks(taken, None, is_running=False)
        (tried,) = await examine([it for it in checks if it.name == "address"])
    assert "WEB_SERVER_PORT: another program listens on port" in str(tried.faults[0])
    elsewhere = settings(tmp_path, 5, web_server_host="192.0.2.1")  # an address of nobody's
    assert await found("address", elsewhere) == ["setting_wrong"]


async def test_only_the_doctor_is_told_how_a_request_came(tmp_path: Path, port: int) -> None:
    """The stand-in answers as the API does; others ask while the doctor looks."""
    told: list[dict[str, str]] = []

    async def others(request: web.Request) -> web.StreamResponse:
        async with aiohttp.ClientSession() as session:
            for headers in (
                {},
                asking(key_of("another token")),
                asking(key_of("a token"), lambda: time.time() - 1_000),
                {"X-Guildesk-Doctor": "9" * 5_000 + ".é"},
                asking(key_of("a token")),
            ):
                async with session.get(f"http://127.0.0.1:{port}/healthz", headers=headers) as answer:
                    assert answer.status == 200
                    told.append({it: value for it, value in answer.headers.items() if it == TOLD})
        return web.Response()

    async with served(others) as url:
        await found("address", settings(tmp_path, port, public_url=url))

    assert told[:4] == [{}, {}, {}, {}]
    assert told[4][TOLD] == "peer=127.0.0.1; passed_on=0; trusted=0"


async def test_webhooks_for_errors_are_tried(tmp_path: Path, port: int) -> None:
    async with webhooks() as (url, got):
        good, bad = f"{url}/api", f"{url}/no/such/webhook"
        both = settings(tmp_path, port, error_webhook_url=good, error_bot_webhook_url=bad)

        assert await found("reports", both) == ["report_refused"]
    assert [path for path, _ in got] == ["/api"]


async def test_webhooks_of_the_desk_file_are_tried(tmp_path: Path, port: int) -> None:
    """By what is sent to them otherwise: signed, and not to private addresses."""
    heard: list[str] = []

    async def take(request: web.Request) -> web.Response:
        secret = Webhook("whsec_" + "c2VjcmV0" * 5)
        heard.append(secret.verify(await request.text(), dict(request.headers))["type"])
        return web.Response(status=204 if request.path == "/good" else 500)

    async with served(take) as url:
        listed = [
            f'[[webhooks]]\nid = "{name}"\nurl = "{url}/{name}"\nissuers = ["*"]\n'
            f'secrets = ["whsec_{"c2VjcmV0" * 5}"]\n'
            for name in ("good", "bad")
        ]
        file = private(tmp_path / "desk.toml", "\n".join(listed))
        open_to_all = settings(tmp_path, port, desk_file=file, webhook_private="on")

        assert await found("webhooks", open_to_all) == ["webhook_refuses"]
        assert await found("webhooks", settings(tmp_path, port, desk_file=file)) == ["webhook_refuses"] * 2
    assert heard == ["webhook.test", "webhook.test"]


class _Mails:
    """A mail server's side."""

    def __init__(self) -> None:
        self.taken = 0

    async def handle_MAIL(  # noqa: N802  aiosmtpd's name
        self, server: object, session: object, envelope: Any, address: str, options: object
    ) -> str:
        if address.startswith("stranger"):
            return "550 5.7.1 that is not you"
        envelope.mail_from = address
        return "250 OK"

    async def handle_DATA(self, *_: object) -> str:  # noqa: N802
        self.taken += 1
        return "250 OK"


async def test_the_mail_server_is_tried_and_gets_no_mail(tmp_path: Path, port: int) -> None:
    mails = _Mails()
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(mails), "127.0.0.1", 0)
    async with server:
        url = f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        good, stranger = "Support <support@example.com>", "stranger@example.com"

        assert await found("mail", settings(tmp_path, port, mail_url=url, mail_from=good)) == []
        strange = settings(tmp_path, port, mail_url=url, mail_from=stranger)
        assert await found("mail", strange) == ["mail_refused"]
    nowhere = settings(tmp_path, port, mail_url=f"smtp://127.0.0.1:{port}", mail_from=good)
    assert await found("mail", nowhere) == ["mail_refused"]
    assert mails.taken == 0


async def test_the_mailbox_of_answers_is_opened_and_nothing_is_read(tmp_path: Path, port: int) -> None:
    said: list[bytes] = []

    async def imap(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """A server that knows the password `word`, and has one folder."""
        writer.write(b"* OK IMAP4rev1 ready\r\n")
        while line := await reader.readline():
            said.append(line)
            tag, what = line.split()[:2]
            if what.upper() == b"CAPABILITY":
                writer.write(b"* CAPABILITY IMAP4rev1\r\n")
            is_good = what.upper() != b"LOGIN" or b"word" in line
            writer.write(tag + (b" OK done\r\n" if is_good else b" NO wrong password\r\n"))
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(imap, "127.0.0.1", 0)
    async with server:
        here = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"

        def at(url: str) -> Settings:
            mail = {"mail_url": f"smtp://127.0.0.1:{port}", "mail_from": "s@example.com"}
            return settings(tmp_path, port, **mail, mail_inbound=url, mail_reply_domain="r.example.com")

        assert await found("mailbox", at(f"imap://desk:word@{here}/INBOX")) == []
        assert b"FETCH" not in b"".join(said).upper()
        assert await found("mailbox", at(f"imap://desk:guess@{here}/INBOX")) == ["mailbox_refused"]
    assert await found("mailbox", at(f"imap://desk:word@127.0.0.1:{port}/INBOX")) == ["mailbox_refused"]


async def test_the_gateway_of_text_messages_is_asked_and_sends_nothing(tmp_path: Path, port: int) -> None:
    asked: list[str] = []

    async def gateway(request: web.Request) -> web.Response:
        asked.append(request.method)
        return web.Response(status=405 if request.headers.get("Authorization") else 401)

    app = web.Application()
    app.router.add_route("*", "/sms", gateway)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    here = f"127.0.0.1:{runner.addresses[0][1]}/sms"

    assert await found("sms", settings(tmp_path, port, sms_url=f"http://desk:word@{here}")) == []
    assert await found("sms", settings(tmp_path, port, sms_url=f"http://{here}")) == ["sms_refused"]
    assert await found("sms", settings(tmp_path, port, sms_url=f"http://127.0.0.1:{port}/sms")) == [
        "sms_refused"
    ]
    await runner.cleanup()
    assert asked == ["HEAD", "HEAD"]


async def test_the_sign_in_with_discord_needs_its_secret_and_its_ways_back(tmp_path: Path, port: int) -> None:
    world = new_world()
    runner = web.AppRunner(make_app(Stage(world)))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    given = {
        "discord_client_id": str(world.backend.application_id),
        "discord_api_url": f"http://127.0.0.1:{runner.addresses[0][1]}/api/v10",
        "discord_bot_token": world.bot_token,
        "pages": "desk",
    }
    good = settings(tmp_path, port, discord_client_secret="its secret", **given)

    assert await found("sign-in", good) == ["sign_in_way_back"]
    world.redirects.append(f"http://127.0.0.1:{port}/desk/discord/back")
    assert await found("sign-in", good) == []
    assert await found("sign-in", settings(tmp_path, port, discord_client_secret="wrong", **given)) == [
        "sign_in_refused"
    ]
    await runner.cleanup()
    assert await found("sign-in", good) == ["sign_in_refused"]


async def test_a_check_that_breaks_or_hangs_is_a_fault_and_ends_no_other() -> None:
    async def breaks() -> AsyncIterator[object]:
        nobody: list[object] = []
        for nothing in nobody:
            yield nothing
        raise LookupError("nobody thought of that")

    async def works() -> AsyncIterator[object]:
        nobody: list[object] = []
        for nothing in nobody:
            yield nothing

    checks: Sequence[Check] = [Check("one", "one", breaks), Check("two", "two", works)]  # type: ignore[arg-type]
    tried = await examine(checks)

    assert [[it.code for it in one.faults] for one in tried] == [["check_failed"], []]


async def test_drift_is_told_and_over_once_it_is_right() -> None:
    wrong, seen = [True], asyncio.Queue[list[str]]()

    async def clock() -> AsyncIterator[object]:
        if wrong[0]:
            yield CLOCK_WRONG.of(seconds=99)
        yield SECRET_WEAK.of(why="is short")

    async def note(_: str, faults: Sequence[object]) -> None:
        seen.put_nowait([getattr(it, "code", "") for it in faults])

    checks = [Check("clock", "the clock", clock, while_running=True), Check("other", "", clock)]  # type: ignore[arg-type]
    running = asyncio.create_task(Drifting(checks, note, 0.0, 0.0).run())

    assert await seen.get() == ["clock_wrong"]
    wrong[0] = False
    while await seen.get() != []:
        pass
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
