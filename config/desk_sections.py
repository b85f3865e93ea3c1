"""The sections of the desk file, as people write them, and what the program makes of them."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from itertools import islice
from typing import Annotated, Final

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    WithJsonSchema,
)

from config.spans import Duration, WeeklySpan, Zone
from texts.language import Language
from texts.own import faults_in
from tickets.characters import clean_line, shows_nothing
from tickets.hours import Hours
from tickets.model import IssueLevel
from tickets.targets import Target, Terms


def _slug(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", text) or len(text) > 40:
        raise ValueError('must be small letters, digits and hyphens, 40 at most, as "data-loss"')
    return text


def _one_line(text: str) -> str:
    if shows_nothing(text) or len(text.splitlines()) != 1:
        raise ValueError("must be one line of text")
    return clean_line(text).strip()


def _something(text: str) -> str:
    if shows_nothing(text):
        raise ValueError("must show something; leave the key out for no such text")
    return text


def _id_of_discord(value: object) -> object:
    """Also accepts an id in quotation marks, as it is copied."""
    return int(value) if isinstance(value, str) and re.fullmatch(r"\d{1,19}", value, re.ASCII) else value


Slug = Annotated[
    str,
    AfterValidator(_slug),
    WithJsonSchema({"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$", "maxLength": 40}),
]
DiscordId = Annotated[
    int,
    Field(gt=0, lt=2**63, strict=True),
    BeforeValidator(_id_of_discord),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "exclusiveMinimum": 0, "exclusiveMaximum": 2**63},
                {"type": "string", "pattern": "^[0-9]{0,18}[1-9][0-9]{0,18}$", "maxLength": 19},
            ]
        }
    ),
]
"""Of Discord's."""
ONE_LINE: Final = AfterValidator(_one_line)
SOMETHING: Final = AfterValidator(_something)


class Section(BaseModel):
    """What all sections share: unknown keys are faults, and values never change later."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class HoursSection(Section):
    """When people work. Everything else that speaks of hours means these."""

    zone: Zone
    open: Annotated[tuple[WeeklySpan, ...], Field(min_length=1)]
    holidays: tuple[date, ...] = ()

    @property
    def hours(self) -> Hours:
        return Hours(self.zone, self.open, frozenset(self.holidays))


class TargetSection(Section):
    first_response: Duration | None = None
    resolution: Duration | None = None

    @property
    def target(self) -> Target:
        return Target(self.first_response, self.resolution)


class SlaSection(Section):
    """How soon tickets are to be answered and ended, by level. A form may say otherwise. With hours, only
    time within them counts."""

    NORMAL: TargetSection = TargetSection()
    URGENT: TargetSection = TargetSection()
    CRITICAL: TargetSection = TargetSection()
    warn_before: Duration = 30 * 60_000
    raise_level: StrictBool = False

    def target(self, level: IssueLevel) -> Target:
        return {
            IssueLevel.NORMAL: self.NORMAL,
            IssueLevel.URGENT: self.URGENT,
            IssueLevel.CRITICAL: self.CRITICAL,
        }[level].target

    def terms(self, level: IssueLevel, form: Target | None, hours: HoursSection | None) -> Terms | None:
        """What counts for a ticket of this level, if there are targets. What its form says goes first."""
        own, usual = form or Target(), self.target(level)
        target = Target(
            own.first_response or usual.first_response,
            own.resolution or usual.resolution,
        )
        if target == Target():
            return None
        return Terms(target, self.warn_before, self.raise_level, hours.hours if hours else None)


class BoardPart(StrEnum):
    HOURS = "hours"
    TARGETS = "targets"
    ON_DUTY = "on_duty"


class BoardSection(Section):
    """What the board shows apart from the number of tickets and the longest wait."""

    show: tuple[BoardPart, ...] = tuple(BoardPart)


class PingsSection(Section):
    """Who is pinged for what. A key that is left out is as its setting says, as PING_NEW."""

    new: StrictBool | None = None
    message: StrictBool | None = None
    assigned: StrictBool | None = None
    transferred: StrictBool | None = None
    critical: StrictBool | None = None
    missed: StrictBool | None = None


MOST_TOLD: Final = 20
"""Faults among own words that are reported, because it takes a while to find what was meant."""


def _own_words(language: Language) -> AfterValidator:
    def check(words: Mapping[str, str]) -> Mapping[str, str]:
        must_be_none(*islice(faults_in(language, words), MOST_TOLD))
        return words

    return AfterValidator(check)


class TextsSection(Section):
    """Words of your own for what the program says in Discord, by language, in Fluent's syntax."""

    en: Annotated[Mapping[str, str], _own_words(Language.EN)] = {}
    de: Annotated[Mapping[str, str], _own_words(Language.DE)] = {}

    @property
    def by_language(self) -> Mapping[Language, Mapping[str, str]]:
        return {Language.EN: self.en, Language.DE: self.de}


def twice(names: Iterable[str]) -> str | None:
    return next((name for name, count in Counter(names).items() if count > 1), None)


def must_be_none(*faults: object) -> None:
    """Raises ValueError with those texts that are set, a line for each."""
    if found := [it for it in faults if isinstance(it, str) and it]:
        raise ValueError("\n".join(found))
