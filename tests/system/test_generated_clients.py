"""Clients that are generated from the OpenAPI document: strictly typed, and able to have a conversation."""

import asyncio
import json
import os
import shutil
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.api.stage import Clock, Stage, token
from tests.new_stores import open_new_sqlite

HERE = Path(__file__).parents[1] / "generated_clients"
BIN = Path(sys.executable).parent
NODE = shutil.which("node")


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    clock = Clock()
    async with open_new_sqlite(tmp_path / "store", clock) as store, Stage(store, clock).open() as stage:
        yield stage


@pytest.fixture
async def document(stage: Stage, tmp_path: Path) -> Path:
    """The document as it is served, in a folder of its own."""
    path = tmp_path / "client" / "openapi.json"
    path.parent.mkdir()
    async with stage.http.get("/openapi.json") as answer:
        path.write_bytes(await answer.read())
    return path


async def run(*command: str | Path, cwd: Path, **environment: str) -> str:
    """What the command says; it must succeed."""
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=cwd,
        env=os.environ | environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()
    return said.decode()


async def must_have_had_a_conversation(stage: Stage, said: str) -> None:
    told: dict[str, Any] = json.loads(said)
    ticket = await stage.ask("GET", f"/api/v1/tickets/{told['ticket']}", "casey")

    assert ticket.json["assignee"] == {"id": "ada", "name": "Ada"}, "what was left out stayed as it was"
    topic = ticket.json["topic"]
    assert told == {
        "ticket": ticket.json["id"],
        "level": "URGENT",
        "assignee": "ada",
        "closed_at": None,
        "seq": ticket.json["message_count"] + 3,
        "listed": [ticket.json["id"]],
        "refused": "staff_only",
        "events": [f"ticket_opened: {topic}", *[f"ticket_updated: {topic}"] * 2, "message: Hello?"],
    }


@pytest.mark.skipif(
    NODE is None or not (HERE / "node_modules").exists(),
    reason="Node.js or openapi-typescript is missing: install Node.js 18 or newer with npm "
    "(Debian: apt install nodejs npm), then `make test` installs what is generated with",
)
@pytest.mark.slow
async def test_a_client_in_typescript(stage: Stage, document: Path) -> None:
    here = document.parent
    for name in ("round_trip.ts", "tsconfig.json", "package.json"):
        shutil.copy(HERE / name, here)
    (here / "node_modules").symlink_to(HERE / "node_modules")
    node, modules = NODE or "node", HERE / "node_modules"

    await run(node, modules / "openapi-typescript/bin/cli.js", "openapi.json", "-o", "schema.ts", cwd=here)
    await run(node, modules / "typescript/bin/tsc", "--strict", cwd=here)
    said = await run(node, "round_trip.js", stage.url, token("casey"), token("ada", role="ADMIN"), cwd=here)

    await must_have_had_a_conversation(stage, said)


@pytest.mark.slow
async def test_a_client_in_python(stage: Stage, document: Path) -> None:
    here = document.parent
    (here / "settings.yml").write_text(
        "post_hooks: []\ncontent_type_overrides: {application/zip: application/octet-stream}\n"
    )
    shutil.copy(HERE / "round_trip.py", here)

    said = await run(
        BIN / "openapi-python-client",
        *("generate", "--path", "openapi.json", "--config", "settings.yml"),
        *("--meta", "none", "--output-path", "guildesk_client", "--fail-on-warning"),
        cwd=here,
    )
    assert "WARNING" not in said, said
    await run(BIN / "mypy", "--strict", "guildesk_client", "round_trip.py", cwd=here)
    said = await run(
        *(sys.executable, "round_trip.py"),
        *(stage.url, token("casey"), token("ada", role="ADMIN")),
        cwd=here,
    )

    await must_have_had_a_conversation(stage, said)
