"""An office for every test of what people do in Discord."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.cogs.office import Office, office


@pytest.fixture
async def desk_office(tmp_path: Path) -> AsyncIterator[Office]:
    async with office(tmp_path) as opened:
        yield opened
