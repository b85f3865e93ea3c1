"""Which users of Discord are staff."""

from collections.abc import Mapping

import discord

from tickets.model import Caller, SupportRole
from tickets.policy import support_roles_seen_by
from tickets.staff_roles import staff_person


class Staff:
    """Decides who is staff: a human with one of the support roles, or with Administrator."""

    def __init__(self, roles: Mapping[SupportRole, int]) -> None:
        self._by_role = dict(roles)

    def caller(self, user: discord.User | discord.Member) -> Caller | None:
        """The user as a caller of the desk; None if they are not staff."""
        if user.bot or not isinstance(user, discord.Member):
            return None
        roles = user.roles  # discord.py sorts them anew each time, and is slow with permissions as a whole
        held = {role.id for role in roles}
        administrator = user.id == user.guild.owner_id or any(it.permissions.administrator for it in roles)
        names = user.display_name, user.name
        person = staff_person(user.id, names, held, self._by_role, is_administrator=administrator)
        return None if person is None else Caller(person)

    def sees(self, user: discord.Member) -> tuple[SupportRole, ...]:
        """The support roles whose tickets the member sees and can answer; none for members who are timed out
        or not staff."""
        caller = None if user.is_timed_out() else self.caller(user)
        seen = support_roles_seen_by(caller.person) if caller is not None else frozenset()
        return tuple(role for role in SupportRole if role in seen)

    def support_roles(self, user: discord.User | discord.Member) -> list[SupportRole]:
        """The support roles that the user holds, from the lowest to the highest."""
        held = {role.id for role in user.roles} if isinstance(user, discord.Member) else set()
        return [role for role in SupportRole if self._by_role[role] in held]
