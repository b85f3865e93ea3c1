"""The query of ``GET /tickets``: filters, an order, a page."""

from collections.abc import Collection, Sequence
from enum import StrEnum
from typing import Annotated

from aiohttp import web
from pydantic import BeforeValidator, Field

from api.desks import DESKS
from api.door.errors import BadQuery, Fault
from api.door.paging import FROM_LINK, Paging, Parts
from api.door.queries import several
from tickets.events import METADATA
from tickets.model import Caller, IssueLevel, Millis, Status, SupportRole, UserKey
from tickets.ports.lists import Cursor, TicketFilter, TicketOrder
from tickets.targets import SlaState
from tickets.words import MOST_ASKED, words_of

_Id = Annotated[str, Field(min_length=1, max_length=256)]
_Seconds = Annotated[int, Field(ge=0, lt=2**40)]


def _from(after: int | None) -> Millis | None:
    return None if after is None else (after + 1) * 1000


def _until(before: int | None) -> Millis | None:
    return None if before is None else before * 1000


class Expand(StrEnum):
    """What a ticket can have in addition."""

    LAST_MESSAGE = "last_message"
    REQUESTER = "requester"


class TicketQuery(Paging):
    """``status``, ``issue_level`` and ``support_role`` take several values."""

    status: Annotated[frozenset[Status] | None, BeforeValidator(several)] = None
    issue_level: Annotated[frozenset[IssueLevel] | None, BeforeValidator(several)] = None
    support_role: Annotated[frozenset[SupportRole] | None, BeforeValidator(several)] = None
    assignee: _Id | None = Field(None, description="An agent's id.")
    user_id: _Id | None = Field(None, description="A requester's id.")
    unattended: bool | None = Field(
        None,
        description="Tickets that are open, not assigned and not answered yet; with `false`, all others.",
    )
    created_after: _Seconds | None = Field(None, description="Unix seconds; this second itself is left out.")
    created_before: _Seconds | None = Field(None, description="Unix seconds; this second itself is left out.")
    updated_after: _Seconds | None = Field(None, description="Likewise.")
    updated_before: _Seconds | None = Field(None, description="Likewise.")
    closed_after: _Seconds | None = Field(
        None, description="The same for the time of closing; open tickets are left out."
    )
    closed_before: _Seconds | None = Field(
        None, description="The same for the time of closing; open tickets are left out."
    )
    category: Annotated[frozenset[str] | None, BeforeValidator(several)] = Field(
        None, description="Slugs of forms.", examples=[["bug"]]
    )
    issuer: Annotated[frozenset[str] | None, BeforeValidator(several)] = Field(
        None, description="Whose requesters' tickets.", examples=[["default"]]
    )
    label: Annotated[frozenset[str] | None, BeforeValidator(several)] = Field(
        None, description="For staff: tickets with each of these labels.", examples=[["billing"]]
    )
    sla: Annotated[frozenset[SlaState] | None, BeforeValidator(several)] = Field(
        None, description="For staff: the state of the tickets' SLA targets."
    )
    snoozed: bool | None = Field(
        None, description="For staff: tickets that are put aside now; with `false`, all others."
    )
    q: Annotated[str, Field(min_length=1, max_length=200)] | None = Field(
        None,
        description=f"Words, each of which is in the topic, the description or a message; for staff, "
        f"also in a note. The first {MOST_ASKED} different ones count.",
        examples=["does not start"],
    )
    expand: Annotated[frozenset[Expand] | None, BeforeValidator(several)] = Field(
        None, description="What each ticket has in addition. By default nothing."
    )
    sort: TicketOrder = TicketOrder.NEWEST
    cursor: Annotated[Cursor, Parts(2)] | None = Field(None, description=FROM_LINK)

    def filter(self, caller: Caller, assignees: frozenset[UserKey] | None) -> TicketFilter:
        """The filter. Users belong to the caller's issuer. ``assignees`` are the keys of the agent in the
        query. A time leaves out its own second, in the precision of tickets."""
        return TicketFilter(
            requester=None if self.user_id is None else UserKey(caller.key.issuer, self.user_id),
            statuses=self.status,
            issue_levels=self.issue_level,
            support_roles=self.support_role,
            assignees=assignees,
            unattended=self.unattended,
            created_from=_from(self.created_after),
            updated_from=_from(self.updated_after),
            updated_until=_until(self.updated_before),
            closed_from=_from(self.closed_after),
            closed_until=_until(self.closed_before),
            words=None if self.q is None else frozenset(words_of(self.q, MOST_ASKED)),
            categories=self.category,
            issuers=self.issuer,
            labels=self.label,
            sla=self.sla,
            snoozed=self.snoozed,
            created_until=_until(self.created_before),
        )


def metadata_asked(request: web.Request) -> dict[str, str] | None:
    """The values of metadata by name, from parameters like ``metadata.order=O-17``. Raises BadQuery for
    names that are not in INDEXED_METADATA."""
    indexed = request.app[DESKS].options.indexed_metadata
    asked = {name: request.query.getall(name) for name in request.query if name.startswith(METADATA)}
    faults = [_of_metadata(name, values, indexed) for name, values in asked.items()]
    if found := [it for it in faults if it is not None]:
        raise BadQuery(found)
    return {name.removeprefix(METADATA): values[0] for name, values in asked.items()} or None


def _of_metadata(name: str, values: Sequence[str], indexed: Collection[str]) -> Fault | None:
    location = f"query.{name}"
    if name.removeprefix(METADATA) not in indexed:
        known = ", ".join(sorted(indexed)) or "none"
        message = f"Tickets cannot be filtered by this name of metadata; INDEXED_METADATA has {known}"
        return Fault(location=location, message=message, type="unknown_parameter")
    if len(values) > 1:
        return Fault(location=location, message="Give it once", type="given_twice")
    return None
