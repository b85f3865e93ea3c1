"""The body of ``PATCH /tickets/{ticket_id}``."""

from typing import Annotated, Any, Self

from pydantic import BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError

from api.door.bodies import Content, MetadataChanges, Reason, Topic
from tickets.events import METADATA
from tickets.model import IssueLevel, Status, SupportRole

_NEVER_NULL = ("topic", "description", "issue_level", "support_role", "status", "metadata")


def _tell_what_goes_together(schema: dict[str, Any]) -> None:
    """State in the schema what the validator below checks."""
    told = schema["properties"]
    for name in _NEVER_NULL:
        told[name] = told[name]["anyOf"][0]
    schema["if"] = {
        "properties": {"status": {"enum": [status for status in Status if status.is_closed]}},
        "required": ["status"],
    }
    schema["then"] = {"properties": dict.fromkeys(set(told) - {"status", "reason"}, False)}
    schema["else"] = {"properties": {"reason": {"type": "null"}}}
    schema["examples"] = [{"status": Status.RESOLVED, "reason": "Solved by a restart."}]


class TicketChanges(BaseModel, extra="forbid", json_schema_extra=_tell_what_goes_together):
    """Fields that are left out stay as they are. A status that closes is the only field of its request,
    except ``reason``, which goes with closing only. ``assignee`` is an agent's id, or null to release the
    ticket. A null in ``metadata`` removes the name."""

    topic: Topic | None = None
    description: Content | None = None
    issue_level: IssueLevel | None = None
    support_role: SupportRole | None = None
    assignee: Annotated[str, Field(min_length=1, max_length=256)] | None = None
    status: Status | None = None
    metadata: MetadataChanges | None = None
    reason: Reason | None = None

    @model_validator(mode="after")
    def _belong_together(self) -> Self:
        closes = self.status is not None and self.status.is_closed
        for name in _NEVER_NULL:
            if name in self.model_fields_set and getattr(self, name) is None:
                raise PydanticCustomError("null", "{field} cannot be null", {"field": name})
        if self.reason is not None and not closes:
            raise PydanticCustomError("reason_without_closing", "reason goes with a status that closes")
        if closes and self.model_fields_set - {"status", "reason"}:
            raise PydanticCustomError("closing_with_changes", "A status that closes must be the only change")
        return self

    @property
    def reopens(self) -> bool:
        """Whether this reopens the ticket if it is closed."""
        return self.status is Status.OPEN and self.model_fields_set == {"status"}

    @property
    def values(self) -> dict[str, str | None]:
        """The fields that were given, as the desk takes them."""
        given: dict[str, str | None] = self.model_dump(
            mode="json", include=self.model_fields_set - {"reason", "metadata"}
        )
        return given | {f"{METADATA}{name}": value for name, value in (self.metadata or {}).items()}
