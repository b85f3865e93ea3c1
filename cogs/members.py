"""Members of the guild as requesters: whoever opens a ticket in Discord, or has one opened by staff."""

import discord

from tickets.characters import clean_line, shows_nothing
from tickets.model import Caller, Person, UserKey, UserRole


def key_of(user_id: int) -> UserKey:
    """The member as a user of the desk's."""
    return UserKey(UserKey.MEMBERS, str(user_id))


def person_of(user: discord.User | discord.Member) -> Person:
    """The member as a customer, under the name that the guild knows."""
    name = clean_line(user.display_name)
    return Person(key_of(user.id), user.name if shows_nothing(name) else name, UserRole.CUSTOMER)


def caller_of(user: discord.User | discord.Member) -> Caller:
    """The member as a caller of the desk's, who may do what requesters may."""
    return Caller(person_of(user))


def roles_of(user: discord.User | discord.Member) -> list[int]:
    """The ids of the roles that they hold in the guild."""
    return [it.id for it in user.roles] if isinstance(user, discord.Member) else []
