"""The server with the widget, for a shop that is about to open."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from demo.processes import free_port
from tests.api.stage import Clock
from tests.new_stores import open_new_sqlite
from tests.widget.shops import WidgetStage


@dataclass
class Street:
    """Where the shop may open, and the server."""

    port: int
    stage: WidgetStage

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@pytest.fixture
async def street(tmp_path: Path) -> AsyncIterator[Street]:
    clock, port = Clock(), free_port()
    async with (
        open_new_sqlite(tmp_path, clock) as store,
        WidgetStage(store, clock).with_widget(f"http://127.0.0.1:{port}", guests=True) as stage,
    ):
        yield Street(port, stage)
