"""A mail server as a process of its own: aiosmtpd, which keeps what it takes as lines of a file.

It does as the address says: ``refused@`` is 550, ``later@`` 451 the first time, ``cut@`` is taken and the
connection dropped without a word, ``stuck@`` never gets an answer.
``python -m tests.notify.mail_server FILE`` prints its port."""

import asyncio
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP


class Handler:
    def __init__(self, kept: Path) -> None:
        self._kept = kept
        self._asked: Counter[str] = Counter()

    async def handle_RCPT(  # noqa: N802  aiosmtpd's name
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        self._asked[address] += 1
        if address.startswith("refused"):
            return "550 5.1.1 there is no such user here"
        if address.startswith("later") and self._asked[address] == 1:
            return "451 4.7.1 greylisted, try again"
        if address.startswith("stuck"):
            await asyncio.sleep(3600)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        line = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "mail": envelope.content.decode("latin-1"),
        }
        with self._kept.open("a") as file:
            file.write(json.dumps(line) + "\n")
        if envelope.rcpt_tos[0].startswith("cut"):
            server.transport.abort()
        return "250 OK"


async def serve(kept: Path) -> None:
    handler = Handler(kept)
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(handler), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201  it tells its port
    await server.serve_forever()


class Mails:
    """What the server has taken since this was made."""

    def __init__(self, kept: Path, port: int) -> None:
        self._kept = kept
        self.port = port
        self._before = len(self._lines())

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def all(self) -> list[EmailMessage]:
        return [mail for _, mail in self._read()]

    def _lines(self) -> list[str]:
        return self._kept.read_text().splitlines() if self._kept.exists() else []

    def _read(self) -> Iterator[tuple[list[str], EmailMessage]]:
        for line in map(json.loads, self._lines()[self._before :]):
            mail = message_from_bytes(line["mail"].encode("latin-1"), policy=default)
            assert isinstance(mail, EmailMessage)
            yield line["to"], mail


@contextmanager
def running(folder: Path) -> Iterator[tuple[Path, int]]:
    """The server, until the block ends: its file and its port."""
    kept = folder / "mails.jsonl"
    command = [sys.executable, "-m", "tests.notify.mail_server", str(kept)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            yield kept, int(process.stdout.readline())
        finally:
            process.kill()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
