"""How people can be reached: only at addresses that were verified."""

from collections.abc import Awaitable, Callable

from email_validator import EmailNotValidError, validate_email

from tickets.model import UserKey
from tickets.ports.notifications import Reach
from tickets.ports.store import People

OfAccounts = Callable[[UserKey], Awaitable[Reach | None]]
"""Returns how to reach the owner of an account; None for users without an account."""


async def _no_accounts(_: UserKey) -> None:
    return None


def mailable(email: str) -> str:
    """The address in the form that mail servers accept: a domain with other letters is written in ASCII (RFC
    5891). A domain that cannot be written so stays as it is."""
    local, _, domain = email.rpartition("@")
    if domain.isascii():
        return email
    try:  # with a suffix, special-use domains pass like all others
        told = validate_email(f"a@{domain}.com", check_deliverability=False)
    except EmailNotValidError:
        return email
    return f"{local}@{told.ascii_domain.removesuffix('.com')}"


class VerifiedAddresses:
    """The port ``Addresses``. ``vouches`` says which issuers have verified the addresses in their tokens."""

    def __init__(
        self, people: People, vouches: Callable[[str], bool], of_accounts: OfAccounts = _no_accounts
    ) -> None:
        self._people = people
        self._vouches = vouches
        self._of_accounts = of_accounts

    async def reach(self, user: UserKey) -> Reach:
        if (found := await self._of_accounts(user)) is not None:
            return found
        if not self._vouches(user.issuer):
            return Reach()
        person = (await self._people.people([user])).get(user)
        return Reach(email=None if person is None else person.email)
