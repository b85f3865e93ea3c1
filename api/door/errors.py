"""Every "no" of the API, in the one shape that clients know: {error, message}."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from pydantic import BaseModel

from api.door.answers import json_answer
from tickets.ports.store import StoreUnavailable
from tickets.refusals import Conflict, Invalid, NotAllowed, NotFound, Refusal

RETRY_STORE_AFTER: Final = 2
"""Seconds after which a client may try again when the store was away."""

REFUSALS: Mapping[type[Refusal], tuple[int, str]] = {
    NotFound: (404, "NOT_FOUND"),
    Conflict: (409, "CONFLICT"),
    NotAllowed: (403, "FORBIDDEN"),
    Invalid: (400, "BAD_REQUEST"),
}
"""The branches of the tree of refusals, each with its answer."""

CODES: Mapping[int, tuple[str, str]] = {
    400: ("BAD_REQUEST", "The request is not valid."),
    404: ("NOT_FOUND", "There is nothing here."),
    405: ("METHOD_NOT_ALLOWED", "This method is not allowed here."),
    413: ("PAYLOAD_TOO_LARGE", "The body is too large."),
    415: ("UNSUPPORTED_MEDIA_TYPE", "The body's type is not supported."),
    500: ("INTERNAL_SERVER_ERROR", "Something went wrong on our side."),
}
"""What is said of faults that HTTP itself knows."""


class Fault(BaseModel):
    """What is wrong with one field."""

    location: str
    message: str
    type: str
    context: dict[str, Any] | None = None


class ErrorBody(BaseModel):
    error: str
    message: str
    errors: list[Fault] | None = None


class ApiError(Exception):
    """A "no" that the API says before, or without, asking the desk."""

    status = 500
    code = "INTERNAL_SERVER_ERROR"

    def __init__(
        self, message: str, *, headers: Mapping[str, str] | None = None, errors: Sequence[Fault] = ()
    ) -> None:
        super().__init__(message)
        self.headers = headers
        self.errors = errors


class BadRequest(ApiError):
    status = 400
    code = "BAD_REQUEST"

    def __init__(self, errors: Sequence[Fault]) -> None:
        super().__init__("Invalid form of body", errors=errors)


class Unauthorized(ApiError):
    status = 401
    code = "UNAUTHORIZED"

    def __init__(self, reason: str) -> None:
        super().__init__(reason, headers={"WWW-Authenticate": "Bearer"})


class OriginRefused(ApiError):
    status = 403
    code = "FORBIDDEN"

    def __init__(self) -> None:
        super().__init__("This origin may not use the API.")


class Stalled(ApiError):
    status = 408
    code = "REQUEST_TIMEOUT"

    def __init__(self) -> None:
        super().__init__("The body stopped coming.", headers={"Connection": "close"})


class PayloadTooLarge(ApiError):
    status = 413
    code = "PAYLOAD_TOO_LARGE"

    def __init__(self, most: int) -> None:
        super().__init__(f"A body may hold {most} bytes at most.")


class UnsupportedMediaType(ApiError):
    status = 415
    code = "UNSUPPORTED_MEDIA_TYPE"

    def __init__(self, wanted: str = "application/json in UTF-8") -> None:
        super().__init__(f"The body must be {wanted}.")


class KeyReused(ApiError):
    status = 422
    code = "IDEMPOTENCY_KEY_REUSED"

    def __init__(self) -> None:
        super().__init__("This Idempotency-Key was used for another body.")


class RateLimited(ApiError):
    status = 429
    code = "RATELIMIT"

    def __init__(self, allowed: str, headers: Mapping[str, str]) -> None:
        super().__init__(f"You are being ratelimited only {allowed} request are allowed", headers=headers)


def answer_to(error: Exception) -> web.Response | None:
    """The answer that tells of ``error``; None if it is a fault of ours, which clients learn nothing of."""
    match error:
        case ApiError():
            return _answer(error.status, error.code, str(error), error.errors, error.headers)
        case Refusal():
            return _answer_to_refusal(error)
        case StoreUnavailable():
            headers = {"Retry-After": str(RETRY_STORE_AFTER)}
            return _answer(503, "UNAVAILABLE", "The store is not available; try again soon.", (), headers)
        case web.HTTPException():
            return answer_to_status(error.status, error)
        case web.RequestPayloadError() | HttpProcessingError():  # of a part of a form, too
            return answer_to_status(400)
    return None


def answer_to_status(status: int, error: web.HTTPException | None = None) -> web.Response:
    """The answer to a fault of HTTP; its own text is never shown."""
    phrase = HTTPStatus(status).phrase
    code, message = CODES.get(status, (phrase.upper().replace(" ", "_").replace("-", "_"), f"{phrase}."))
    headers = {"Allow": error.headers["Allow"]} if error is not None and "Allow" in error.headers else None
    return _answer(status, code, message, (), headers)


def status_of(refusal: type[Refusal]) -> tuple[int, str]:
    """The status and code of a kind of refusal; KeyError if its branch has none."""
    for kind in refusal.__mro__:
        if kind in REFUSALS:
            return REFUSALS[kind]
    raise KeyError(refusal)


def _answer_to_refusal(refusal: Refusal) -> web.Response:
    status, code = status_of(type(refusal))
    if status != 400:
        return _answer(status, code, str(refusal), (), None)
    fault = Fault(location="body", message=str(refusal), type=refusal.code)
    return answer_to(BadRequest([fault])) or answer_to_status(400)


def _answer(
    status: int, code: str, message: str, errors: Sequence[Fault], headers: Mapping[str, str] | None
) -> web.Response:
    body = ErrorBody(error=code, message=message, errors=list(errors) or None)
    return json_answer(body.model_dump_json(exclude_none=True), status=status, headers=headers)
