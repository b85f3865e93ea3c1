"""Events become notifications: each once, in the reader's language, on the channels that they want."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from notify.notification_sink import NotificationOptions, NotificationSink
from tests.clocks import Hands
from tests.contract.acts import append, open_ticket, post, show_all
from tests.new_stores import open_new_sqlite
from tests.people import ANN, BEN, EVE, GUEST, SAM, SAM_ANSWERS
from tests.tickets.ledgers import LedgerInMemory
from texts.language import Language
from tickets.desks.erasing_desk import ErasingDesk
from tickets.events import Change, Event, MessagePosted, TicketChanged, TicketClosed
from tickets.forgetting import Forgetting
from tickets.model import SYSTEM, Actor, AuthorType, Caller, Status, UserKey
from tickets.notifications import (
    AS_USUAL,
    Notification,
    NotificationChannel,
    NotificationKind,
    NotificationStatus,
)
from tickets.ports.notifications import Reach
from tickets.ports.signals import Notified
from tickets.ports.sinks import SinkName
from tickets.ports.store import Store
from tickets.staff_names import StaffName, StaffNames

EVERYWHERE = tuple(NotificationChannel)
MAIL, IN_APP, SMS = NotificationChannel.EMAIL, NotificationChannel.IN_APP, NotificationChannel.SMS


class Known:
    """Where users can be reached."""

    def __init__(self) -> None:
        self.of: dict[UserKey, Reach] = {}

    async def reach(self, user: UserKey) -> Reach:
        return self.of.get(user, Reach())


@pytest.fixture
async def store(tmp_path: Path, clock: Hands) -> AsyncIterator[Store]:
    async with open_new_sqlite(tmp_path, clock) as store:
        await store.people.remember(SAM)
        yield store


@pytest.fixture
def known() -> Known:
    return Known()


async def shown(store: Store, sink: NotificationSink) -> list[Event]:
    """Everything that is due at the sink is shown there, twice: a crash comes before the first is kept."""
    events = await show_all(store, SinkName.NOTIFICATIONS)
    for event in events:
        await asyncio.gather(sink.show(event), sink.show(event))
    return events


async def of(store: Store, user: UserKey) -> list[Notification]:
    page = await store.notifications.of_user(user, after=None, limit=99)
    return sorted(page.items, key=lambda it: (it.seq or 0, it.channel))


def sink_of(store: Store, known: Known, clock: Hands, **options: object) -> NotificationSink:
    return NotificationSink(store, known, clock, NotificationOptions(**{"channels": EVERYWHERE, **options}))  # type: ignore[arg-type]


async def test_an_answer_is_told_once_however_often_it_is_shown(
    store: Store, known: Known, clock: Hands
) -> None:
    heard: list[Notified] = []
    store.signals.notified.listen(heard.append)
    ticket = await open_ticket(store)
    answer = await post(store, ticket, "Try this", SAM_ANSWERS)

    await shown(store, sink_of(store, known, clock))

    (it,) = await of(store, ANN.key)
    assert (it.kind, it.channel, it.status) == (NotificationKind.ANSWER, IN_APP, NotificationStatus.SENT)
    assert (it.text, it.ticket_id, it.seq) == ("Sam answered ticket 1.", ticket.id, answer.seq)
    assert it.sent_at == it.created_at == clock()
    assert heard == [Notified(ANN.key, it.id)]


async def test_nobody_is_told_of_a_ticket_that_was_erased_meanwhile(
    store: Store, known: Known, clock: Hands
) -> None:
    await store.people.remember(ANN)
    ticket = await open_ticket(store)
    await post(store, ticket, "Try this, Ann", SAM_ANSWERS)
    answers = await show_all(store, SinkName.NOTIFICATIONS)
    asked = await ErasingDesk(store, clock).erase(Caller(EVE), ANN.key)
    await Forgetting(store, clock, LedgerInMemory()).work_off()

    for event in answers:
        await sink_of(store, known, clock).show(event)

    assert await of(store, ANN.key) == []
    assert await of(store, asked.pseudonym) == []


async def test_a_mail_waits_for_its_reader_to_look_by_themselves(
    store: Store, known: Known, clock: Hands
) -> None:
    known.of[ANN.key] = Reach(email="ann@example.org", phone="+43660", locale="de-AT")
    ticket = await open_ticket(store)
    await post(store, ticket, "Try this", SAM_ANSWERS)
    await shown(store, sink_of(store, known, clock, notify_after=5_000))

    mail, in_app = await of(store, ANN.key)

    assert (mail.channel, mail.status, mail.due_at) == (MAIL, NotificationStatus.PENDING, clock() + 5_000)
    assert mail.text == in_app.text == "Sam hat auf Ticket 1 geantwortet."
    assert in_app.due_at is None


@pytest.mark.parametrize("channels", [(IN_APP,), (IN_APP, SMS)])
async def test_nothing_waits_for_a_channel_that_is_not_set_up_or_not_wanted(
    store: Store, known: Known, clock: Hands, channels: tuple[NotificationChannel, ...]
) -> None:
    known.of[ANN.key] = Reach(email="ann@example.org", phone="+43660")
    await post(store, await open_ticket(store), "Try this", SAM_ANSWERS)

    await shown(store, sink_of(store, known, clock, channels=channels))

    assert [it.channel for it in await of(store, ANN.key)] == [IN_APP]


async def test_wishes_count(store: Store, known: Known, clock: Hands) -> None:
    known.of[ANN.key] = Reach(email="ann@example.org", phone="+43660")
    wishes = {**AS_USUAL, NotificationKind.ANSWER: frozenset({SMS}), NotificationKind.CLOSED: frozenset()}
    await store.notifications.wish(ANN.key, wishes)
    ticket = await open_ticket(store)
    await post(store, ticket, "Try this", SAM_ANSWERS)
    await append(store, ticket.id, TicketClosed(Status.RESOLVED), SAM_ANSWERS)

    await shown(store, sink_of(store, known, clock))

    assert [(it.kind, it.channel) for it in await of(store, ANN.key)] == [(NotificationKind.ANSWER, SMS)]


async def test_names_of_staff_are_as_requesters_may_know_them(
    store: Store, known: Known, clock: Hands
) -> None:
    ticket = await open_ticket(store)
    await post(store, ticket, "Try this", SAM_ANSWERS)
    await append(store, ticket.id, TicketClosed(Status.RESOLVED, "All done"), SYSTEM)
    await append(store, ticket.id, MessagePosted("Still there?"), SYSTEM)
    names = StaffNames(StaffName.FIXED, "The team")

    await shown(store, sink_of(store, known, clock, staff_names=names, language=Language.EN))

    texts = [it.text for it in await of(store, ANN.key)]
    assert texts == ["The team answered ticket 1.", "Ticket 1 is closed: All done"]


async def test_requesters_are_told_who_takes_care_now_and_not_who_decided_it(
    store: Store, known: Known, clock: Hands
) -> None:
    await store.people.remember(EVE)
    ticket = await open_ticket(store)
    given = TicketChanged((Change("assignee", None, str(SAM.key)),))
    await append(store, ticket.id, given, Actor(AuthorType.STAFF, EVE.key))

    await shown(store, sink_of(store, known, clock, language=Language.EN))

    assert [it.text for it in await of(store, ANN.key)] == ["Sam takes care of ticket 1 now."]


async def test_what_a_guest_was_told_moves_with_the_ticket(store: Store, known: Known, clock: Hands) -> None:
    sink = sink_of(store, known, clock)
    first, second = await open_ticket(store, GUEST.key), await open_ticket(store, GUEST.key)
    await post(store, first, "Try this", SAM_ANSWERS)
    await post(store, second, "Try that", SAM_ANSWERS)
    await shown(store, sink)
    moved = TicketChanged((Change("requester", str(GUEST.key), str(BEN.key)),))
    await append(store, first.id, moved, SAM_ANSWERS)

    await shown(store, sink)

    assert [it.ticket_id for it in await of(store, BEN.key)] == [first.id]
    assert [it.ticket_id for it in await of(store, GUEST.key)] == [second.id]
