"""Who of a guild in Discord is staff, by the roles that they hold. Pure."""

from collections.abc import Collection, Mapping

from tickets.characters import clean_line, shows_nothing
from tickets.model import Person, SupportRole, UserKey, UserRole


def staff_person(
    user_id: int | str,
    names: tuple[str, str],
    held: Collection[int],
    roles: Mapping[SupportRole, int],
    *,
    is_administrator: bool,
) -> Person | None:
    """The member as somebody of staff; None for whoever holds no support role and is no administrator.

    ``names`` are the one that others see, and the one that always shows something; ``held`` are ids of roles,
    and ``roles`` those of the support roles."""
    if not (is_administrator or any(it in held for it in roles.values())):
        return None
    role = UserRole.ADMIN if is_administrator or roles[SupportRole.ADMIN] in held else UserRole.AGENT
    highest = next((it for it in reversed(SupportRole) if roles[it] in held), None)
    name = clean_line(names[0])
    shown = names[1] if shows_nothing(name) else name
    return Person(UserKey(UserKey.DISCORD, str(user_id)), shown, role, support_role=highest)
