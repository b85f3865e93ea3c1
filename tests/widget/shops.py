"""The example shop as a process, the widget's server beside it, and a browser in which somebody shops."""

import asyncio
import os
import re
import shutil
import sys
from collections.abc import AsyncIterator, Collection
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, Self

import pytest
from aiohttp import ClientSession

from accounts.desks import AccountOptions, account_desks
from api.app import build
from api.door.auth import SingleIssuer
from api.door.server import serving
from api.options import ApiOptions
from config.page_settings import PageName
from demo.processes import free_port
from pages.frame.frame import Frame
from pages.site import attach, static_files
from tests.api.stage import SECRET, Stage
from texts.language import Language
from tickets.desks.user_desk import UserDesk

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples/shop"
BROWSER = shutil.which("chromium")
needs_browser = pytest.mark.skipif(
    BROWSER is None, reason="there is no Chromium: install it (Debian: apt install chromium fonts-noto-core)"
)
NODE = shutil.which("node")
BACKENDS = {"python": (sys.executable, "shop.py"), "node": (NODE or "node", "shop.mjs")}


class WidgetStage(Stage):
    """The API with the widget, for pages of some origins."""

    @asynccontextmanager
    async def with_widget(
        self,
        *origins: str,
        guests: bool = False,
        accounts: bool = False,
        on: Collection[PageName] = (PageName.WIDGET,),
        **options: Any,
    ) -> AsyncIterator[Self]:
        self.port = self.port or free_port()
        issuer = SingleIssuer(SECRET, self.clock)
        self.app = build(
            self.desk,
            self.store,
            issuer,
            self.clock,
            ApiOptions(
                public_url=self.url,
                rate_limits=False,
                accounts=account_desks(
                    self.store,
                    UserDesk(self.desk, self.store),
                    self.clock,
                    AccountOptions(accounts=accounts, guests=guests),
                ),
                **options,
            ),
        )
        frame = Frame(
            public_url=self.url,
            language=Language.EN,
            on=on,
            static=static_files(),
            secure=False,
            widget_origins=origins,
            has_guests=guests,
        )
        attach(self.app, frame)
        async with AsyncExitStack() as doors:
            await doors.enter_async_context(serving(self.app, "127.0.0.1", self.port))
            self.http = await doors.enter_async_context(ClientSession(self.url))
            yield self


@asynccontextmanager
async def shop(guildesk_url: str, port: int, backend: str = "python", **settings: str) -> AsyncIterator[str]:
    """The shop's address."""
    command = BACKENDS[backend]
    environment = {
        **os.environ,
        "GUILDESK_URL": guildesk_url,
        "JWT_SECRET_KEY": SECRET,
        "PORT": str(port),
        **settings,
    }
    process = await asyncio.create_subprocess_exec(
        *command, cwd=EXAMPLES, env=environment, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        said = (await asyncio.wait_for(process.stdout.readline(), 30)).decode()
        found = re.search(r"http://\S+", said)
        assert found is not None, said
        yield found[0]
    finally:
        process.terminate()
        await process.wait()


@asynccontextmanager
async def browsing() -> AsyncIterator[Any]:
    from playwright import async_api as playwright

    async with playwright.async_playwright() as started:
        opened = await started.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        try:
            yield opened
        finally:
            await opened.close()
