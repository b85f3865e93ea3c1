"""The bodies of webhooks."""

from collections.abc import Mapping
from typing import Final

from pydantic import BaseModel

from tickets.targets import SlaState, TargetName
from wire.objects import MessageBody
from wire.persons import ActorBody
from wire.ticket_bodies import TicketBody


class UserRefBody(BaseModel):
    """A user: the same ``id`` of two issuers is two users."""

    id: str
    issuer: str


class MergedTicketBody(BaseModel):
    """The ticket that was merged into the other."""

    id: str
    number: int


class MissedTargetBody(BaseModel):
    """A target that is about to be missed at ``due_at``, or was missed then; Unix seconds."""

    target: TargetName
    state: SlaState
    due_at: int


class _EventData(BaseModel):
    event_id: str
    seq: int
    ticket_id: str
    requester: UserRefBody
    actor: ActorBody


class TicketData(_EventData):
    """A ticket as it was after the event, as staff sees it, in today's words. ``changed`` names its fields
    that are others now, in ``ticket.updated``; ``merged`` is in ``ticket.merged``, ``sla`` in ``sla.*``."""

    ticket: TicketBody
    changed: list[str] | None = None
    merged: MergedTicketBody | None = None
    sla: MissedTargetBody | None = None


class MessageData(_EventData):
    """A message or note as it is when this is sent: one that was deleted meanwhile is empty."""

    message: MessageBody


class UserData(BaseModel):
    """A user was erased, or goes on as ``user``, having been ``before``."""

    user: UserRefBody
    before: UserRefBody | None = None


class TestData(BaseModel):
    """Somebody tries whether the endpoint works."""

    endpoint_id: str


DATA: Final[Mapping[str, type[BaseModel]]] = {
    "ticket.*": TicketData,
    "message.*": MessageData,
    "note.*": MessageData,
    "feedback.*": TicketData,
    "sla.*": TicketData,
    "user.*": UserData,
    "webhook.*": TestData,
}
"""The ``data`` of webhooks, by group."""
