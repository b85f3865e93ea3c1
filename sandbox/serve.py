"""Listens for a stage: it can be reached while this context is entered."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from sandbox.server import make_app
from sandbox.stage import Stage


@asynccontextmanager
async def serving(stage: Stage, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[str]:
    """Serve a stage; yields its address, with the real port."""
    runner = web.AppRunner(make_app(stage), access_log=None, shutdown_timeout=0.3, handle_signals=False)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
        base = f"http://{_reachable(host)}:{runner.addresses[0][1]}"
        stage.move_to(base)
        yield base
    finally:
        await stage.gateway.close()
        await runner.cleanup()


def _reachable(host: str) -> str:
    if host in ("0.0.0.0", "::"):  # noqa: S104 (compared, not bound)
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host
