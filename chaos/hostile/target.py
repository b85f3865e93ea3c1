"""What hostile clients know: the process that they attack, and what they own there."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from chaos.hostile.raw import Raw, connected

STRANGERS = "127.0.0.66"
"""From where they come; everybody else has other addresses."""


@dataclass(frozen=True)
class Target:
    """The port of the process, the token of a customer who means no good, the path of a large file of theirs,
    and the id of a ticket of theirs."""

    port: int
    token: str
    file: str = ""
    ticket: str = ""
    address: str = STRANGERS

    @property
    def shown(self) -> str:
        """The header with the token."""
        return f"Authorization: Bearer {self.token}"

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[Raw]:
        async with connected(self.port, self.address) as raw:
            yield raw

    async def is_left(self, raw: Raw) -> None:
        """Return once the process has ended the connection; what it says until then is thrown away."""
        try:
            while await raw.reader.read(65_536):
                pass
        except ConnectionError:
            pass
