"""Validates queries into models, and names the fault of each parameter."""

import re
from collections.abc import Sequence
from functools import cache
from typing import Any, Final

from aiohttp import web
from multidict import MultiMapping
from pydantic import BaseModel, ValidationError

from api.documents.leaving import uses_fields
from api.door.bodies import MOST_FAULTS, Model, faults_of
from api.door.errors import BadQuery, Fault

_WRITTEN: Final = {
    "integer": re.compile("-?(0|[1-9][0-9]*)"),
    "boolean": re.compile("[tT]rue|[fF]alse|1|0"),  # libraries for HTTP write True as Python does
}


def several(given: Any) -> Any:
    """The values of a parameter that has commas between them, or is given several times. Use it as a
    "before" validator."""
    texts = [given] if isinstance(given, str) else given
    # more than that are faults anyhow, and not taken apart
    return [value for text in texts for value in text.split(",", MOST_FAULTS)]


def query_of(request: web.Request, model: type[Model], *, apart: str | None = None) -> Model:
    """The request's query as a model, or BadQuery. Names that begin with ``apart`` are read elsewhere."""
    said = _parameters(request.query)
    if apart is not None:
        said = {name: value for name, value in said.items() if not name.startswith(apart)}
    for name, form in _forms(model).items():
        if isinstance(value := said.get(name), str) and not form.fullmatch(value):
            said[name] = ""  # pydantic would take " 1_0" and "yes" too; an empty text it refuses
    try:
        asked = model.model_validate(said)
    except ValidationError as error:
        known = [field.alias or name for name, field in model.model_fields.items()]
        raise BadQuery([_of_query(it, known) for it in faults_of(error)]) from None
    uses_fields(request, asked)
    return asked


@cache
def _forms(model: type[BaseModel]) -> dict[str, re.Pattern[str]]:
    """How the query's numbers and booleans are written, by name: as in JSON, with room for booleans."""
    properties = model.model_json_schema()["properties"]
    return {
        name: _WRITTEN[kind]
        for name, schema in properties.items()
        for kind in (it.get("type") for it in schema.get("anyOf", [schema]))
        if kind in _WRITTEN
    }


def must_have_no_query(request: web.Request) -> None:
    """Raises BadQuery if the request has a query."""
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
    """The query's parameters. One that is given several times becomes a list, which only some parameters
    accept."""
    return {name: values[0] if len(values := query.getall(name)) == 1 else values for name in query}
