"""Validates bodies into models, and names the fault of each field."""

import codecs
import json
import re
from functools import partial
from typing import Annotated, Any, Final, TypeVar

from aiohttp import hdrs, web
from pydantic import (
    AfterValidator,
    BaseModel,
    Field,
    StringConstraints,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from api.documents.leaving import uses_fields
from api.door.errors import BadRequest, Fault, PayloadTooLarge, UnsupportedMediaType
from api.door.expecting import ask_for_body
from api.door.media_types import type_and_charset
from tickets.characters import (
    INVISIBLE,
    LINE_ENDS,
    NEVER,
    clean_line,
    clean_text,
    misplaced_at,
    shows_nothing,
)

MOST_BYTES: Final = 64 * 1024
"""Bytes of a body. The longest message takes 48,000 if every character is escaped."""
MOST_FAULTS: Final = 50
MOST_COMMAS: Final = 250
"""Commas of a body outside of its texts. The largest valid body has about 80; 10,000 faults take 0.1 s."""

Model = TypeVar("Model", bound=BaseModel)

LONGEST_LOCATION: Final = 300
"""Characters of a fault's location. Names in a body are as long as its sender likes."""

_TEXTS: Final = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
_HALF: Final = re.compile("[\ud800-\udfff]")
_LINE_ENDS: Final = re.compile(f"[{LINE_ENDS}]")


def _pattern(regex: str) -> Any:
    """A pattern for the schema only: the validators check the same, with a message for each fault."""
    return Field(json_schema_extra={"pattern": regex})


def _must_be_characters(text: str) -> None:
    if (offset := misplaced_at(text)) is not None:
        message = "Text should hold no NUL character, as there is at offset {offset}"
        raise PydanticCustomError("control_character", message, {"offset": offset})


def _line(text: str) -> str:
    if (found := _LINE_ENDS.search(text)) is not None:
        message = "Text should be one line, and ends one at offset {offset}"
        raise PydanticCustomError("more_than_one_line", message, {"offset": found.start()})
    _must_be_characters(text)
    return clean_line(text)


def _visible(text: str) -> str:
    if shows_nothing(text):
        raise PydanticCustomError("blank", "Text should not be blank")
    return text


def _text(most: int, text: str) -> str:
    _must_be_characters(text)
    return clean_text(text, most)


def _text_of(most: int) -> tuple[Any, ...]:
    """A text of at most ``most`` characters."""
    return StringConstraints(max_length=most), AfterValidator(partial(_text, most))


_ANY_LINE: Final = f"[^{NEVER}{LINE_ENDS}]*"
_ANY_TEXT: Final = f"[^{NEVER}]*"
_SEEN: Final = rf"[^\s{INVISIBLE}]"
_SHOWS = (AfterValidator(_visible), _pattern(f"^{_ANY_TEXT}{_SEEN}{_ANY_TEXT}$"))
_ONE_LINE = (AfterValidator(_line), _pattern(f"^{_ANY_LINE}$"))
_SHOWS_LINE = (
    AfterValidator(_line),
    AfterValidator(_visible),
    _pattern(f"^{_ANY_LINE}{_SEEN}{_ANY_LINE}$"),
)

Topic = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100),
    *_SHOWS_LINE,
    AfterValidator(str.strip),
]
Content = Annotated[str, StringConstraints(min_length=1), *_text_of(4_000), *_SHOWS]
"""What somebody writes, kept as it is, with spaces at its ends."""
Comment = Annotated[str, StringConstraints(min_length=1), *_text_of(2_000), *_SHOWS]
Reason = Annotated[str, *_text_of(1_000), *_SHOWS]
NewContent = Annotated[
    str,
    *_text_of(4_000),
    _pattern(f"^{_ANY_TEXT}$"),
    Field(validate_default=True, examples=["I use Windows, if that matters."]),
]
"""The same, but possibly empty. The model decides whether that is allowed."""
StaffNote = Annotated[str, *_text_of(2_000), AfterValidator(str.strip), _pattern(f"^{_ANY_TEXT}$")]
Remark = Annotated[str, *_text_of(200), AfterValidator(str.strip), _pattern(f"^{_ANY_TEXT}$")]
FileIds = Annotated[list[Annotated[str, Field(min_length=1, max_length=100)]], Field(max_length=10)]
"""Ids of uploads for a ticket or message."""
Locale = Annotated[
    str,
    StringConstraints(max_length=35, pattern="^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$"),
    Field(description="The requester's language, like `de-AT` (BCP 47)."),
]

GivenAnswers = Annotated[
    dict[Annotated[str, Field(min_length=1, max_length=100)], bool | Annotated[str, *_text_of(4_000)]],
    Field(max_length=25, json_schema_extra={"examples": [{}]}),
]
"""A tick is true or false, a file is the id of an upload, and everything else is a text."""
_MetadataName = Annotated[str, StringConstraints(min_length=1, max_length=64), *_SHOWS_LINE]
_MetadataText = Annotated[str, StringConstraints(max_length=512), *_ONE_LINE]


def _names_differ(value: Any, check: ValidatorFunctionWrapHandler) -> Any:
    checked = check(value)
    if len(checked) < len(value):
        raise PydanticCustomError("names_alike", "Names should differ by more than invisible characters")
    return checked


Metadata = Annotated[
    dict[_MetadataName, _MetadataText],
    # pydantic describes the names by a pattern, which means that no other names are allowed
    Field(max_length=16, json_schema_extra={"additionalProperties": False}),
    WrapValidator(_names_differ),
]


MetadataChanges = Annotated[
    dict[_MetadataName, _MetadataText | None],
    Field(max_length=32, json_schema_extra={"additionalProperties": False}),
    WrapValidator(_names_differ),
]
"""Values by name. Null removes the name."""


def whole(value: object) -> object:
    """Accepts 1.0 as an integer, as JSON Schema and JavaScript do. Use it as a "before" validator."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


async def body_of(request: web.Request, model: type[Model]) -> Model:
    """The request's body as a model, or BadRequest, PayloadTooLarge, UnsupportedMediaType. Reads at most the
    application's ``client_max_size``."""
    said = checked(await json_of(request), model)
    uses_fields(request, said)
    return said


def checked(body: bytes, model: type[Model]) -> Model:
    """What this JSON says, or BadRequest."""
    if body.count(b",") > MOST_COMMAS and _TEXTS.sub(b"", body).count(b",") > MOST_COMMAS:
        message = f"Body should hold at most {MOST_COMMAS} values"
        raise BadRequest([Fault(location="body", message=message, type="too_many_values")])
    try:
        return model.model_validate_json(body, strict=True)
    except ValidationError as error:
        raise BadRequest(_half_characters(body) or faults_of(error)) from None


async def json_of(request: web.Request) -> bytes:
    """The raw body, which should be JSON, without the byte order mark that some programs write before it.
    Faults in the headers are raised before the body is read."""
    content_type = request.headers.get(hdrs.CONTENT_TYPE)
    if content_type is not None and content_type != "application/json":
        _must_be_json(request)
    if (request.content_length or 0) > MOST_BYTES:
        raise PayloadTooLarge(MOST_BYTES)
    await ask_for_body(request)
    return (await request.read()).removeprefix(codecs.BOM_UTF8)


def _must_be_json(request: web.Request) -> None:
    kind, charset = type_and_charset(request)
    if kind != "application/json" or charset not in (None, "utf-8", "utf8", "us-ascii"):
        raise UnsupportedMediaType


def faults_of(error: ValidationError) -> list[Fault]:
    faults = error.errors(include_url=False, include_input=False)[:MOST_FAULTS]
    return [
        Fault(
            location=".".join(map(str, fault["loc"]))[:LONGEST_LOCATION] or "body",
            message=fault["msg"],
            type=fault["type"],
            context=_context(fault),
        )
        for fault in faults
    ]


def _half_characters(body: bytes) -> list[Fault]:
    """Faults for halves of surrogate pairs in the body, for which pydantic names no field."""
    if b"\\u" not in body:
        return []
    try:
        left: list[tuple[str, Any]] = [("", json.loads(body))]
    except (ValueError, RecursionError):
        return []
    faults = []
    while left:
        location, said = left.pop()
        if isinstance(said, dict):
            left += [(_within(location, name), it) for name, it in said.items()]
            left += [(_within(location, name), name) for name in said]
        elif isinstance(said, list):
            left += [(_within(location, number), it) for number, it in enumerate(said)]
        elif isinstance(said, str) and (found := _HALF.search(said)) is not None:
            faults.append(_half_character(_HALF.sub("\ufffd", location[1:]), found.start()))
    return faults[:MOST_FAULTS]


def _within(location: str, name: object) -> str:
    return f"{location}.{name}"[: LONGEST_LOCATION + 1]


def _half_character(location: str, offset: int) -> Fault:
    message = f"Text should hold no half of a surrogate pair, as there is at offset {offset}"
    return Fault(
        location=location or "body", message=message, type="half_character", context={"offset": offset}
    )


def _context(fault: ErrorDetails) -> dict[str, Any] | None:
    context = {
        name: value if isinstance(value, int | float | str) else str(value)
        for name, value in fault.get("ctx", {}).items()
        if name != "class_name"  # a name of Guildesk
    }
    return context or None
