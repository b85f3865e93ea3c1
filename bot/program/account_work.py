"""Accounts, by the settings."""

from accounts.desks import AccountDesks, AccountOptions, account_desks
from config.settings import Settings, Switch
from tickets.desks.ticket_desk import Desk
from tickets.desks.user_desk import UserDesk
from tickets.ports.mails import Mailer
from tickets.ports.store import Clock, Store


def accounts_of(
    settings: Settings, desk: Desk, store: Store, clock: Clock, public_url: str, mailer: Mailer | None = None
) -> AccountDesks:
    """What is done around accounts. Without ``mailer`` no address is confirmed."""
    key = settings.staff_signup_key
    options = AccountOptions(
        accounts=settings.accounts is Switch.ON,
        guests=settings.guests is Switch.ON,
        staff_key=key.get_secret_value() if key else None,
        public_url=public_url,
    )
    return account_desks(store, UserDesk(desk, store), clock, options, mailer)
