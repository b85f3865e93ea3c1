"""The list of all commands and buttons in docs/staff.md, made from the program."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from cogs.action import Action
from cogs.card_buttons import CardSelect
from tests.docs.pages import ROOT
from texts.language import Language
from texts.text import in_language

STAFF = ROOT / "docs/staff.md"
BEGIN, END = "<!-- made by `make staff-page` -->\n", "<!-- up to here -->\n"
WITHIN = (1, 2)
"""Types of options that are commands below a command, or groups of such."""
MENU = {2: "on a person", 3: "on a message"}
PLACES = (
    ("buttons", "on the card"),
    ("selects", "in *More*"),
    ("board_buttons", "on the board"),
    ("carrying_buttons", "below an answer"),
    ("notice_buttons", "below a closing"),
)
"""Which method of an action gives the buttons in which place."""


def made(commands: Iterable[Mapping[str, Any]], actions: Sequence[Action]) -> str:
    """The lists, as the page has them."""
    lines = ["| command | in German | what it does |", "| --- | --- | --- |"]
    lines += [line for it in sorted(commands, key=lambda it: str(it["name"])) for line in _command(it)]
    lines += ["", "| button or menu | in German | where | what it does |", "| --- | --- | --- | --- |"]
    lines += sorted(_buttons(actions))
    return "".join(f"{line}\n" for line in lines)


def with_made(page: str, made_now: str) -> str:
    """The page with the lists as they are now."""
    head, _, rest = page.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not end:
        raise LookupError(f"docs/staff.md has no place between {BEGIN.strip()} and {END.strip()}")
    return f"{head}{BEGIN}\n{made_now}\n{END}{tail}"


def _command(command: Mapping[str, Any], above: str = "/", above_german: str = "/") -> Iterator[str]:
    """A line for the command, or for each of those below it."""
    name, german = command["name"], command["name_localizations"][Language.DE.value]
    if above == "/" and (where := MENU.get(command["type"])) is not None:
        yield f"| *{name}* | *{german}* | in the menu {where}, under *Apps* |"
        return
    options = command.get("options", ())
    within = [it for it in options if it["type"] in WITHIN]
    for it in within:
        yield from _command(it, f"{above}{name} ", f"{above_german}{german} ")
    if not within:
        what = "<br>".join([command["description"], *map(_option, options)])
        yield f"| `{above}{name}` | `{above_german}{german}` | {what} |"


def _option(option: Mapping[str, Any]) -> str:
    needed = "" if option.get("required") else " (optional)"
    choices = ", ".join(f"`{it['name']}`" for it in option.get("choices", ()))
    what = option["description"] if not choices else f"{option['description']}: {choices}"
    return f"`{option['name']}`{needed}: {what}"


def _buttons(actions: Sequence[Action]) -> Iterator[str]:
    told = set()
    for method, place in PLACES:
        for action in actions:
            for part in getattr(action, method, list)():
                if part.key in told:
                    continue  # a button of the board is one that carries, too
                told.add(part.key)
                yield _button(part, _where(part, place))


def _where(part: Any, place: str) -> str:
    if part.key.startswith("own-"):
        return "in a requester's thread"
    return "in *More*" if getattr(part, "in_more", False) else place


def _button(part: Any, where: str) -> str:
    is_select = isinstance(part, CardSelect)
    does = part.chosen if is_select else part.pressed
    english, german = (
        f"*{in_language(part.placeholder if is_select else part.label, language)}*" for language in Language
    )
    summary = " ".join((does.__doc__ or "").split("\n\n")[0].split())
    if not summary:
        raise LookupError(f"what does the button {english} do? its method has no docstring")
    return f"| {english} | {german} | {where} | {summary} |"
