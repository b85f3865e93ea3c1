"""The OpenAPI document, made from the tables of routes and the models that validate."""

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cached_property
from http import HTTPStatus
from typing import Any

from pydantic.fields import FieldInfo

from api.documents.documented import BYTES, JSON, Documentation, documentation_of
from api.documents.schemas import Schemas, without_null
from api.documents.texts import (
    ABOUT,
    ERRORS,
    EVENT_ID,
    HEADERS,
    IDEMPOTENCY_KEY,
    LIMITED,
    PATH_PARAMETERS,
    PATH_PATTERNS,
    REQUEST_ID,
    SCHEMAS,
    Json,
)
from api.door.errors import ErrorBody
from api.door.routes import AnyRoute, Who
from api.live.socket_events import SOCKET_EVENTS, Direction, SocketEvent


class Document:
    """The OpenAPI document of these routes, made when it is first asked for."""

    def __init__(self, routes: Collection[AnyRoute], public_url: str) -> None:
        self._routes = routes
        self.public_url = public_url

    @cached_property
    def raw(self) -> bytes:
        """The document as it is served."""
        return json.dumps(self.json, ensure_ascii=False, separators=(",", ":")).encode()

    @cached_property
    def json(self) -> Json:
        schemas = self._schemas()
        paths: dict[str, Json] = {}
        for route in self._routes:
            operation = _Operation(schemas, route)
            paths.setdefault(route.path, {})[route.method.lower()] = operation.json()
        return {
            "openapi": "3.1.0",
            "info": {
                "title": "Guildesk",
                "version": "1",
                "summary": "A support desk inside Discord for the users of an app.",
                "description": ABOUT,
                "license": {"name": "MIT", "identifier": "MIT"},
            },
            "servers": [{"url": self.public_url}],
            "tags": [{"name": tag} for tag in sorted(_tags(paths))],
            "security": [{"token": []}],
            "paths": paths,
            "components": {
                "schemas": schemas.named,
                "responses": {str(status): _error(status) for status in ERRORS},
                "headers": dict(HEADERS),
                "securitySchemes": {
                    "token": {
                        "type": "http",
                        "scheme": "bearer",
                        "bearerFormat": "JWT",
                        "description": "Signed by your backend; claims: id, username, email, role.",
                    }
                },
            },
            "x-socket-events": {it.name: _socket_event(it, schemas) for it in SOCKET_EVENTS},
        }

    def _schemas(self) -> Schemas:
        told = [documentation_of(route.handler) for route in self._routes]
        answers = [ErrorBody, *(it for each in told for it in (each.answer, *each.answers.values()) if it)]
        asked = [event.payload for event in SOCKET_EVENTS if event.direction is Direction.TO_SERVER]
        said = [event.payload for event in SOCKET_EVENTS if event.direction is not Direction.TO_SERVER]
        acknowledged = [event.acknowledged for event in SOCKET_EVENTS if event.acknowledged]
        return Schemas(
            requests=[*(it.body for it in told if it.body), *asked],
            answers=[*answers, *said, *acknowledged],
            queries=[it.query for it in told if it.query],
        )


class _Operation:
    def __init__(self, schemas: Schemas, route: AnyRoute) -> None:
        self._schemas = schemas
        self._path = route.path
        self._handler: Callable[..., Any] = route.handler
        self._limit = route.limit
        self._who = route.who
        self._leaving = route.leaving
        self._told: Documentation = documentation_of(route.handler)
        self._is_open = route.who is Who.ANYBODY
        self._minds_keys = route.method == "POST" and not self._is_open

    def json(self) -> Json:
        told = self._told
        made: Json = {
            "operationId": self._handler.__name__,
            "summary": told.summary,
            "tags": [self._handler.__module__.rpartition(".")[2].replace("_", " ")],
            "parameters": [*self._path_parameters(), *self._query_parameters(), *self._headers()],
            "responses": {**self._answers(), **self._errors()},
        }
        if told.description:
            made["description"] = told.description
        if self._leaving is not None:
            made["deprecated"] = True
            made["description"] = " ".join(filter(None, (self._leaving.words, told.description)))
        if self._is_open:
            made["security"] = []
        else:
            made["x-who"] = self._who
        if self._limit is not None:
            made["x-limit"] = str(self._limit)
        if told.body is not None:
            schema = self._schemas.of_request(told.body)
            made["requestBody"] = {
                "required": told.body_required,
                "content": {
                    told.body_type: {"schema": schema, "example": self._schemas.example(schema)},
                },
            }
        return made

    def _path_parameters(self) -> Iterator[Json]:
        for name in re.findall(r"{(\w+)}", self._path):
            description, example = PATH_PARAMETERS[name]
            yield {
                "name": name,
                "in": "path",
                "required": True,
                "description": description,
                "schema": {"type": "string", "minLength": 1, "pattern": PATH_PATTERNS.get(name, "^[^/]+$")},
                "example": example,
            }

    def _query_parameters(self) -> Iterator[Json]:
        if self._told.query is None:
            return
        properties = self._schemas.of_query(self._told.query)
        fields: Mapping[str, FieldInfo] = self._told.query.model_fields
        for name, field in fields.items():
            shown = without_null(properties[field.alias or name])
            yield {
                "name": field.alias or name,
                "in": "query",
                "required": field.is_required(),
                "description": shown.pop("description", name.replace("_", " ")),
                **({"deprecated": True} if shown.pop("deprecated", False) else {}),
                "schema": shown,
            }

    def _headers(self) -> tuple[Json, ...]:
        return (REQUEST_ID, IDEMPOTENCY_KEY) if self._minds_keys else (REQUEST_ID,)

    def _answers(self) -> Json:
        told = self._told
        headers = {name: _see("headers", name) for name in (LIMITED if self._limit else LIMITED[:1])}
        if self._minds_keys:
            headers["Idempotent-Replayed"] = _see("headers", "Idempotent-Replayed")
        if told.query is not None and "cursor" in told.query.model_fields:
            headers["Link"] = _see("headers", "Link")
        if self._leaving is not None:
            headers |= {name: _see("headers", name) for name in ("Deprecation", "Sunset")}
        for name, text in told.headers.items():
            headers[name] = {"description": text, "schema": {"type": "string"}}
        return {
            str(status): {
                "description": told.summary if status == told.status else HTTPStatus(status).phrase,
                "headers": headers,
                **({} if status == HTTPStatus.NOT_MODIFIED else self._content(answer)),
            }
            for status, answer in {told.status: told.answer, **told.answers}.items()
        }

    def _content(self, answer: Any) -> Json:
        content: Json = {}
        for media_type in self._told.media_types:
            if media_type == JSON and answer is not None:
                schema = self._schemas.of_answer(answer)
                content[media_type] = {"schema": schema, "example": self._schemas.example(schema)}
            elif media_type in (BYTES, "application/zip"):
                content[media_type] = {"schema": {"type": "string", "format": "binary"}}
            elif media_type != JSON or len(self._told.media_types) > 1:
                content[media_type] = {"schema": {"type": "string"}} if media_type.startswith("text/") else {}
        return {"content": content} if content else {}

    def _errors(self) -> Json:
        told = self._told
        statuses = {500, *told.errors}
        if not self._is_open:
            statuses |= {401, 403, 503}
        if self._limit is not None:
            statuses.add(429)
        if self._path.count("{"):
            statuses.add(404)
        if told.query is not None:
            statuses.add(400)
        if told.body is not None:
            statuses |= {400, 413, 415}
        if self._minds_keys:
            statuses |= {400, 404, 422}  # 404: the ticket of the request is erased
        statuses -= {told.status, *told.answers}
        return {str(status): _see("responses", str(status)) for status in sorted(statuses)}


def _error(status: int) -> Json:
    error, description, message, code = ERRORS[status]
    headers = {"X-Request-ID": _see("headers", "X-Request-ID")}
    if status in (429, 503):
        headers["Retry-After"] = _see("headers", "Retry-After")
    if status == 429:
        headers |= {name: _see("headers", name) for name in ("RateLimit", "RateLimit-Policy")}
    if status == 401:
        headers["WWW-Authenticate"] = _see("headers", "WWW-Authenticate")
    if status == 405:
        headers["Allow"] = {"description": "The methods of the path.", "schema": {"type": "string"}}
    return {
        "description": description,
        "headers": headers,
        "content": {
            JSON: {
                "schema": {"$ref": SCHEMAS + "ErrorAnswer"},
                "example": {"error": error, "message": message, "code": code},
            }
        },
    }


def _socket_event(event: SocketEvent, schemas: Schemas) -> Json:
    is_asked = event.direction is Direction.TO_SERVER
    payload = schemas.of_request(event.payload) if is_asked else schemas.of_answer(event.payload)
    example = schemas.example(payload)
    if event.resumable:
        payload = {"allOf": [payload, EVENT_ID]}
        example = {**example, "event_id": "42"}
    told: Json = {
        "direction": event.direction,
        "summary": event.summary,
        "payload": payload,
        "example": example,
    }
    if event.acknowledged is not None:
        told["acknowledged"] = schemas.of_answer(event.acknowledged)
    return told


def _see(kind: str, name: str) -> Json:
    return {"$ref": f"#/components/{kind}/{name}"}


def _tags(paths: Mapping[str, Json]) -> set[str]:
    return {tag for operations in paths.values() for it in operations.values() for tag in it["tags"]}
