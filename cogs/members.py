"""Members of the guild as requesters: those who open a ticket in Discord, or for whom staff opens one."""

import discord

from tickets.characters import clean_line, shows_nothing
from tickets.model import Caller, Person, TicketId, UserKey, UserRole
from tickets.ports.accounts import Account
from tickets.ports.store import Store


def key_of(user_id: int) -> UserKey:
    """The key of the member as a user of the desk."""
    return UserKey(UserKey.MEMBERS, str(user_id))


def person_of(user: discord.User | discord.Member) -> Person:
    """The member as a customer, under the name that the guild knows."""
    name = clean_line(user.display_name)
    return Person(key_of(user.id), user.name if shows_nothing(name) else name, UserRole.CUSTOMER)


def caller_of(user: discord.User | discord.Member) -> Caller:
    """The member as a caller of the desk with a requester's rights."""
    return Caller(person_of(user))


def roles_of(user: discord.User | discord.Member) -> list[int]:
    """The ids of the roles that they hold in the guild."""
    return [it.id for it in user.roles] if isinstance(user, discord.Member) else []


class Members:
    """Finds the user for a member. If somebody has signed in to the portal with Discord, they are the same
    user in both places, and their tickets belong to their account. Every method raises StoreUnavailable when
    the store is down."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def person(self, member: Person) -> Person:
        """The person for whom a ticket is opened: the member's account, unless the member is blocked."""
        account = await self._store.identity.accounts.with_discord_id(member.key.id)
        is_good = account is not None and account.role is UserRole.CUSTOMER and not account.disabled
        if account is None or not is_good or await self._store.users.is_blocked(member.key):
            return member
        return account.person

    async def caller(self, user: discord.User | discord.Member) -> Caller:
        """The same as a caller, for somebody who acts."""
        return Caller(await self.person(person_of(user)))

    async def as_requester(self, user: discord.User | discord.Member, ticket_id: str) -> Caller:
        """The member, or their account if the ticket belongs to the account."""
        ticket = await self._store.views.ticket(TicketId(ticket_id))
        account = None if ticket is None else await self._account_behind(ticket.requester)
        is_theirs = account is not None and account.discord_id == str(user.id)
        return Caller(account.person) if account is not None and is_theirs else caller_of(user)

    async def discord_id(self, key: UserKey) -> int | None:
        """The Discord id of this user; None if it is unknown."""
        if key.issuer == UserKey.MEMBERS:
            return int(key.id)
        account = await self._account_behind(key)
        return int(account.discord_id) if account is not None and account.discord_id else None

    async def _account_behind(self, key: UserKey) -> Account | None:
        if key.issuer != UserKey.ACCOUNTS:
            return None
        account = await self._store.identity.accounts.get(key.id)
        return None if account is None or account.disabled else account
