"""The desk file: a TOML file that says how a desk works, for the people who run it. ``DESK_FILE`` names it.
Without one, everything has the defaults in this module."""

import hashlib
import json
import stat
import tomllib
from functools import cached_property
from pathlib import Path
from typing import Annotated, Final, Self

from pydantic import Field, ValidationError, model_validator

from config.desk_faults import lines_of
from config.desk_sections import (
    BoardSection,
    HoursSection,
    PingsSection,
    Section,
    SlaSection,
    TextsSection,
)
from config.form_sections import MOST_FORMS, FormSection, PanelSection, faults_among, faults_of_panels
from config.webhook_section import MOST_LISTED, WebhookSection
from tickets.forms import DEFAULT_FORMS, Forms
from tickets.hours import Hours
from tickets.model import IssueLevel
from tickets.targets import Terms
from tickets.webhooks import Endpoint

MOST_BYTES: Final = 512 * 1024
"""Bytes of the file at most, so that nobody waits while it is read."""


class DeskFileIsWrong(Exception):
    """The file has faults. There is one line for each: where it is, what is wrong, and what would be
    right."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class DeskFile(Section):
    """The whole file. A new section is a field here, with a default for files without it."""

    hours: HoursSection | None = None
    sla: SlaSection = SlaSection()
    forms: Annotated[tuple[FormSection, ...], Field(max_length=MOST_FORMS)] = ()
    board: BoardSection = BoardSection()
    panels: tuple[PanelSection, ...] = ()
    pings: PingsSection = PingsSection()
    texts: TextsSection = TextsSection()
    webhooks: Annotated[tuple[WebhookSection, ...], Field(max_length=MOST_LISTED)] = ()

    @model_validator(mode="after")
    def _belongs_together(self) -> Self:
        slugs = [it.slug for it in self.forms or DEFAULT_FORMS]
        faults = [*faults_among(self.forms, self.hours), *faults_of_panels(self.panels, slugs)]
        ids = [it.id for it in self.webhooks]
        if twice := next((it for it in ids if ids.count(it) > 1), None):
            faults.append(f"webhooks: two have the id {twice}")
        if faults:
            raise ValueError("\n".join(faults))
        return self

    @cached_property
    def asked(self) -> Forms:
        """The forms that requesters are offered."""
        if not self.forms:
            return Forms()
        default = next(it.slug for it in self.forms if it.default)
        return Forms(tuple(it.form(self.hours) for it in self.forms), default)

    @cached_property
    def work(self) -> Hours | None:
        """When people work; None for always."""
        return self.hours.hours if self.hours else None

    def terms(self, level: IssueLevel, category: str | None) -> Terms | None:
        """The targets of tickets of this level and category."""
        forms = {it.slug: it.sla.target for it in self.forms if it.sla}
        return self.sla.terms(level, forms.get(category or ""), self.hours)

    @cached_property
    def endpoints(self) -> tuple[Endpoint, ...]:
        """The webhook endpoints of the file."""
        return tuple(it.endpoint for it in self.webhooks)

    @cached_property
    def digest(self) -> str:
        """A digest of the content. It is the same for files that say the same. Keys that are left out count
        as not set."""
        told = self.model_dump(mode="python", exclude_unset=True)
        return hashlib.sha256(json.dumps(told, sort_keys=True, default=_plain).encode()).hexdigest()[:16]


def read_desk_file(path: Path) -> DeskFile:
    """The content of the file. Raises DeskFileIsWrong with a line for each fault."""
    try:
        told = path.stat()
        if not stat.S_ISREG(told.st_mode):
            raise DeskFileIsWrong(["is no file"])  # reading a pipe or a device may never end
        if told.st_size > MOST_BYTES:
            raise DeskFileIsWrong([f"must be {MOST_BYTES // 1024} kB at most"])
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise DeskFileIsWrong(["must be text in UTF-8"]) from None
    except OSError as error:
        raise DeskFileIsWrong([f"cannot be read: {error.strerror}"]) from None
    return parsed(text)


def parsed(text: str) -> DeskFile:
    """The same for the text of a file."""
    try:
        return DeskFile.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise DeskFileIsWrong([f"is no TOML: {error}"]) from None
    except ValidationError as error:
        raise DeskFileIsWrong(lines_of(error, text, DeskFile)) from None


def _plain(it: object) -> object:
    return sorted(it) if isinstance(it, frozenset) else str(it)
