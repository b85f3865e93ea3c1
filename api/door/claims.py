"""The claims of a token about its user, and their valid forms."""

import math
import re
from typing import Annotated, Final

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, BaseModel, Field
from pydantic_core import PydanticCustomError

from tickets.characters import INVISIBLE, NEVER, clean_line, misplaced_at, shows_nothing
from tickets.model import UserRole

LONGEST_ID: Final = 256
NO_ID: Final = "Id should not be blank, nor hold characters that cannot be seen"
NO_SECONDS: Final = 1e11
"""The year 5138 in seconds, and 1973 in milliseconds: times from here on are not in seconds."""

_NOT_IN_IDS: Final = r"\u0001-\u001f\u007f-\u009f\u2028\u2029" + INVISIBLE
"""For a character class: control characters, line ends, characters that change the direction of text, and
invisible ones."""
_NOT_IN_NAMES: Final = rf"{NEVER}\n\r"
_BAD_NAME: Final = re.compile(f"[{_NOT_IN_NAMES}]")
_BAD_ID: Final = re.compile(f"[{_NOT_IN_IDS}]")
_IS_INVISIBLE: Final = re.compile(f"[{INVISIBLE}]")


def is_id(text: str) -> bool:
    """Whether this is a valid id. Two different ids must not look the same on a screen."""
    return len(text.strip()) > 0 and len(text) <= LONGEST_ID and _BAD_ID.search(text) is None


def _id(text: str) -> str:
    if not is_id(text):
        raise PydanticCustomError("id_not_allowed", NO_ID)
    return text


def _name(text: str) -> str:
    if _BAD_NAME.search(text) or misplaced_at(text) is not None or shows_nothing(text):
        message = "Name should show something, and hold no NUL and no line end"
        raise PydanticCustomError("name_not_allowed", message)
    return clean_line(text).strip()


def _in_seconds(at: float) -> float:
    if abs(at) >= NO_SECONDS:
        raise PydanticCustomError("not_in_seconds", "is not in seconds")
    return at


def _email(text: str) -> str:
    """Checks the syntax only: with a suffix, special-use domains pass like all others. Two different
    addresses must not look the same either."""
    try:
        validate_email(f"{text}.com", check_deliverability=False)
    except EmailNotValidError:
        raise PydanticCustomError("email_not_allowed", "This is no e-mail address") from None
    if _IS_INVISIBLE.search(text) is not None:
        raise PydanticCustomError(
            "email_not_allowed", "Address should hold no characters that cannot be seen"
        )
    return text


UserId = Annotated[
    str,
    Field(
        max_length=LONGEST_ID,
        json_schema_extra={"pattern": rf"^[^{_NOT_IN_IDS}]*[^\s{_NOT_IN_IDS}][^{_NOT_IN_IDS}]*$"},
    ),
    AfterValidator(_id),
]
UserName = Annotated[
    str,
    Field(
        max_length=LONGEST_ID,
        json_schema_extra={"pattern": rf"^[^{_NOT_IN_NAMES}]*[^\s{INVISIBLE}][^{_NOT_IN_NAMES}]*$"},
    ),
    AfterValidator(_name),
]
"""One line. Invisible characters are dropped."""
Email = Annotated[str, Field(max_length=320, json_schema_extra={"format": "email"}), AfterValidator(_email)]
TokenTime = Annotated[float, Field(allow_inf_nan=False), AfterValidator(_in_seconds)]


class Claims(BaseModel, strict=True):
    """The claims that a token must have. Other claims are ignored."""

    id: UserId
    username: UserName
    email: Email
    role: UserRole
    exp: TokenTime = math.inf
    nbf: TokenTime = -math.inf
    iat: object = None
    """Read only if the age of tokens is limited."""
    service: object = None
    """Whether a service calls. Only ``true`` counts, because other issuers may use this claim for something
    else."""
