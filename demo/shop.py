"""The example shop beside the demo: a page with the widget."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Final

from demo.processes import Program, answers, running

SHOP: Final = Path(__file__).parents[1] / "examples/shop/shop.py"
"""It stands in the repository, and is no part of the package."""


@asynccontextmanager
async def shop(api_url: str, secret: str, port: int, data_dir: Path) -> AsyncIterator[str | None]:
    """The address of the shop, open inside the block; None where there is no shop."""
    if not SHOP.exists():
        yield None
        return
    url = f"http://127.0.0.1:{port}"
    program = Program(
        name="the shop",
        arguments=[str(SHOP)],
        log_file=data_dir / "shop.log",
        ready=partial(answers, f"{url}/me"),
        environment={"GUILDESK_URL": api_url, "JWT_SECRET_KEY": secret, "PORT": str(port)},
    )
    async with running(program, lambda: None):
        yield url
