"""Bodies and queries of requests make checked models; what is wrong with them is told field by field."""

import re
from collections.abc import Sequence
from typing import Annotated, Any, Final, TypeVar

from aiohttp import hdrs, web
from multidict import MultiMapping
from pydantic import AfterValidator, BaseModel, Field, StringConstraints, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from api.door.errors import BadQuery, BadRequest, Fault, PayloadTooLarge, UnsupportedMediaType

MOST_BYTES: Final = 64 * 1024
"""Of a body; the longest message takes 48,000 with every character escaped."""
MOST_FAULTS: Final = 50

Model = TypeVar("Model", bound=BaseModel)

_REFUSED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
"""Control characters but for tab and line ends, and those that turn the direction of what follows."""
_LINE_ENDS = re.compile("[\t\n\r\x85\u2028\u2029]")


_NONE_OF: Final = r"\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u202a-\u202e\u2066-\u2069"
_NO_LINE_END: Final = rf"{_NONE_OF}\t\n\r\u0085\u2028\u2029"


def _pattern(regex: str) -> Any:
    """Tells readers of the schema what the validators do, which have a text for each fault."""
    return Field(json_schema_extra={"pattern": regex})


def _printable(text: str) -> str:
    if _REFUSED.search(text):
        raise PydanticCustomError("control_character", "Text should hold no control characters")
    return text


def _one_line(text: str) -> str:
    if _LINE_ENDS.search(text):
        raise PydanticCustomError("more_than_one_line", "Text should be one line")
    return _printable(text)


def visible(text: str) -> str:
    if not text.strip():
        raise PydanticCustomError("blank", "Text should not be blank")
    return _printable(text)


Topic = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100),
    AfterValidator(_one_line),
    _pattern(rf"^[^{_NO_LINE_END}]*[^\s{_NO_LINE_END}][^{_NO_LINE_END}]*$"),
]
Content = Annotated[
    str,
    StringConstraints(min_length=1, max_length=4_000),
    AfterValidator(visible),
    _pattern(rf"^[^{_NONE_OF}]*[^\s{_NONE_OF}][^{_NONE_OF}]*$"),
]
"""What somebody writes: kept as it is, spaces at the ends too."""
_LINE = (AfterValidator(_one_line), _pattern(rf"^[^{_NO_LINE_END}]*$"))
NewContent = Annotated[
    str,
    StringConstraints(max_length=4_000),
    AfterValidator(_printable),
    Field(validate_default=True, examples=["I use Windows, if that matters."]),
]
"""The same, but it may be empty; whether it may, is for the model to say."""
FileIds = Annotated[list[Annotated[str, Field(min_length=1, max_length=100)]], Field(max_length=10)]
"""Ids of uploads, as a ticket or message takes them."""
_MetadataName = Annotated[str, StringConstraints(min_length=1, max_length=64), *_LINE]
_MetadataText = Annotated[str, StringConstraints(max_length=512), *_LINE]
Metadata = Annotated[
    dict[_MetadataName, _MetadataText],
    # pydantic tells of the names by a pattern, to which the others are no exception
    Field(max_length=16, json_schema_extra={"additionalProperties": False}),
]


def whole(value: object) -> object:
    """1.0 is an integer in JSON Schema, and to JavaScript: to be validated before."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


async def body_of(request: web.Request, model: type[Model]) -> Model:
    """The request's body, or BadRequest, PayloadTooLarge, UnsupportedMediaType.

    Never more is read than the application's ``client_max_size``."""
    content_type = request.headers.get(hdrs.CONTENT_TYPE)
    if content_type is not None and content_type != "application/json":
        _must_be_json(request)
    if (request.content_length or 0) > MOST_BYTES:
        raise PayloadTooLarge(MOST_BYTES)
    try:
        return model.model_validate_json(await request.read(), strict=True)
    except ValidationError as error:
        raise BadRequest(_faults(error)) from None


def query_of(request: web.Request, model: type[Model]) -> Model:
    """What the request's query says, or BadQuery."""
    try:
        return model.model_validate(_parameters(request.query))
    except ValidationError as error:
        known = [field.alias or name for name, field in model.model_fields.items()]
        raise BadQuery([_of_query(it, known) for it in _faults(error)]) from None


def must_have_no_query(request: web.Request) -> None:
    """Raises BadQuery where there is one."""
    if request.query:
        raise BadQuery([_unknown(name, ()) for name in _parameters(request.query)][:MOST_FAULTS])


def _of_query(fault: Fault, known: Sequence[str]) -> Fault:
    name = fault.location
    if fault.type == "extra_forbidden":
        return _unknown(name, known)
    return fault.model_copy(update={"location": f"query.{name}" if name != "body" else "query"})


def _unknown(name: str, known: Sequence[str]) -> Fault:
    message = "There are no parameters here"
    if known:
        message = f"There is no such parameter; known are {', '.join(known)}"
    return Fault(location=f"query.{name}", message=message, type="unknown_parameter")


def _parameters(query: MultiMapping[str]) -> dict[str, str | list[str]]:
    """What is given several times is a list, which only some parameters take."""
    return {name: values[0] if len(values := query.getall(name)) == 1 else values for name in query}


def _must_be_json(request: web.Request) -> None:
    charset = (request.charset or "utf-8").lower()
    if request.content_type != "application/json" or charset not in ("utf-8", "utf8", "us-ascii"):
        raise UnsupportedMediaType


def _faults(error: ValidationError) -> list[Fault]:
    faults = error.errors(include_url=False, include_input=False)[:MOST_FAULTS]
    return [
        Fault(
            location=".".join(map(str, fault["loc"])) or "body",
            message=fault["msg"],
            type=fault["type"],
            context=_context(fault),
        )
        for fault in faults
    ]


def _context(fault: ErrorDetails) -> dict[str, Any] | None:
    context = {
        name: value if isinstance(value, int | float | str) else str(value)
        for name, value in fault.get("ctx", {}).items()
        if name != "class_name"  # a name of ours
    }
    return context or None
