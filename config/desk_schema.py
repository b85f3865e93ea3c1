"""The JSON schema of the desk file, for editors: the rules of the models, and further rules that only the
program knew before.

It refuses everything that the program refuses, except what no schema can express: that names are unique, that
they name something elsewhere in the file, and which facts texts get. ``guildesk desk-check`` finds those."""

from typing import Any, Final
from zoneinfo import available_timezones

from config.desk_file import DeskFile
from config.form_sections import MOST_QUESTIONS
from texts.language import Language
from texts.lengths import LONGEST
from texts.own import texts_in
from tickets.model import UserRole

_ONE_LINE: Final = r"^[^\r\n]*\S[^\r\n]*$"
_SOMETHING: Final = r"\S"
_LETTERS: Final = r"A-Za-z\u00c0-\u024f"
_EMOJI: Final = rf"^(?:<a?:[A-Za-z0-9_]{{2,32}}:[0-9]{{15,20}}>|(?=.*[^\x00-\x7f])[^{_LETTERS}]+)$"
_DATE: Final = r"^[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])$"
_URL: Final = r"^https?://[^/\s]+"
_OF_SECRETS: Final = r"^whsec_[A-Za-z0-9+/]{32,86}={0,2}$"

_ASKS: Final = {"required": ["required"], "properties": {"required": {"const": True}}}
_IS_DEFAULT: Final = {"required": ["default"], "properties": {"default": {"const": True}}}
_QUESTION_RULES: Final[list[dict[str, Any]]] = [
    {
        "if": {"required": ["kind"], "properties": {"kind": {"const": "select"}}},
        "then": {"required": ["options"], "properties": {"options": {"minItems": 1}}},
        "else": {"properties": {"options": {"maxItems": 0}}},
    },
    {
        "if": {"required": ["kind"], "properties": {"kind": {"enum": ["select", "checkbox", "file"]}}},
        "then": {"properties": {"max_length": False}},
    },
]
_NAMED: Final = ("topic_question", "description_question")


def desk_schema() -> dict[str, Any]:
    """The whole schema, in draft 2020-12."""
    schema = DeskFile.model_json_schema()
    sections = schema["$defs"]
    _text(sections["HoursSection"], "zone", enum=sorted(available_timezones()))
    sections["HoursSection"]["properties"]["holidays"]["items"]["pattern"] = _DATE
    for section, key, pattern in (
        ("QuestionSection", "label", _ONE_LINE),
        ("FormSection", "name", _ONE_LINE),
        ("FormSection", "emoji", _EMOJI),
        ("FormSection", "closed_text", _SOMETHING),
        ("PanelSection", "title", _SOMETHING),
        ("PanelSection", "text", _SOMETHING),
        ("WebhookSection", "url", _URL),
    ):
        _text(sections[section], key, pattern=pattern)
    options = sections["QuestionSection"]["properties"]["options"]
    options["uniqueItems"], options["items"]["pattern"] = True, _ONE_LINE
    sections["WebhookSection"]["properties"]["secrets"]["items"]["pattern"] = _OF_SECRETS
    sections["QuestionSection"]["allOf"] = _QUESTION_RULES
    sections["FormSection"] |= _form_rules()
    for language in Language:
        sections["TextsSection"]["properties"][language] |= _own_words(language)
    return schema | _file_rules()


def _text(section: dict[str, Any], key: str, **rules: object) -> None:
    """The rules for a text, even where it may be left out."""
    said = section["properties"][key]
    for it in said.get("anyOf", [said]):
        if it.get("type") == "string":
            it.update(rules)


def _form_rules() -> dict[str, Any]:
    """Which keys of a form require others."""
    fewer = [
        {
            "if": {"not": {"anyOf": [{"required": [it]} for it in names]}},
            "then": {
                "properties": {"questions": {"maxItems": MOST_QUESTIONS - 2 + len(_NAMED) - len(names)}}
            },
        }
        for names in (_NAMED, *([it] for it in _NAMED))
    ]
    by_default = {"who": {"minItems": len(UserRole)}}
    asks_nothing = {"questions": {"items": {"not": _ASKS}}}
    names_none = {"not": {"anyOf": [{"required": [it]} for it in _NAMED]}}
    return {
        "dependentRequired": {"closed_text": ["open"], **{it: ["questions"] for it in _NAMED}},
        "allOf": [
            *fewer,
            {"if": _IS_DEFAULT, "then": {"properties": by_default}},
            {"if": {"allOf": [_IS_DEFAULT, names_none]}, "then": {"properties": asks_nothing}},
        ],
    }


def _file_rules() -> dict[str, Any]:
    """Which sections require others."""
    one_default = {"contains": _IS_DEFAULT, "minContains": 1, "maxContains": 1}
    has_hours = {"properties": {"forms": {"contains": {"required": ["open"]}}}, "required": ["forms"]}
    return {
        "allOf": [
            {"properties": {"forms": {"anyOf": [{"maxItems": 0}, one_default]}}},
            {"if": has_hours, "then": {"required": ["hours"]}},
        ]
    }


def _own_words(language: Language) -> dict[str, Any]:
    """The own words of one language: each text by its id, with the greatest length that its place allows."""
    said: dict[str, Any] = {"type": "string", "pattern": _SOMETHING}
    fits = {it: {"anyOf": [{"pattern": r"\{"}, {"maxLength": most}]} for it, most in LONGEST.items()}
    return {
        "properties": {it: {**said, **fits.get(it, {})} for it in texts_in(language)},
        "additionalProperties": False,
    }
