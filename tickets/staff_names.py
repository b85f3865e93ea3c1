"""Under which name requesters see staff."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from tickets.model import Person, SupportRole, UserKey, UserRole


class StaffName(StrEnum):
    """Their own, that of their support role, or one for all."""

    DISPLAY = "display"
    ROLE = "role"
    FIXED = "fixed"


STANDS_FOR_STAFF = "staff"
"""The id that requesters see if names are hidden: Discord's ids would reveal who it is."""

ROLE_NAMES: Final[Mapping[SupportRole | None, str]] = {
    None: "Support",
    SupportRole.GENERAL: "Support",
    SupportRole.TECHNICAL: "Technical support",
    SupportRole.MANAGER: "Management",
    SupportRole.ADMIN: "Administration",
}


@dataclass(frozen=True, slots=True)
class StaffNames:
    """How a deployment names its staff: ``fixed`` is one name for all, ``roles`` are the names of support
    roles."""

    style: StaffName = StaffName.DISPLAY
    fixed: str = "Support"
    roles: Mapping[SupportRole | None, str] = field(default_factory=lambda: ROLE_NAMES)

    @property
    def hides(self) -> bool:
        """Whether requesters see staff under other names and ids than their own."""
        return self.style is not StaffName.DISPLAY

    def shown(self, people: Mapping[UserKey, Person], staff: Iterable[UserKey]) -> Mapping[UserKey, Person]:
        """The people as requesters see them; ``staff`` are the keys of those who are staff here."""
        if not self.hides:
            return people
        return {**people, **{key: self._covered(people.get(key)) for key in staff}}

    def _covered(self, person: Person | None) -> Person:
        name = self.fixed
        if self.style is StaffName.ROLE:
            name = self.roles[person.support_role if person else None]
        return Person(UserKey(STANDS_FOR_STAFF, STANDS_FOR_STAFF), name, UserRole.AGENT)
