"""Signing in with Discord: customers prove there who they are, and need no password here."""

from dataclasses import replace
from typing import Final

from accounts.discord_oauth import DiscordApp, DiscordOAuth, DiscordUser, Going
from accounts.refusals import EmailIsTaken, LoginFailed
from accounts.registering import sortable_id
from accounts.signing_in import SignedIn, SigningIn
from accounts.tries import LoginTries
from tickets.characters import clean_line
from tickets.desks.user_desk import UserDesk
from tickets.model import Person, UserKey, UserRole
from tickets.ports.accounts import Account, Accounts, Added
from tickets.ports.store import Clock

SCOPE: Final = "identify email"
LONGEST_NAME: Final = 80


class DiscordSignIn:
    def __init__(
        self,
        app: DiscordApp,
        discord: DiscordOAuth,
        accounts: Accounts,
        signing_in: SigningIn,
        tries: LoginTries,
        users: UserDesk,
        clock: Clock,
    ) -> None:
        self._app = app
        self._discord = discord
        self._accounts = accounts
        self._signing_in = signing_in
        self._tries = tries
        self._users = users
        self._clock = clock

    def begin(self) -> Going:
        """The address at Discord to which to send somebody; it is good for one sign-in."""
        return self._discord.begin(SCOPE, self._app.back_url)

    async def end(self, code: str, verifier: str, *, network: str, device: str = "") -> SignedIn:
        """A session for the person who came back with this code. Raises LoginFailed if Discord does not
        confirm it, EmailIsTaken if an account already has their address and they cannot enter it this way,
        TooManyTries, and DiscordIsAway."""
        await self._tries.begin_key(network)
        user = await self._discord.who(code, verifier, self._app.back_url)
        account = await self._account_of(user)
        if account.disabled:
            raise LoginFailed
        await self._tries.key_succeeded(network)
        if account.role is UserRole.CUSTOMER:
            member = Person(UserKey(UserKey.MEMBERS, user.id), _name_of(user), UserRole.CUSTOMER)
            await self._users.join(member, account.person)
        return await self._signing_in.begin(account.person, device, account)

    async def _account_of(self, user: DiscordUser) -> Account:
        """The account of this user of Discord. The first sign-in makes it."""
        if (account := await self._accounts.with_discord_id(user.id)) is not None:
            return account
        email = user.email if user.verified else None
        if email is not None and (known := await self._accounts.with_email(email)) is not None:
            account, done = await self._linked(known, user)
        else:
            now = self._clock()
            account = Account(
                id=sortable_id(now),
                email=email or f"{user.id}@discord.invalid",
                username=_name_of(user),
                role=UserRole.CUSTOMER,
                created_at=now,
                email_verified=email is not None,
                discord_id=user.id,
            )
            done = await self._accounts.add(account)
        if done is Added.DONE:
            return account
        if (account_now := await self._accounts.with_discord_id(user.id)) is None:
            raise EmailIsTaken
        return account_now  # they came twice at once

    async def _linked(self, account: Account, user: DiscordUser) -> tuple[Account, Added]:
        """The customer's account with the same confirmed address. An unconfirmed address may have been
        registered by somebody else, and staff does not come in by this door."""
        if not account.email_verified or account.role is not UserRole.CUSTOMER:
            raise EmailIsTaken
        if account.email.lower() != (user.email or "").lower():  # ß is no ss: the domain may be another's
            raise EmailIsTaken
        return replace(account, discord_id=user.id), await self._accounts.link(account.id, user.id)


def _name_of(user: DiscordUser) -> str:
    return clean_line(user.global_name or user.username).strip()[:LONGEST_NAME] or user.id
