"""What the tests of the JavaScript clients share: Node, and the packages that they are tested with."""

import asyncio
import os
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LIBRARY = ROOT / "clients/js"
NODE = shutil.which("node")
SOCKETS = ROOT / "tests/reference_client/node_modules"
COMPILERS = ROOT / "tests/generated_clients/node_modules"

INSTALL = "install Node.js 18 or newer with npm (Debian: apt install nodejs npm), then run `make test` again"
needs_sockets = pytest.mark.skipif(
    NODE is None or not SOCKETS.exists(), reason=f"Node.js or socket.io-client is missing: {INSTALL}"
)
needs_compilers = pytest.mark.skipif(
    NODE is None or not COMPILERS.exists(), reason=f"Node.js or TypeScript is missing: {INSTALL}"
)


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
