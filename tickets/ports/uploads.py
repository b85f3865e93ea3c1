"""Uploads: files that were sent ahead of the ticket or message that they will be part of."""

from dataclasses import dataclass
from typing import Protocol

from tickets.model import Attachment, EventId, FileId, Millis, TicketId, UserKey

UNUSED_FOR: Millis = 24 * 60 * 60 * 1000
"""How long an upload waits to be used."""
SWEPT_AFTER: Millis = UNUSED_FOR + 60 * 60 * 1000
"""Later than the last moment at which an upload can be used, so that nothing is swept away while it is
used."""


@dataclass(frozen=True, slots=True)
class Unused:
    """The unused uploads of one user: how many, and their bytes."""

    count: int
    size: int

    def leaves_room_for(self, file: Attachment) -> bool:
        """One file alone is always taken, however large files may be."""
        if self.count == 0:
            return True
        return self.count < MOST_UNUSED and self.size + file.size <= MOST_UNUSED_BYTES


MOST_UNUSED = 20
MOST_UNUSED_BYTES = 50 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Use:
    """The event that an upload became part of."""

    ticket_id: TicketId
    event_id: EventId


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    file: Attachment
    uploader: UserKey
    at: Millis
    use: Use | None = None


class Uploads(Protocol):
    """Uploads: who made them, and what they were used for. The bytes are in ``Files``."""

    async def add(self, upload: Upload) -> bool:
        """Remember it, unless the uploader's unused ones leave no room for it; the same id again changes
        nothing. Whether it is remembered. However many are added at once, never is one too many kept."""
        ...

    async def get(self, file_id: FileId) -> Upload | None: ...

    async def bind(self, file_id: FileId, uploader: UserKey, use: Use, since: Millis) -> Upload | None:
        """The upload, if it is this uploader's, not older than ``since``, and unused or of this very use."""
        ...

    async def unbind(self, use: Use) -> None:
        """Uploads that were bound to this use are unused again."""
        ...

    async def unsettled(self, before: Millis, limit: int) -> list[Upload]:
        """Uploads older than this about which it is not known whether they were used; the oldest first."""
        ...

    async def settle(self, file_id: FileId) -> None:
        """The upload was used, so sweeping leaves it alone."""
        ...

    async def remove(self, file_id: FileId) -> None: ...

    async def hand_over(self, uploader: UserKey, to: UserKey) -> None:
        """Whatever the one has uploaded is the other's from now on."""
        ...
