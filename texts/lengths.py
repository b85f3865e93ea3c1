"""Limits for texts that Discord shows in small places: on buttons, above forms, in fields."""

import re
from collections.abc import Mapping
from typing import Final

BUTTON: Final = 80
HEADING: Final = 45
"""Of a form, and of each of its fields."""
CHOICE: Final = 100
"""In a select, or what stands in it before something is chosen."""

_BUTTONS: Final = """
    ask-close-button block-button claim-button close-anyway-button close-button duty-button keep-open-button
    more-button my-tickets-button open-ticket own-accept own-close own-decline own-rate own-reopen
    release-button reopen-button requester-button send-button take-next-button transcript-button
"""
_HEADINGS: Final = """
    block-days block-form canned-content canned-form canned-name close-canned close-form close-outcome
    edit-content edit-form form-description form-name form-topic note-form note-label rating-comment
    rating-title reason-for-requester reason-for-staff
"""
_CHOICES: Final = """
    assign-select canned-placeholders close-as-resolved close-as-unresolved form-what-for label-select
    level-select panel-choose snooze-select team-select
"""
LONGEST: Final[Mapping[str, int]] = {
    id_: most
    for ids, most in ((_BUTTONS, BUTTON), (_HEADINGS, HEADING), (_CHOICES, CHOICE))
    for id_ in ids.split()
}
"""Characters that Discord takes of a text, by its id."""

_OF_FLUENT: Final = re.compile(r"^\s*\*?\[[\w-]+\]|\{[^{}]*\}|[{}]|\$\w+ *->")


def shown_length(words: str) -> int:
    """The least length: that of the longest variant, without the facts that are filled in."""
    if "{" not in words:
        return len(words.strip())
    return max(len(_OF_FLUENT.sub("", line).strip()) for line in words.splitlines())
