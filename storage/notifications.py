"""The columns of notifications, which have the same names in both stores."""

from collections.abc import Mapping
from typing import Any, Final

from pydantic import TypeAdapter

from tickets.model import TicketId, UserKey
from tickets.notifications import (
    Letter,
    Notification,
    NotificationChannel,
    NotificationId,
    NotificationKind,
    NotificationStatus,
    Wishes,
)
from tickets.ports.notifications import Parcel

COLUMNS: Final = (
    *("id", "user_key", "kind", "channel", "text", "created_at", "status", "ticket_id", "seq"),
    *("sent_at", "read_at", "due_at", "parcel", "begun", "tries", "error", "lane", "letter"),
)
LOOKS: Final = 20
"""For each lane that is asked for, so many notifications are read."""
_LETTER: Final = TypeAdapter(Letter)
_WISHES: Final[TypeAdapter[Wishes]] = TypeAdapter(Wishes)


def values_of(it: Notification) -> dict[str, Any]:
    """The values of ``COLUMNS``, in their order."""
    values = {name: getattr(it, name, None) for name in COLUMNS}
    texts = {name: str(values[name]) for name in ("kind", "channel", "status")}
    letter = None if it.letter is None else _LETTER.dump_json(it.letter).decode()
    return {**values, **texts, "user_key": str(it.user), "letter": letter}


def notification_from(values: Mapping[str, Any]) -> Notification:
    """The notification that has these ``COLUMNS``."""
    ticket_id, letter = values["ticket_id"], values["letter"]
    return Notification(
        id=NotificationId(values["id"]),
        user=UserKey.parse(values["user_key"]),
        kind=NotificationKind(values["kind"]),
        channel=NotificationChannel(values["channel"]),
        text=values["text"],
        created_at=values["created_at"],
        status=NotificationStatus(values["status"]),
        ticket_id=None if ticket_id is None else TicketId(ticket_id),
        letter=None if letter is None else _LETTER.validate_json(letter),
        **{
            name: values[name] for name in ("seq", "sent_at", "read_at", "due_at", "parcel", "begun", "tries")
        },
        error=values["error"],
    )


def wishes_text(wishes: Wishes) -> str:
    return _WISHES.dump_json(wishes).decode()


def wishes_from(text: str) -> Wishes:
    return _WISHES.validate_json(text)


def parcel_of(found: list[Notification]) -> Parcel:
    """The notifications of a lane that are sent together, the oldest first. A parcel whose sending was begun
    before is sent again as it was, alone."""
    begun = [it for it in found if it.parcel is not None]
    together = [it for it in found if it.parcel == begun[0].parcel] if begun else found
    return Parcel(together[0].channel, together[0].lane, tuple(together))
