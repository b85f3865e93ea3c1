"""Builds what the desk does around accounts, from explicit arguments."""

import asyncio
import logging
from dataclasses import dataclass
from functools import partial
from typing import Final
from urllib.parse import quote

import aiohttp

from accounts.discord import DiscordSignIn
from accounts.discord_oauth import DiscordApp, DiscordOAuth
from accounts.discord_staff import DiscordStaff, GuildRoles, StaffGuild
from accounts.guests import Guests
from accounts.own import OwnAccounts
from accounts.passwords import Passwords
from accounts.registering import Registering
from accounts.signing import LIVES, Keyring
from accounts.signing_in import SigningIn
from accounts.tries import LoginTries
from tickets.desks.user_desk import UserDesk
from tickets.model import Millis
from tickets.ports.accounts import Identity, ProofKind
from tickets.ports.mails import Mailer
from tickets.ports.store import Clock, Store, StoreUnavailable

log = logging.getLogger(__name__)

PAGES: Final = {ProofKind.VERIFY: "verify", ProofKind.RESET: "reset", ProofKind.PHONE: "phone"}
SWEEP_EVERY: Final = 3600.0
"""Seconds."""
LEEWAY: Final[Millis] = 5 * 60 * 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountOptions:
    """What an operator chooses."""

    accounts: bool = False
    guests: bool = False
    staff_key: str | None = None
    public_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountDesks:
    """Everything around accounts. ``is_on`` says whether the desk's own tokens are accepted at all."""

    is_on: bool
    has_passwords: bool
    """Whether people have accounts with passwords here."""
    signing_in: SigningIn
    registering: Registering
    own: OwnAccounts
    guests: Guests
    discord: DiscordSignIn | None
    """None if nobody signs in with Discord."""
    discord_staff: DiscordStaff | None
    """None if staff does not sign in with Discord."""
    keyring: Keyring
    identity: Identity
    passwords: Passwords
    clock: Clock

    async def sweep_forever(self) -> None:
        """Sweep every hour, until cancelled."""
        while True:
            try:
                await self.sweep()
            except StoreUnavailable as error:
                log.warning("expired sessions are not swept: %s", error)
            await asyncio.sleep(SWEEP_EVERY)

    async def sweep(self) -> None:
        """Remove what has expired."""
        now = self.clock()
        await self.identity.sessions.sweep(now)
        await self.identity.proofs.sweep(now)
        await self.identity.tries.sweep(now)
        await self.identity.accounts.sweep(now - LIVES - LEEWAY)


@dataclass(frozen=True, slots=True, kw_only=True)
class WithDiscord:
    """What signing in with Discord needs. ``guild`` is None if staff does not sign in with Discord. Whoever
    made ``session`` closes it."""

    app: DiscordApp
    session: aiohttp.ClientSession
    guild: StaffGuild | None = None


def account_desks(
    store: Store,
    users: UserDesk,
    clock: Clock,
    options: AccountOptions = AccountOptions(),
    mailer: Mailer | None = None,
    discord: WithDiscord | None = None,
) -> AccountDesks:
    """The desks. Without ``mailer``, addresses are not confirmed and forgotten passwords cannot be replaced.
    Without ``discord``, nobody signs in with Discord."""
    keyring, passwords = Keyring(store.identity.keys, clock), Passwords()
    tries = LoginTries(store.identity.tries, clock)
    is_on = options.accounts
    signing_in = SigningIn(store.identity, keyring, passwords, tries, clock, has_accounts=is_on)
    guests = Guests(users, signing_in, has_guests=options.guests)
    registering = Registering(
        store,
        passwords,
        tries,
        signing_in,
        guests,
        clock,
        has_accounts=is_on,
        staff_key=options.staff_key,
        mailer=mailer,
        link_to=partial(_link, options.public_url),
        register_link=f"{options.public_url}/portal/register",
    )
    oauth = None if discord is None else DiscordOAuth(discord.app, discord.session)
    return AccountDesks(
        is_on=is_on or options.guests,
        has_passwords=is_on,
        signing_in=signing_in,
        registering=registering,
        own=OwnAccounts(store, passwords, tries, signing_in, registering, has_accounts=is_on),
        guests=guests,
        discord=DiscordSignIn(discord.app, oauth, store.identity.accounts, signing_in, tries, users, clock)
        if is_on and discord is not None and oauth is not None
        else None,
        discord_staff=_of_staff(discord, oauth, signing_in, tries, clock),
        keyring=keyring,
        identity=store.identity,
        passwords=passwords,
        clock=clock,
    )


def _of_staff(
    discord: WithDiscord | None,
    oauth: DiscordOAuth | None,
    signing_in: SigningIn,
    tries: LoginTries,
    clock: Clock,
) -> DiscordStaff | None:
    if discord is None or oauth is None or discord.guild is None:
        return None
    roles = GuildRoles(discord.guild, discord.session, clock)
    return DiscordStaff(oauth, roles, signing_in, tries, discord.app.desk_back_url)


def _link(public_url: str, kind: ProofKind, token: str) -> str:
    """The page of the portal to which a mailed link of this kind leads."""
    return f"{public_url}/portal/{PAGES[kind]}?token={quote(token, safe='')}"
