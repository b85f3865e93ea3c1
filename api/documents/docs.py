"""The OpenAPI document as a page that loads nothing from other hosts."""

import asyncio
import json
from base64 import b64encode
from collections.abc import Iterator, Mapping
from functools import cached_property
from hashlib import sha256
from importlib.resources import files
from shlex import quote
from typing import Any, Final

from jinja2 import Environment, PackageLoader
from markupsafe import Markup, escape

from api.documents.asyncapi import EventDocument
from api.documents.documented import FORM
from api.documents.openapi import Document
from api.documents.texts import SCHEMAS, Json

_CSS: Final = files("api.documents").joinpath("pages/docs.css").read_text("utf-8")
_STYLE_HASH: Final = b64encode(sha256(_CSS.encode()).digest()).decode()
_POLICY: Final = (
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    f"style-src 'sha256-{_STYLE_HASH}'"
)
HEADERS: Final = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": _POLICY}

FIRST: Final = ("tickets", "messages", "attachments")
"""The tags that people look for first."""


_CHANGES: Final = (
    "This changes stored data, and other people are told. Try it with `make demo`, not with real tickets."
)
WARNINGS: Final[Mapping[str, str]] = {
    "post": _CHANGES,
    "put": _CHANGES,
    "patch": _CHANGES,
    "delete": "This removes something for good. Try it with `make demo`, not with real tickets.",
}
"""The warning before a command that does more than read."""


class Docs:
    """The documents and the page."""

    def __init__(self, document: Document, has_page: bool = True) -> None:
        self.document = document
        self.events = EventDocument(document.public_url)
        self.has_page = has_page
        self._making: asyncio.Task[object] | None = None

    async def made(self) -> "Docs":
        """The same, once everything is made. That takes some tenths of a second, so a thread does it when
        they are first asked for. It goes on if those who wait for it leave. If it fails, the next one who
        asks has it tried again."""
        if self._making is None:
            self._making = asyncio.create_task(asyncio.to_thread(self._make), name="making the documents")
        try:
            await asyncio.shield(self._making)
        except Exception:
            self._making = None
            raise
        return self

    def _make(self) -> object:
        return self.document.raw, self.events.raw, self.has_page and self.page

    @cached_property
    def page(self) -> bytes:
        """The page as it is served: HTML without scripts that loads nothing."""
        document = self.document.json
        css = Markup(_CSS)  # noqa: S704  our own
        page = _TEMPLATE.render(document=document, operations_by_tag=_operations_by_tag(document), css=css)
        return page.encode()


def _operations_by_tag(document: Json) -> dict[str, list[Json]]:
    found: dict[str, list[Json]] = {}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            shown = {
                **operation,
                "method": method.upper(),
                "path": path,
                "warning": WARNINGS.get(method),
                "needs_token": operation.get("security") != [],
                "answers": {it: told for it, told in operation["responses"].items() if "$ref" not in told},
                "errors": [it for it, told in operation["responses"].items() if "$ref" in told],
                "curl": _curl(document["servers"][0]["url"], method.upper(), path, operation),
            }
            found.setdefault(operation["tags"][0], []).append(shown)
    return dict(sorted(found.items(), key=lambda group: (_rank(group[0]), group[0])))


def _rank(tag: str) -> int:
    return FIRST.index(tag) if tag in FIRST else len(FIRST)


def _curl(server: str, method: str, path: str, operation: Json) -> str:
    for parameter in operation["parameters"]:
        if parameter["in"] == "path":
            path = path.replace(f"{{{parameter['name']}}}", parameter["example"])
    words = ["curl", *(["-X", method] if method != "GET" else []), quote(server + path)]
    if operation.get("security") != []:
        words += ["\\\n ", "-H", '"Authorization: Bearer $TOKEN"']
    for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
        if media_type == FORM:
            words += ["\\\n ", "-F", "file=@screenshot.png"]
            continue
        words += ["\\\n ", "-H", quote(f"Content-Type: {media_type}")]
        words += ["\\\n ", "-d", quote(json.dumps(content["example"], ensure_ascii=False))]
    return " ".join(words)


def _kind_of(schema: Mapping[str, Any]) -> Iterator[Mapping[str, str]]:
    """A type in words, part by part. Named types link to their description."""
    if "$ref" in schema:
        name = schema["$ref"].removeprefix(SCHEMAS)
        yield {"text": name, "link": f"object-{name}"}
    elif "enum" in schema or "const" in schema:
        values = schema.get("enum", [schema.get("const")])
        yield {"text": ", ".join(map(str, values))}
    elif several := schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf"):
        between = " and " if "allOf" in schema else " or "
        for number, one in enumerate(several):
            yield {"text": between if number else ""}
            yield from _kind_of(one)
    elif schema.get("type") == "array":
        yield {"text": "array of "}
        yield from _kind_of(schema.get("items", {}))
    else:
        yield {"text": _plain_kind(schema)}


def _plain_kind(schema: Mapping[str, Any]) -> str:
    if "event_id" in schema.get("properties", {}):
        return "event_id"
    bounds = [f"{word} {schema[key]}" for key, word in _BOUNDS.items() if key in schema]
    return ", ".join([str(schema.get("type", "anything")), *bounds])


_BOUNDS: Final = {
    "format": "format",
    "minLength": "length from",
    "maxLength": "length to",
    "minimum": "from",
    "maximum": "to",
    "exclusiveMaximum": "below",
    "maxProperties": "at most",
    "maxItems": "at most",
}


def _prose(text: str | None) -> Markup:
    """Text in which backticks mark code."""
    parts = (text or "").replace("``", "`").split("`")
    return Markup("").join(
        Markup("<code>{}</code>").format(it) if number % 2 else escape(it) for number, it in enumerate(parts)
    )


def _pretty(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


_ENVIRONMENT = Environment(loader=PackageLoader("api.documents", "pages"), autoescape=True)
_ENVIRONMENT.globals |= {"kind_of": _kind_of, "prose": _prose}
_ENVIRONMENT.filters["pretty"] = _pretty
_TEMPLATE = _ENVIRONMENT.get_template("docs.html.jinja")
