"""An API with accounts, and mail that is kept instead of sent."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from accounts.desks import AccountDesks, AccountOptions, account_desks
from tests.api.stage import Answer, Clock, Stage
from tickets.desks.user_desk import UserDesk
from tickets.ports.mails import Mail, MailKind
from tickets.ports.store import Store

API = "/api/v1"
ACCOUNTS = f"{API}/accounts"
PASSWORD = "a horse of another kind"
STAFF_KEY = "the key with which staff signs up"
CASEY = {"email": "casey@example.test", "password": PASSWORD, "username": "Casey"}


@dataclass
class Mailbox:
    """The port ``Mailer``."""

    mails: list[Mail] = field(default_factory=list)

    async def send(self, mail: Mail) -> None:
        self.mails.append(mail)

    def token(self, kind: MailKind) -> str:
        """That of the newest mail of this kind."""
        return next(it for it in reversed(self.mails) if it.kind is kind).facts["token"]


@dataclass
class Front(Stage):
    """A stage on which people sign in."""

    desks: AccountDesks = field(init=False)

    async def said(self, method: str, path: str, body: Any = None, token: str | None = None) -> Answer:
        """Ask with this token, or with none."""
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        options = {} if body is None else {"json": body}
        return await self.ask(method, path, None, headers=headers, **options)

    async def registered(self, **changes: str) -> Any:
        answer = await self.said("POST", ACCOUNTS, CASEY | changes)
        assert answer.status == 201, answer.json
        return answer.json["user"]

    async def login(self, email: str = CASEY["email"], password: str = PASSWORD, **headers: str) -> Answer:
        body = {"email": email, "password": password}
        return await self.ask("POST", f"{ACCOUNTS}/login", None, json=body, headers=headers)

    async def signed_in(self, **changes: str) -> Any:
        """What a new account has that has signed in."""
        await self.registered(**changes)
        answer = await self.login((CASEY | changes)["email"], (CASEY | changes)["password"])
        assert answer.status == 200, answer.json
        return answer.json

    async def refreshed(self, refresh_token: str) -> Answer:
        return await self.said("POST", f"{ACCOUNTS}/refresh", {"refresh_token": refresh_token})

    async def as_admin(self, method: str, path: str, body: Any = None) -> Answer:
        options = {} if body is None else {"json": body}
        return await self.ask(method, path, "root", claims={"role": "ADMIN"}, **options)


@asynccontextmanager
async def front(
    store: Store, clock: Clock, mailbox: Mailbox | None = None, **options: Any
) -> AsyncIterator[Front]:
    """With accounts and guests, and without limits of requests."""
    stage = Front(store, clock)
    chosen = AccountOptions(
        accounts=True, guests=True, staff_key=STAFF_KEY, public_url="https://desk.example.test/in"
    )
    stage.desks = account_desks(store, UserDesk(stage.desk, store), clock, chosen, mailbox)
    async with stage.open(**{"rate_limits": False, "accounts": stage.desks, **options}):
        yield stage
