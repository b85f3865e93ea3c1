"""Guests: people who ask without an account, and may become customers later."""

import logging

from accounts.refusals import GuestsAreOff
from accounts.signing_in import SignedIn, SigningIn
from tickets.desks.user_desk import UserDesk
from tickets.ids import new_id
from tickets.model import Caller, Person, Ticket, UserKey, UserRole
from tickets.ports.users import User
from tickets.refusals import Refusal

log = logging.getLogger(__name__)

NAME = "Guest"


class Guests:
    """Every method raises StoreUnavailable when the store is down."""

    def __init__(self, users: UserDesk, signing_in: SigningIn, *, has_guests: bool) -> None:
        self._users = users
        self._signing_in = signing_in
        self._has_guests = has_guests

    async def come(self, name: str | None, *, device: str = "") -> SignedIn:
        """A new guest. Nothing about them is stored before they write. Raises GuestsAreOff."""
        if not self._has_guests:
            raise GuestsAreOff
        guest_id = new_id()
        email = f"{guest_id}@guest.invalid"
        key = UserKey(UserKey.ACCOUNTS, guest_id)
        return await self._signing_in.begin(Person(key, name or NAME, UserRole.TEMP_USER, email), device)

    async def claim(self, caller: Caller, guest: Caller) -> tuple[User, list[Ticket]]:
        """Give everything of the guest to the caller, who has shown both tokens. The guest's sessions end."""
        claimed = await self._users.claim(caller, guest)
        if guest.key.issuer == UserKey.ACCOUNTS:
            await self._signing_in.end_all(guest.key)
        return claimed

    async def bring(self, person: Person, guest: Person | None) -> bool:
        """The same for somebody who has just signed in with a guest's token. Returns True if the guest's
        tickets are theirs now. If that is refused, for instance for blocked users, they are signed in all the
        same."""
        if guest is None or guest.role is not UserRole.TEMP_USER:
            return False
        try:
            await self.claim(Caller(person), Caller(guest))
        except Refusal as refusal:
            log.info("user %s does not get what was a guest's: %s", person.key, refusal)
            return False
        return True
