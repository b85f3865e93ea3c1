"""A live process is asked what its OpenAPI document allows and forbids, and keeps to it.

``make test-slow`` asks briefly, ``make fuzz`` for long."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from chaos.house import SECRET, housed
from demo.tokens import mint

FUZZ = int(os.environ.get("FUZZ", "2"))
"""Requests for each route and phase, at most."""
TIME = 300 + 20 * FUZZ
ON = {"ACCOUNTS": "on", "GUESTS": "on"}
CONFIGURATION = Path(__file__).with_name("schemathesis.toml")


@pytest.mark.slow
@pytest.mark.parametrize("role", ["CUSTOMER", "ADMIN"])
async def test_the_api_is_as_its_document_says(role: str, tmp_path: Path) -> None:
    claims = {"id": "casey", "username": "Casey", "email": "casey@example.test", "role": role}
    async with housed(
        tmp_path, RATE_LIMITS="off", MAX_OPEN_TICKETS="1000000", CLOSE_GRACE="1", **ON
    ) as house:
        process = await asyncio.create_subprocess_exec(
            Path(sys.executable).with_name("schemathesis"),
            *("--no-color", "--config-file", CONFIGURATION, "run", f"{house.api_url}/openapi.json"),
            *("--url", house.api_url, "--header", f"Authorization: Bearer {mint(SECRET, claims)}"),
            *("--checks", "all", "--max-examples", str(FUZZ), "--continue-on-failure"),
            *(() if FUZZ > 10 else ("--seed", "1")),
            cwd=tmp_path,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        output, _ = await asyncio.wait_for(process.communicate(), TIME)
        log = (house.data_dir / "guildesk.log").read_text("utf-8")

    assert process.returncode == 0, output.decode()
    assert [line for line in log.splitlines() if " ERROR " in line and "api." in line] == []
