"""Says beside a handler what its route is for. The OpenAPI document is made of this.

Every route needs this, a test sees to it::

    @documented("Post a message", body=MessageText, answer=MessageBody, status=201, errors=(403,))
    async def post_message(request: web.Request, caller: Caller) -> web.Response: ...

Method, path, parameters of the path, limit, token and the errors that follow from those are known from the
``ROUTES`` at the end of the file; examples are made of the models, and of ``examples`` of their fields."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from pydantic import BaseModel

JSON: Final = "application/json"
FORM: Final = "multipart/form-data"
BYTES: Final = "application/octet-stream"
_ATTRIBUTE: Final = "__documentation__"

AnyHandler = TypeVar("AnyHandler", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class Documentation:
    """What the document says about a route."""

    summary: str
    description: str | None = None
    body: type[BaseModel] | None = None
    """What ``body_of`` validates."""
    body_required: bool = True
    """Whether a body is required."""
    body_type: str = JSON
    query: type[BaseModel] | None = None
    """What ``query_of`` validates."""
    answer: Any = None
    """A model, or a type made of models, such as ``list[TicketBody]``. None for an answer without JSON."""
    status: int = 200
    media_types: tuple[str, ...] = (JSON,)
    """The answer's media types. Other types than JSON are described as bytes or text."""
    answers: Mapping[int, Any] = field(default_factory=dict)
    """Further successful answers by status, each given like ``answer``."""
    errors: tuple[int, ...] = ()
    """Statuses of refusals, in addition to those that follow from the route: for token, limit, body and
    query."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Headers of the successful answer, in addition to those of all answers: name and meaning."""


def documented(summary: str, **told: Any) -> Callable[[AnyHandler], AnyHandler]:
    """Describe the route of this handler. ``told`` are fields of ``Documentation``."""
    documentation = Documentation(summary=summary, **told)

    def with_documentation(handler: AnyHandler) -> AnyHandler:
        setattr(handler, _ATTRIBUTE, documentation)
        return handler

    return with_documentation


def documentation_of(handler: Callable[..., Any]) -> Documentation:
    """The documentation of a handler. Raises LookupError if it has none."""
    found = getattr(handler, _ATTRIBUTE, None)
    if not isinstance(found, Documentation):
        raise LookupError(f"{handler.__module__}.{handler.__name__} lacks @documented")
    return found
