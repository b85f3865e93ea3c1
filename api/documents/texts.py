"""Texts of the OpenAPI document that belong to no model: path parameters, errors, headers."""

from collections.abc import Mapping
from typing import Any, Final

Json = dict[str, Any]

SCHEMAS: Final = "#/components/schemas/"

WIRE_NAMES: Final[Mapping[str, str]] = {
    "Status": "TicketStatus",
    "Delivery": "MessageDelivery",
    "Role": "ProcessRole",
    "Error": "ErrorAnswer",
    "Fault": "FieldFault",
    "Discord": "TicketChannel",
    "Reading": "ReadMarks",
    "Entry": "HistoryEntry",
    "Day": "DailyFigures",
    "Spread": "Durations",
    "Merge": "UserMerge",
    "Requester": "NewRequester",
    "Read": "ReadSignal",
    "Typing": "TypingSignal",
    "Done": "Acknowledgement",
    "Acknowledged": "AuthorizeAcknowledgement",
    "Watching": "WatchAcknowledgement",
    "Me": "OwnUser",
    "Claim": "GuestClaim",
    "Refresh": "RefreshRequest",
    "MailedToken": "AddressProof",
}
"""Names of schemas whose model's name says too little, or means something else in generated code."""

PATH_PARAMETERS: Final[Mapping[str, tuple[str, str]]] = {
    "ticket_id": ("The ticket's `id`, or its `number`.", "1"),
    "message_id": ("The message's `id`.", "b34f04db157c44f19b8c5cf1f216990c"),
    "agent_id": ("The agent's id: that of their backend, or that of Discord.", "sam"),
    "user_id": ("The user's `id` claim.", "casey"),
    "attachment_id": ("The upload's `id`.", "5f0c2f4be8d94c0f9d0ab0dd2b6bb7a8"),
    "file_id": ("The file's id, as in the URL that was given.", "5f0c2f4be8d94c0f9d0ab0dd2b6bb7a8"),
    "signature": ("The signature of the URL that was given.", "c2lnbmF0dXJl"),
    "name": ("The file's name. Any name works.", "screenshot.png"),
    "other": ("The id or the number of the other ticket.", "17"),
    "label": ("A label.", "billing"),
    "account_id": ("The account's `id`.", "019a8c2f6b105f0c2f4be8d94c0f9d0a"),
    "session_id": ("The session's `id`.", "b34f04db157c44f19b8c5cf1f216990c"),
    "token": ("The token in the link of the mail.", "c2ln.c2hvcCBjYXNleQ"),
    "notification_id": ("The notification's `id`.", "8f2d0c1be8d94c0f9d0ab0dd2b6bb7a8"),
    "webhook_id": ("The webhook's `id`.", "wh_5f0c2f4be8d94c0f9d0ab0dd2b6bb7a8"),
    "delivery_id": ("The delivery's `id`.", "9b3c1d5f7a2e4c6088f1b7d3e5a90c42"),
    "erasure_id": ("The erasure's `id`.", "3f2a9c04d1e7"),
}
"""The meaning of each path parameter, with an example."""

PATH_PATTERNS: Final[Mapping[str, str]] = {"label": "^[a-z0-9-]{1,40}$", "account_id": "^[0-9a-f]+$"}
"""The patterns of path parameters that do not take every text."""

ERRORS: Final[Mapping[int, tuple[str, str, str, str]]] = {
    400: (
        "BAD_REQUEST",
        "Body, query or a header is not valid; `errors` says why.",
        "Invalid form of body",
        "body_invalid",
    ),
    401: ("UNAUTHORIZED", "There is no token, or it is not valid.", "token expired", "token_expired"),
    403: ("FORBIDDEN", "You may not do this with it, or not now.", "Ticket 1 is closed.", "ticket_closed"),
    404: (
        "NOT_FOUND",
        "It does not exist, or you may not know of it.",
        "There is no ticket 7.",
        "ticket_not_found",
    ),
    405: (
        "METHOD_NOT_ALLOWED",
        "`Allow` names the methods.",
        "This method is not allowed here.",
        "method_not_allowed",
    ),
    408: (
        "REQUEST_TIMEOUT",
        "Less than 4 kB of the body came within a minute.",
        "The body stopped coming.",
        "request_timeout",
    ),
    409: (
        "CONFLICT",
        "It conflicts with the present state.",
        "Feedback on ticket 1 was given already.",
        "feedback_already_given",
    ),
    412: (
        "PRECONDITION_FAILED",
        "The ticket's version is not the one that `If-Match` names.",
        "Ticket 1 was changed meanwhile; its version is 7.",
        "ticket_changed",
    ),
    413: (
        "PAYLOAD_TOO_LARGE",
        "The body is too large.",
        "A body may hold 65536 bytes at most.",
        "payload_too_large",
    ),
    415: (
        "UNSUPPORTED_MEDIA_TYPE",
        "The body has the wrong type.",
        "The body must be application/json in UTF-8.",
        "unsupported_media_type",
    ),
    416: (
        "RANGE_NOT_SATISFIABLE",
        "The range begins after the end; `Content-Range` says how many bytes there are.",
        "There are 4 bytes, and none where the range begins.",
        "range_not_satisfiable",
    ),
    417: (
        "EXPECTATION_FAILED",
        "`Expect` holds something other than `100-continue`.",
        "Only 100-continue can be expected here.",
        "expectation_failed",
    ),
    422: (
        "IDEMPOTENCY_KEY_REUSED",
        "The key was used with another body.",
        "This Idempotency-Key was used for another body.",
        "idempotency_key_reused",
    ),
    429: (
        "RATELIMIT",
        "Too many requests; `Retry-After` says when to try again.",
        "You are being ratelimited only 3 per minute request are allowed",
        "rate_limited",
    ),
    431: (
        "REQUEST_HEADER_FIELDS_TOO_LARGE",
        "The headers are larger than 32 kB.",
        "The headers are too large.",
        "request_header_fields_too_large",
    ),
    500: (
        "INTERNAL_SERVER_ERROR",
        "A fault of ours.",
        "Something went wrong on our side.",
        "internal_server_error",
    ),
    503: (
        "UNAVAILABLE",
        "The store is not available; with an Idempotency-Key it is safe to try again.",
        "The store is not available; try again soon.",
        "store_unavailable",
    ),
}
"""All errors by status: name, meaning, an example of the message, and the code."""

HEADERS: Final[Mapping[str, Json]] = {
    "X-Request-ID": {
        "description": "The request's id: yours, if you sent a valid one, or else a new one.",
        "required": True,
        "schema": {"type": "string", "maxLength": 128, "examples": ["0198f6a2b3c47d5e8f90a1b2c3d4e5f6"]},
    },
    "Retry-After": {
        "description": "Seconds until the next request is accepted, if that is not at once.",
        "schema": {"type": "integer", "minimum": 1, "examples": [20]},
    },
    "RateLimit": {
        "description": "How many more requests are accepted now (r), and in how many seconds the whole limit "
        "is free again (t).",
        "schema": {"type": "string", "examples": ['"open_ticket";r=2;t=20']},
    },
    "RateLimit-Policy": {
        "description": "The limit: so many requests (q) in so many seconds (w).",
        "schema": {"type": "string", "examples": ['"open_ticket";q=3;w=60']},
    },
    "Idempotent-Replayed": {
        "description": "`true` if this is the answer to an earlier request with the same Idempotency-Key.",
        "schema": {"type": "string", "enum": ["true"]},
    },
    "Link": {
        "description": "The next page, if there is one. There may be one even if this page is shorter than "
        "its limit.",
        "schema": {
            "type": "string",
            "examples": ['<https://support.example.com/api/v1/tickets?limit=2&cursor=7>; rel="next"'],
        },
    },
    "Deprecation": {
        "description": "Since when what you have used is deprecated (RFC 9745).",
        "schema": {"type": "string", "examples": ["@1798761600"]},
    },
    "Sunset": {
        "description": "Until when it works at least (RFC 8594).",
        "schema": {"type": "string", "examples": ["Sat, 01 Jan 2028 00:00:00 GMT"]},
    },
    "WWW-Authenticate": {
        "description": "How to show a token.",
        "required": True,
        "schema": {"type": "string", "examples": ["Bearer"]},
    },
}
LIMITED: Final = ("X-Request-ID", "Retry-After", "RateLimit", "RateLimit-Policy")
REQUEST_ID: Final[Json] = {
    "name": "X-Request-ID",
    "in": "header",
    "description": "Your id for this request. It is used if it has 1 to 128 visible ASCII characters.",
    "schema": {"type": "string", "examples": ["checkout-4711"]},
}

IDEMPOTENCY_KEY: Final[Json] = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "A request with the same key and body, repeated within a day, is done once and gets the "
    "first answer again.",
    "schema": {"type": "string", "pattern": "^[!-~]{1,255}$", "examples": ["5b0d6c1e-order-4711"]},
}


EVENT_ID: Final[Json] = {
    "type": "object",
    "required": ["event_id"],
    "properties": {
        "event_id": {
            "type": "string",
            "description": "Send the last one as `last_event_id`, and you miss nothing.",
        }
    },
}
ABOUT: Final = """\
Users of an app open tickets and chat; staff answers in Discord.

Your backend signs a token that says who its user is. Times are Unix seconds, UTC. A page of a list links
the next one in the header `Link`. Errors have one form, `{error, code, message}`: treat a code that you do
not know by its status. Ignore fields that you do not know; those in this document stay and keep their
types. A slash at the end of a path is taken too. Sockets are described below `x-socket-events`: Socket.IO
4, default namespace and path.
"""
