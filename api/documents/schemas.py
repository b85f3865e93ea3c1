"""The schemas of all models, in a form that suits code generators.

In a request, an optional field is not required and has no default, because generated clients would send it.
Null is allowed only where it means something. In an answer, a field that is always there is required, and
one that may be missing is never null."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from typing import Any, Final

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode
from pydantic_core import core_schema

from api.documents.examples import example_of
from api.documents.texts import SCHEMAS, WIRE_NAMES, Json

NULL: Final = {"type": "null"}
_NAME: Final = re.compile("[A-Za-z][A-Za-z0-9_]*")


class _Generator(GenerateJsonSchema):
    """pydantic's generator, without titles that only repeat a field's name, and with names for enum values
    that cannot be names themselves."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def enum_schema(self, schema: core_schema.EnumSchema) -> Json:
        made = super().enum_schema(schema)
        members: list[Enum] = schema["members"]
        if not all(_NAME.fullmatch(str(it.value)) for it in members):
            made["x-enum-varnames"] = [it.name for it in members]
        return made


class Schemas:
    """Each model once, under a name that reads well: TicketBody is Ticket."""

    def __init__(
        self, requests: Iterable[Any], answers: Iterable[Any], queries: Iterable[type[BaseModel]]
    ) -> None:
        named: Json = {}
        self._queries: dict[str, Json] = {}
        for query in queries:
            made, those = _generated([query], "validation")
            name = made[str(query)]["$ref"].removeprefix(SCHEMAS)
            self._queries[str(query)] = those.pop(name)["properties"]
            named |= those
        self._requests, those = _generated(requests, "validation")
        named |= _merged(named, those, _of_request)
        self._answers, those = _generated(answers, "serialization")
        named |= _merged(named, those, _of_answer)
        self.named: Json = dict(sorted(named.items()))
        for schema in self.named.values():
            _tell_apart(schema, self.named)
        for schema in self.named.values():
            if schema.get("type") == "object":
                schema.setdefault("examples", [example_of(schema, self.named)])

    def of_request(self, model: Any) -> Json:
        return dict(self._requests[str(model)])

    def of_answer(self, model: Any) -> Json:
        return dict(self._answers[str(model)])

    def of_query(self, query: type[BaseModel]) -> Mapping[str, Json]:
        """The schemas of a query's parameters, by name."""
        return self._queries[str(query)]

    def example(self, schema: Json) -> Any:
        return example_of(schema, self.named)


def _merged(named: Json, those: Json, tidy: Callable[[Json], None]) -> Json:
    for name, schema in those.items():
        tidy(schema)
        if named.get(name, schema) != schema:
            raise ValueError(f"{name} is part of requests and of answers, and differs between them")
    return those


def _tell_apart(schema: Json, named: Mapping[str, Json]) -> None:
    """Name the discriminator of a union of objects: the field in which each of them has values of its own."""
    refs = [it["$ref"] for it in schema.get("anyOf", ()) if "$ref" in it]
    objects = [named[it.removeprefix(SCHEMAS)].get("properties", {}) for it in refs]
    for field in objects[0] if len(objects) > 1 else ():
        values = [it.get(field, {}).get("enum") for it in objects]
        if all(values):
            mapping = {value: ref for ref, those in zip(refs, values, strict=True) for value in those}
            schema["oneOf"] = schema.pop("anyOf")
            schema["discriminator"] = {"propertyName": field, "mapping": mapping}
            return


def without_null(schema: Json) -> Json:
    """The schema of an answer that leaves out fields without a value."""
    shown = {name: value for name, value in schema.items() if name != "default" or value is not None}
    alternatives = [it for it in shown.get("anyOf", ()) if it != NULL]
    if len(alternatives) == 1:
        del shown["anyOf"]
        shown |= alternatives[0]
    elif alternatives:
        shown["anyOf"] = alternatives
    return shown


def _of_request(schema: Json) -> None:
    for field in schema.get("properties", {}).values():
        field.pop("default", None)


def _of_answer(schema: Json) -> None:
    fields: Json = schema.get("properties", {})
    optional = {name for name, field in fields.items() if field.get("default", ...) is None}
    for name, field in fields.items():
        fields[name] = without_null(field) if name in optional else field
        fields[name].pop("default", None)
    if fields:
        schema["required"] = [name for name in fields if name not in optional]


def _generated(models: Iterable[Any], mode: JsonSchemaMode) -> tuple[dict[str, Json], dict[str, Json]]:
    """The schema of each model, by its ``str``, and the schemas that they refer to, by name."""
    adapters = {str(model): TypeAdapter[Any](model) for model in models}
    made, definitions = TypeAdapter.json_schemas(
        [(name, mode, adapter) for name, adapter in adapters.items()],
        ref_template=SCHEMAS + "{model}",
        schema_generator=_Generator,
    )
    names = {it: _name(it) for it in definitions.get("$defs", {})}
    if twice := [it for it, count in Counter(names.values()).items() if count > 1]:
        raise ValueError(f"two models are called {twice[0]} in the document; give one of them another name")
    named = {
        names[it]: {**_renamed(schema, names), "title": names[it]}
        for it, schema in definitions.get("$defs", {}).items()
    }
    return {key[0]: _renamed(schema, names) for key, schema in made.items()}, named


def _name(model: str) -> str:
    name = model.removesuffix("Body")
    return WIRE_NAMES.get(name, name)


def _renamed(schema: Any, names: Mapping[str, str]) -> Any:
    """The schema, with its references renamed."""
    if isinstance(schema, dict):
        return {
            key: SCHEMAS + names[value.removeprefix(SCHEMAS)] if key == "$ref" else _renamed(value, names)
            for key, value in schema.items()
        }
    return [_renamed(it, names) for it in schema] if isinstance(schema, list) else schema
