"""The sink that turns events into notifications. Each is made once, because its id follows from the event."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace

from texts.language import Language, language_of
from texts.text import Text, in_language
from tickets.events import Event, SlaChanged, TicketChanged, TicketClosed
from tickets.model import Actor, AuthorType, Millis, Ticket, UserKey
from tickets.news import News, news_of
from tickets.notifications import (
    AS_USUAL,
    Notification,
    NotificationChannel,
    NotificationKind,
    NotificationStatus,
    id_of,
)
from tickets.ports.notifications import Addresses, Reach
from tickets.ports.signals import Notified
from tickets.ports.sinks import SinkName
from tickets.ports.store import Clock, Store
from tickets.refused_addresses import RefusedAddresses
from tickets.staff_names import StaffNames
from tickets.targets import SlaState


@dataclass(frozen=True, slots=True)
class NotificationOptions:
    """How people are told: the channels that are on, the language of people who have chosen none, and how
    long mails and text messages wait for them to look by themselves."""

    channels: Collection[NotificationChannel] = (NotificationChannel.IN_APP,)
    language: Language = Language.EN
    notify_after: Millis = 0
    staff_names: StaffNames = field(default_factory=StaffNames)


class NotificationSink:
    """See ``tickets.ports.sinks.Sink``."""

    name = SinkName.NOTIFICATIONS

    def __init__(
        self, store: Store, addresses: Addresses, clock: Clock, options: NotificationOptions
    ) -> None:
        self._store = store
        self._addresses = addresses
        self._clock = clock
        self._options = options
        self._refused = RefusedAddresses(store)

    async def show(self, event: Event) -> None:
        """Store a notification for everybody whom the event concerns, on each channel that they want."""
        ticket = await self._store.views.ticket(event.ticket_id)
        if ticket is None or ticket.erased_at is not None:
            return
        await self._hand_over(event)
        for news in news_of(event, ticket):
            await self._tell(event, ticket, news)

    async def give_up(self, event: Event, why: str) -> None:
        """Nobody is notified. The relay logs that."""

    async def _hand_over(self, event: Event) -> None:
        """Give a guest's notifications to the customer that they have become."""
        if isinstance(event.data, TicketChanged):
            for it in event.data.changes:
                if it.field == "requester" and it.old and it.new:
                    old, new = UserKey.parse(it.old), UserKey.parse(it.new)
                    await self._store.notifications.move(old, new, event.ticket_id)

    async def _tell(self, event: Event, ticket: Ticket, news: News) -> None:
        wishes = await self._store.notifications.wishes(news.user) or AS_USUAL
        wanted = wishes.get(news.kind, frozenset()) & frozenset(self._options.channels)
        if not wanted:
            return
        reach = await self._addresses.reach(news.user)
        if NotificationChannel.EMAIL in wanted and await self._refused.since(reach.email) is not None:
            reach = replace(reach, email=None)
        locale = reach.locale or (None if news.is_staff else ticket.locale)
        words = self._words(event, ticket, news, await self._name_of(event, news))
        text = in_language(words, language_of(locale, self._options.language))
        made = [self._made(event, news, it, text) for it in channels_open(wanted, reach)]
        for it in await self._store.notifications.add(made):
            if it.channel is NotificationChannel.IN_APP:
                self._store.signals.notified.say(Notified(it.user, it.id))

    def _made(self, event: Event, news: News, channel: NotificationChannel, text: str) -> Notification:
        now, in_app = self._clock(), channel is NotificationChannel.IN_APP
        return Notification(
            id=id_of(event.ticket_id, event.seq, news.user, channel),
            user=news.user,
            kind=news.kind,
            channel=channel,
            text=text,
            created_at=now,
            status=NotificationStatus.SENT if in_app else NotificationStatus.PENDING,
            ticket_id=event.ticket_id,
            seq=event.seq,
            sent_at=now if in_app else None,
            due_at=None if in_app else now + self._options.notify_after,
        )

    async def _name_of(self, event: Event, news: News) -> str | Text:
        """The name of the actor, as far as the reader may know it."""
        key = _person_in(event, news)
        if key is None:
            return Text("staff-name", role="GENERAL")
        people = await self._store.people.people([key])
        if news.is_staff:
            return people[key].name if key in people else key.id
        shown = self._options.staff_names.shown(people, [key])
        return shown[key].name if key in shown else Text("staff-name", role="GENERAL")

    def _words(self, event: Event, ticket: Ticket, news: News, name: str | Text) -> Text:
        number = ticket.number
        if news.is_staff:
            return _for_staff(event, number, news.kind, name)
        match news.kind:
            case NotificationKind.ANSWER:
                return Text("news-answer", name=name, number=number)
            case NotificationKind.EDITED:
                return Text("news-edited", name=name, number=number)
            case NotificationKind.CLOSED:
                reason = event.data.reason if isinstance(event.data, TicketClosed) else None
                if reason is None:
                    return Text("news-closed", number=number)
                return Text("news-closed-because", number=number, reason=reason)
            case NotificationKind.REOPENED:
                return Text("news-reopened", number=number)
            case NotificationKind.ASK_CLOSE:
                return Text("news-ask-close", name=name, number=number)
            case NotificationKind.REMINDER:
                return Text("news-reminder", number=number)
            case NotificationKind.ASSIGNED:
                return Text("news-assigned", name=name, number=number)
        return Text("news-escalated", number=number)


def _for_staff(event: Event, number: int, kind: NotificationKind, name: str | Text) -> Text:
    match kind:
        case NotificationKind.ANSWER:
            return Text("news-of-requester", name=name, number=number)
        case NotificationKind.REOPENED:
            return Text("news-of-reopening", name=name, number=number)
        case NotificationKind.ASSIGNED:
            return Text("news-assigned-to-you", number=number)
        case NotificationKind.ESCALATED:
            return Text("news-escalated-yours", number=number)
    if isinstance(event.data, SlaChanged) and event.data.state is SlaState.BREACHED:
        return Text("news-breached", number=number)
    return Text("news-at-risk", number=number)


def _person_in(event: Event, news: News) -> UserKey | None:
    """The person whom the text names: the actor, or the new assignee."""
    if news.kind is NotificationKind.ASSIGNED and not news.is_staff:
        assert isinstance(event.data, TicketChanged)  # noqa: S101  no other event assigns
        (new,) = [it.new for it in event.data.changes if it.field == "assignee"]
        return None if new is None else UserKey.parse(new)
    return None if _is_nobody(event.actor) else event.actor.key


def _is_nobody(actor: Actor) -> bool:
    return actor.type in (AuthorType.SERVICE, AuthorType.SYSTEM)


def channels_open(wanted: Collection[NotificationChannel], reach: Reach) -> Iterator[NotificationChannel]:
    """The channels on which the user can be reached, in the order in which they are declared."""
    for channel in NotificationChannel:
        is_open = {
            NotificationChannel.IN_APP: True,
            NotificationChannel.EMAIL: reach.email is not None,
            NotificationChannel.SMS: reach.phone is not None,
        }
        if channel in wanted and is_open[channel]:
            yield channel
