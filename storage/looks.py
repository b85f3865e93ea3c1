"""The columns of looks, which have the same names in both stores."""

from collections.abc import Mapping
from typing import Any, Final

from tickets.model import TicketId, UserKey
from tickets.ports.looks import Look, LookKind

COLUMNS: Final = ("id", "at", "by_key", "kind", "user_key", "ticket_id", "ticket_number")


def values_of(it: Look) -> dict[str, Any]:
    """The values of ``COLUMNS``, in their order."""
    values = (it.id, it.at, str(it.by), it.kind.value, str(it.user), it.ticket_id, it.ticket_number)
    return dict(zip(COLUMNS, values, strict=True))


def look_from(values: Mapping[str, Any]) -> Look:
    ticket_id = values["ticket_id"]
    return Look(
        id=values["id"],
        at=values["at"],
        by=UserKey.parse(values["by_key"]),
        kind=LookKind(values["kind"]),
        user=UserKey.parse(values["user_key"]),
        ticket_id=None if ticket_id is None else TicketId(ticket_id),
        ticket_number=values["ticket_number"],
    )
