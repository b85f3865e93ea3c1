"""Whatever text a body may hold is cleaned or refused: a new field cannot forget it."""

import re
from collections.abc import Iterator
from typing import Annotated, Any, Final

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from api.app import ROUTES
from api.documents.documented import documentation_of

HOSTILE: Final = "a\x1b\u202eb\u2028\ufeff"
LEFT: Final = re.compile("[\x1b\u2028\ufeff]|\u202e(?!.*\u202c)")
TRIED: Final[tuple[Any, ...]] = (HOSTILE, [HOSTILE], {HOSTILE: HOSTILE}, {"name": HOSTILE})

LOOKED_UP: Final = {
    *("attachments", "answers", "category", "reply_to", "upto", "guest", "user_id"),
    *("guest_token", "refresh_token", "token", "code", "assignee", "other", "ticket_id"),
}
"""Names of what is there already, under which nothing new is kept."""
SECRETS: Final = {"password", "old_password"}
"""Compared byte by byte, and shown to nobody."""
CHECKED_BY_DESKS: Final = {"url", "labels"}
LOGIN: Final = {("LoginBody", "email")}
"""An address to look up."""


def _bodies() -> Iterator[type[BaseModel]]:
    left = [it.body for it in (documentation_of(route.handler) for route in ROUTES) if it.body]
    seen = set()
    while left:
        model = left.pop()
        if model in seen:
            continue
        seen.add(model)
        yield model
        for field in model.model_fields.values():
            left += [
                it for it in _parts(field.annotation) if isinstance(it, type) and issubclass(it, BaseModel)
            ]


def _parts(annotation: Any) -> Iterator[Any]:
    yield annotation
    for it in getattr(annotation, "__args__", ()):
        yield from _parts(it)


def _fields() -> Iterator[tuple[type[BaseModel], str]]:
    for model in _bodies():
        for name in model.model_fields:
            if name not in LOOKED_UP | SECRETS | CHECKED_BY_DESKS and (model.__name__, name) not in LOGIN:
                yield model, name


@pytest.mark.filterwarnings("ignore::pydantic.warnings.UnsupportedFieldAttributeWarning")
def test_no_text_of_a_body_is_kept_as_it_came() -> None:
    kept = [f"{model.__name__}.{name}" for model, name in _fields() if _is_kept(model, name)]

    assert kept == []


def _is_kept(model: type[BaseModel], name: str) -> bool:
    field = model.model_fields[name]
    kind: Any = Annotated[field.annotation, None, *field.metadata]
    adapter = TypeAdapter[Any](kind)
    for value in TRIED:
        try:
            taken = adapter.validate_python(value)
        except ValidationError:
            continue
        if LEFT.search(_words(taken)) is not None:
            return True
    return False


def _words(taken: Any) -> str:
    if isinstance(taken, dict):
        return "\n".join(map(_words, (*taken, *taken.values())))
    return "\n".join(map(_words, taken)) if isinstance(taken, list | tuple) else str(taken)
