"""People who sign in at the desk itself, over real processes: also after a kill, and with the first admin."""

import asyncio
import os
import re
import sys
from pathlib import Path
from typing import Any

from chaos.house import House, housed, until
from tests.notify.mail_server import Mails, running

CASEY = {"email": "casey@example.test", "password": "a horse of another kind", "username": "Casey"}


async def said(house: House, method: str, path: str, body: Any = None, token: str | None = None) -> Any:
    """What the API answers; a bad status is an error."""
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    url = f"{house.api_url}/api/v1{path}"
    async with house.session.request(method, url, json=body, headers=headers) as answer:
        told = await answer.json() if answer.content_type == "application/json" else None
        assert answer.status < 300, told
        return told


async def test_a_customer_registers_signs_in_and_talks_with_staff_without_any_backend(tmp_path: Path) -> None:
    async with housed(tmp_path, ACCOUNTS="on", GUESTS="on", JWT_SECRET_KEY="") as house:
        await said(house, "POST", "/accounts", CASEY)
        login = {name: CASEY[name] for name in ("email", "password")}
        signed_in = await said(house, "POST", "/accounts/login", login)
        token = signed_in["token"]
        assert (await said(house, "GET", "/me", None, token))["username"] == "Casey"

        new = {"topic": "It broke", "description": "In two.", "category": "bug"}
        ticket = await said(house, "POST", "/tickets", new, token)
        assert ticket["category"] == "bug"
        path = f"/tickets/{ticket['id']}"
        await said(house, "POST", f"{path}/messages", {"content": "Hello?"}, token)
        channel = await house.channel_of(ticket)
        await house.hears_once(channel, ["Hello?"])
        await house.somebody("ada").write(channel, "Have you tried glue?")
        await until(lambda: answered(house, path, token))
        told = await said(house, "GET", "/notifications", None, token)
        assert [(it["kind"], it["ticket_id"], it["channel"]) for it in told] == [
            ("answer", ticket["id"], "in_app")
        ]
        await said(house, "PATCH", path, {"status": "RESOLVED"}, token)
        feedback = await said(house, "POST", f"{path}/feedback", {"rating": 5, "comment": "Glue!"}, token)
        assert feedback["rating"] == 5
        await house.kill_guildesk()
        await house.start_guildesk()

        assert (await said(house, "GET", "/me", None, token))["username"] == "Casey"
        renewed = await said(
            house, "POST", "/accounts/refresh", {"refresh_token": signed_in["refresh_token"]}
        )
        listed = await said(house, "GET", "/tickets", None, renewed["token"])
        assert [it["id"] for it in listed] == [ticket["id"]]
        assert "horse" not in (house.data_dir / house.log_name).read_text("utf-8")

        assert "is an admin now" in await admin_created(house.store_file.parent)
        roots = await said(
            house, "POST", "/accounts/login", {"email": "root@example.test", "password": "only root knows it"}
        )
        accounts = await said(house, "GET", "/accounts", None, roots["token"])
        assert [(it["username"], it["role"]) for it in accounts] == [("root", "ADMIN"), ("Casey", "CUSTOMER")]


async def test_an_address_is_confirmed_by_a_real_mail_and_a_forgotten_password_replaced(
    tmp_path: Path,
) -> None:
    with running(tmp_path) as (kept, port):
        mails = Mails(kept, port)
        settings = {"MAIL_URL": mails.url, "MAIL_FROM": "desk@example.test"}
        async with housed(tmp_path, ACCOUNTS="on", JWT_SECRET_KEY="", **settings) as house:
            assert await said(house, "POST", "/accounts", CASEY) == {"status": "mail_sent"}
            token = await mailed_token(mails, "verify")
            await house.kill_guildesk()
            await house.start_guildesk()
            user = (await said(house, "POST", "/accounts/verify", {"token": token}))["user"]
            assert (user["email"], user["email_verified"]) == (CASEY["email"], True)

            await said(house, "POST", "/accounts/forgot", {"email": CASEY["email"]})
            new = {"token": await mailed_token(mails, "reset"), "password": "another horse altogether"}
            await said(house, "POST", "/accounts/reset", new)
            login = {"email": CASEY["email"], "password": new["password"]}
            assert (await said(house, "POST", "/accounts/login", login))["user"]["id"] == user["id"]


async def mailed_token(mails: Mails, page: str) -> str:
    """The token for this page of the portal, once it was mailed. A kill may bring a mail twice."""

    async def arrived() -> str | None:
        bodies = [mail.get_body(("plain",)) for mail in mails.all()]
        texts = [body.get_content() for body in bodies if body is not None]
        found = re.findall(rf"/portal/{page}\?token=([\w-]+)", "".join(texts))
        return found[-1] if found else None

    token: str = await until(arrived)
    return token


async def answered(house: House, path: str, token: str) -> bool:
    """Whether the customer reads staff's answer, and is notified of it."""
    messages = await said(house, "GET", f"{path}/messages", None, token)
    contents = [it["content"] for it in messages]
    return "Have you tried glue?" in contents and bool(
        await said(house, "GET", "/notifications", None, token)
    )


async def admin_created(data_dir: Path) -> str:
    """What the command says, once it has made an admin while Guildesk runs."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot", "admin", "create", "--no-env-file", "--email", "root@example.test"),
        env={**os.environ, "DATA_DIR": str(data_dir)},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate(b"only root knows it\n")
    assert process.returncode == 0, output.decode()
    return output.decode()
