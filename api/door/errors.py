"""Every error answer of the API, in one shape: {error, message, code}."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from pydantic import BaseModel

from accounts.refusals import LoginFailed, SessionIsOver, TooBusy, TooManyTries
from api.door.answers import json_answer
from tickets.ports.store import SearchIsBehind, StoreUnavailable
from tickets.refusals import AnswersAreWrong, Conflict, Invalid, NotAllowed, NotFound, Outdated, Refusal

REFUSALS: Mapping[type[Refusal], tuple[int, str]] = {
    NotFound: (404, "NOT_FOUND"),
    Conflict: (409, "CONFLICT"),
    NotAllowed: (403, "FORBIDDEN"),
    Outdated: (412, "PRECONDITION_FAILED"),
    Invalid: (400, "BAD_REQUEST"),
}
"""The status and error of each branch of the tree of refusals."""

HTTP_FAULTS: Mapping[int, tuple[str, str]] = {
    400: ("BAD_REQUEST", "The request is not valid."),
    404: ("NOT_FOUND", "There is nothing here."),
    405: ("METHOD_NOT_ALLOWED", "This method is not allowed here."),
    413: ("PAYLOAD_TOO_LARGE", "The body is too large."),
    415: ("UNSUPPORTED_MEDIA_TYPE", "The body's type is not supported."),
    417: ("EXPECTATION_FAILED", "Only 100-continue can be expected here."),
    431: ("REQUEST_HEADER_FIELDS_TOO_LARGE", "The headers are too large."),
    500: ("INTERNAL_SERVER_ERROR", "Something went wrong on our side."),
}
"""Error and message for faults of HTTP itself. The code is the error in lower case."""


class Fault(BaseModel):
    """What is wrong with one field."""

    location: str
    message: str
    type: str
    context: dict[str, Any] | None = None


class ErrorBody(BaseModel):
    """``error`` follows from the status. ``code`` names the cause, and is stable."""

    error: str
    message: str
    code: str
    errors: list[Fault] | None = None


class ApiError(Exception):
    """An error that the API answers without asking the desk."""

    status = 500
    error = "INTERNAL_SERVER_ERROR"
    code = "internal_server_error"

    def __init__(
        self, message: str, *, headers: Mapping[str, str] | None = None, errors: Sequence[Fault] = ()
    ) -> None:
        super().__init__(message)
        self.headers = headers
        self.errors = errors


class BadRequest(ApiError):
    """The body is not valid. ``errors`` names the fields and why."""

    status = 400
    error = "BAD_REQUEST"
    code = "body_invalid"
    message = "Invalid form of body"

    def __init__(self, errors: Sequence[Fault]) -> None:
        super().__init__(self.message, errors=errors)


class BadQuery(BadRequest):
    """A parameter of the query is not valid, or not known."""

    code = "query_invalid"
    message = "Invalid query"


class BadHeader(BadRequest):
    code = "header_invalid"
    message = "Invalid header"


class Unauthorized(ApiError):
    """``code`` is the code of the token's fault."""

    status = 401
    error = "UNAUTHORIZED"

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason, headers={"WWW-Authenticate": "Bearer"})
        self.code = code


class OriginRefused(ApiError):
    status = 403
    error = "FORBIDDEN"
    code = "origin_refused"

    def __init__(self) -> None:
        super().__init__("This origin may not use the API.")


class Stalled(ApiError):
    status = 408
    error = "REQUEST_TIMEOUT"
    code = "request_timeout"

    def __init__(self) -> None:
        super().__init__("The body stopped coming.", headers={"Connection": "close"})


class PayloadTooLarge(ApiError):
    status = 413
    error = "PAYLOAD_TOO_LARGE"
    code = "payload_too_large"

    def __init__(self, most: int) -> None:
        super().__init__(f"A body may hold {most} bytes at most.")


class UnsupportedMediaType(ApiError):
    status = 415
    error = "UNSUPPORTED_MEDIA_TYPE"
    code = "unsupported_media_type"

    def __init__(self, wanted: str = "application/json in UTF-8") -> None:
        super().__init__(f"The body must be {wanted}.")


class EncodedBody(ApiError):
    status = 415
    error = "UNSUPPORTED_MEDIA_TYPE"
    code = "encoding_not_supported"

    def __init__(self) -> None:
        super().__init__("The body must come as it is, neither packed for transfer nor encoded.")


class RangeNotSatisfiable(ApiError):
    status = 416
    error = "RANGE_NOT_SATISFIABLE"
    code = "range_not_satisfiable"

    def __init__(self, size: int) -> None:
        message = f"There are {size} bytes, and none where the range begins."
        super().__init__(message, headers={"Content-Range": f"bytes */{size}", "Accept-Ranges": "bytes"})


class KeyReused(ApiError):
    status = 422
    error = "IDEMPOTENCY_KEY_REUSED"
    code = "idempotency_key_reused"

    def __init__(self) -> None:
        super().__init__("This Idempotency-Key was used for another body.")


class RateLimited(ApiError):
    status = 429
    error = "RATELIMIT"
    code = "rate_limited"

    def __init__(self, allowed: str, headers: Mapping[str, str]) -> None:
        super().__init__(f"You are being ratelimited only {allowed} request are allowed", headers=headers)


class Unavailable(ApiError):
    status = 503
    error = "UNAVAILABLE"
    message: str
    retry_after = 2
    """Seconds."""

    def __init__(self) -> None:
        super().__init__(self.message, headers={"Retry-After": str(self.retry_after)})


class DiskIsFull(Unavailable):
    code = "disk_full"
    message = "There is no room for files; try again later."
    retry_after = 60


class StoreIsAway(Unavailable):
    code = "store_unavailable"
    message = "The store is not available; try again soon."


class SearchesWait(Unavailable):
    code = "search_is_behind"
    message = "What was written lately is still being made ready for searches; search again soon."


class SignInFailed(ApiError):
    status = 401
    error = "UNAUTHORIZED"
    code = "login_failed"

    def __init__(self) -> None:
        message = "This e-mail address and this password do not open an account."
        super().__init__(message, headers={"WWW-Authenticate": "Bearer"})


class SignInAgain(ApiError):
    status = 401
    error = "UNAUTHORIZED"
    code = "session_over"

    def __init__(self) -> None:
        super().__init__("The session is over; sign in again.", headers={"WWW-Authenticate": "Bearer"})


class TriedTooOften(ApiError):
    status = 429
    error = "RATELIMIT"
    code = "too_many_tries"

    def __init__(self, wait: int) -> None:
        seconds = max(1, -(-wait // 1000))
        message = f"That was tried too often; try again in {seconds} s."
        super().__init__(message, headers={"Retry-After": str(seconds)})


class PasswordsWait(Unavailable):
    code = "too_busy"
    message = "Too many passwords wait to be checked; try again soon."


def answer_to(error: Exception) -> web.Response | None:
    """The answer to ``error``. None for a bug in Guildesk, about which clients learn nothing."""
    match error:
        case ApiError():
            errors = list(error.errors) or None
            body = ErrorBody(error=error.error, message=str(error), code=error.code, errors=errors)
            return _answer(error.status, body, error.headers)
        case Refusal():
            return _answer_to_refusal(error)
        case LoginFailed():
            return answer_to(SignInFailed())
        case SessionIsOver():
            return answer_to(SignInAgain())
        case TooManyTries():
            return answer_to(TriedTooOften(error.wait))
        case TooBusy():
            return answer_to(PasswordsWait())
        case StoreUnavailable():
            return answer_to(SearchesWait() if isinstance(error, SearchIsBehind) else StoreIsAway())
        case web.HTTPException():
            return answer_to_status(error.status, error)
        case web.RequestPayloadError() | HttpProcessingError():  # also for a part of a form
            return answer_to_status(400)
    return None


def answer_to_status(status: int, error: web.HTTPException | None = None) -> web.Response:
    """The answer to a fault of HTTP. The text of aiohttp is never shown."""
    phrase = HTTPStatus(status).phrase
    name, message = HTTP_FAULTS.get(
        status, (phrase.upper().replace(" ", "_").replace("-", "_"), f"{phrase}.")
    )
    headers = {"Allow": error.headers["Allow"]} if error is not None and "Allow" in error.headers else None
    return _answer(status, ErrorBody(error=name, message=message, code=name.lower()), headers)


def status_of(refusal: type[Refusal]) -> tuple[int, str]:
    """The status and error of a kind of refusal; KeyError if its branch has none."""
    for kind in refusal.__mro__:
        if kind in REFUSALS:
            return REFUSALS[kind]
    raise KeyError(refusal)


def _answer_to_refusal(refusal: Refusal) -> web.Response:
    status, error = status_of(type(refusal))
    if status != 400:
        return _answer(status, ErrorBody(error=error, message=str(refusal), code=refusal.code))
    faults = [Fault(location="body", message=str(refusal), type=refusal.code)]
    if isinstance(refusal, AnswersAreWrong):
        faults = [
            Fault(location=f"answers.{it.question}", message=str(it), type=it.why.name.lower())
            for it in refusal.faults
        ]
    body = ErrorBody(error=error, message=BadRequest.message, code=refusal.code, errors=faults)
    return _answer(status, body)


def _answer(status: int, body: ErrorBody, headers: Mapping[str, str] | None = None) -> web.Response:
    return json_answer(body.model_dump_json(exclude_none=True), status=status, headers=headers)
