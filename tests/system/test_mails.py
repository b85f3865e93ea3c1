"""Mails of the real program: an account is confirmed by one, an answer comes as one, and is answered
by one; and they go on while Discord is away."""

import asyncio
import re
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from chaos.house import House, housed, until
from tests.notify import dovecot
from tests.notify.dovecot import Box
from tests.notify.mail_server import Mails, running
from tests.system.test_accounts import CASEY, said

ADDRESS = "127.0.0.1"


@pytest.fixture
def mails(tmp_path: Path) -> Iterator[Mails]:
    with running(tmp_path) as server:
        yield Mails(*server)


def settings_for(mails: Mails, **more: str) -> dict[str, str]:
    sender = {"MAIL_URL": mails.url, "MAIL_FROM": "Support <support@desk.example>", "NOTIFY_AFTER": "0"}
    return {**sender, "ACCOUNTS": "on", "RATE_LIMITS": "off", **more}


async def newest(mails: Mails, count: int) -> EmailMessage:
    """The last of so many mails."""

    async def look() -> EmailMessage | None:
        found = mails.all()
        assert len(found) <= count
        return found[-1] if len(found) == count else None

    found: EmailMessage = await until(look)
    return found


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


async def confirmed(house: House, mails: Mails) -> str:
    """Casey's token, once their address is confirmed by mail."""
    assert await said(house, "POST", "/accounts", CASEY) == {"status": "mail_sent"}
    mail = await newest(mails, 1)
    found = re.search(r"token=([\w-]+)", text_of(mail))
    assert mail["To"] == CASEY["email"]
    assert found is not None
    await said(house, "POST", "/accounts/verify", {"token": found[1]})
    login = {name: CASEY[name] for name in ("email", "password")}
    return str((await said(house, "POST", "/accounts/login", login))["token"])


async def test_an_answer_comes_by_mail_also_while_discord_is_away(tmp_path: Path, mails: Mails) -> None:
    async with housed(tmp_path, **settings_for(mails)) as house:
        token = await confirmed(house, mails)
        ticket = await said(house, "POST", "/tickets", {"topic": "It broke", "description": "In two."}, token)
        channel = await house.channel_of(ticket)
        await house.somebody("ada").write(channel, "Have you tried glue?")
        first = await newest(mails, 2)
        await house.kill_sandbox()
        path = f"/tickets/{ticket['id']}/messages"
        await said(house, "POST", path, {"content": "Or tape?"}, house.agent().token)
        second = await newest(mails, 3)

    assert first["Subject"] == second["Subject"] == "Ticket 1: It broke"
    assert "Have you tried glue?" in text_of(first)
    assert "Or tape?" in text_of(second)
    assert "glue" not in text_of(second)


@pytest.fixture
def box() -> Iterator[Box]:
    if dovecot.PROGRAM is None:
        pytest.skip("there is no Dovecot: tests/mail.sh --install installs it")
    with dovecot.running() as box:
        yield box


@pytest.mark.slow
async def test_the_mail_is_answered_by_mail(tmp_path: Path, mails: Mails, box: Box) -> None:
    inbound = {"MAIL_INBOUND": box.url("desk"), "MAIL_REPLY_DOMAIN": "reply.desk.example"}
    async with housed(tmp_path, **settings_for(mails, **inbound)) as house:
        token = await confirmed(house, mails)
        ticket = await said(house, "POST", "/tickets", {"topic": "It broke", "description": "In two."}, token)
        channel = await house.channel_of(ticket)
        await house.somebody("ada").write(channel, "Have you tried glue?")
        mail = await newest(mails, 2)

        answer = EmailMessage()
        answer["Authentication-Results"] = f"{ADDRESS}; dmarc=pass header.from=example.test"
        answer["From"], answer["To"] = CASEY["email"], mail["Reply-To"]
        answer["Message-ID"], answer["In-Reply-To"] = "<1@example.test>", mail["Message-ID"]
        answer.set_content("I have.\n\n" + "".join(f"> {line}\n" for line in text_of(mail).splitlines()))
        await asyncio.to_thread(box.deliver, "desk", answer.as_bytes())

        await house.hears_once(channel, ["I have."])
