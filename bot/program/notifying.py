"""What the leader does to tell people who are not looking; it goes on while Discord is away."""

from collections.abc import Callable, Coroutine, Mapping
from functools import partial

from api.desks import Notifying
from bot.program.wording import role_names
from config.issuers import DEFAULT_ISSUER, IssuersFile
from config.settings import Settings
from notify.addresses import VerifiedAddresses
from notify.telling import NotificationSink, Telling
from tickets.notifications import is_news
from tickets.ports.notifications import Addresses
from tickets.ports.store import Clock, Store
from tickets.relay import Relay
from tickets.staff_names import StaffNames


def addresses_of(settings: Settings, issuers: IssuersFile | None, store: Store) -> Addresses:
    """Where users can be reached, as far as anybody vouches for it."""
    return VerifiedAddresses(store.people, partial(_vouches, settings, issuers))


def _vouches(settings: Settings, issuers: IssuersFile | None, issuer: str) -> bool:
    """Whether the backend of this name has verified the addresses in its tokens."""
    if settings.jwt_secret_key is not None and issuer == DEFAULT_ISSUER:
        return settings.vouches_for_mail
    return issuers is not None and issuers.vouches(issuer)


def notifying(settings: Settings, addresses: Addresses) -> Notifying:
    return Notifying(channels=settings.notification_channels, addresses=addresses)


class NotifyingWork:
    """What runs as long as this process leads."""

    def __init__(self, settings: Settings, store: Store, clock: Clock, addresses: Addresses) -> None:
        names = StaffNames(settings.staff_name, settings.staff_name_fixed, role_names(settings.language))
        telling = Telling(
            settings.notification_channels,
            settings.language,
            int(settings.notify_after * 1000),
            names,
        )
        sink = NotificationSink(store, addresses, clock, telling)
        self.parts: Mapping[str, Callable[[], Coroutine[None, None, None]]] = {
            "relay to notifications": Relay(sink, store.backlog, store.bell, clock, hears=is_news).run
        }
