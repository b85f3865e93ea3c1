"""All errors over sockets: those of sockets themselves, and the codes and texts of all others."""

import logging
from typing import Final, NamedTuple

from pydantic import ValidationError

from api.door.auth import TokenFault, TokenRefused
from api.door.errors import ApiError, StoreIsAway
from tickets.ports.store import StoreUnavailable
from tickets.refusals import Refusal

log = logging.getLogger(__name__)

FAULT_OF_OURS: Final = ApiError.code


class SocketRefusal(Exception):
    """The sockets themselves refuse something. The text says why."""

    code = "payload_invalid"


class PayloadInvalid(SocketRefusal):
    """The payload of an event is not valid."""


class NotAuthorized(SocketRefusal):
    code = "not_authorized"

    def __init__(self) -> None:
        super().__init__("not authorized")


class EventUnknown(SocketRefusal):
    code = "event_unknown"

    def __init__(self) -> None:
        super().__init__("there is no such event")


class WatchesTooMany(SocketRefusal):
    code = "too_many_watched"

    def __init__(self, most: int) -> None:
        super().__init__(f'a socket watches at most {most} tickets; watch "all" instead')


class TooManyOfOneUser(SocketRefusal):
    code = "too_many_sockets_of_user"

    def __init__(self, most: int) -> None:
        super().__init__(f"one user has {most} sockets at most")


class Why(NamedTuple):
    """``code`` is for programs, ``message`` for people. Both are the same as over REST."""

    code: str
    message: str


def why(error: Exception) -> Why:
    """What a client is told about the failure of its call."""
    match error:
        case ValidationError():
            return _of_payload(error)
        case TokenRefused() | Refusal() | SocketRefusal() | ApiError():
            return Why(error.code, str(error))
        case StoreUnavailable():
            return Why(StoreIsAway.code, "unavailable, try again soon")
    log.error("a socket's call failed", exc_info=error)
    return Why(FAULT_OF_OURS, "something went wrong on our side")


def _of_payload(error: ValidationError) -> Why:
    fault = error.errors(include_url=False, include_context=False, include_input=False)[0]
    name = fault["loc"][0] if fault["loc"] else "token" if error.title == "Authorize" else "ticket_id"
    is_missing = not fault["loc"] or fault["type"] == "missing"
    if name == "token":
        code: str = TokenFault.MISSING if is_missing else TokenFault.MALFORMED
    else:
        code = PayloadInvalid.code
    return Why(code, f"{name} missing" if is_missing else f'"{name}" invalid')
