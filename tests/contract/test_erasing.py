"""Erasing: nothing is left of a person, and all that is counted stays as it was."""

from collections.abc import Collection, Sequence
from dataclasses import replace

import pytest

from notify.letters import queued
from tests.clocks import NOON
from tests.contract.acts import append, fed_until, note, open_ticket, post
from tests.contract.test_notifications import news
from tests.contract.test_webhooks import BOOKS
from tests.people import ANN, ANN_ASKS, BEN, EVE, GUEST, SAM, SAM_ANSWERS
from tests.tickets.ledgers import LedgerInMemory
from tickets.blanking import Blanking
from tickets.desks.erasing_desk import ErasingDesk
from tickets.desks.ticket_desk import Desk, Said
from tickets.desks.user_desk import UserDesk
from tickets.events import (
    Change,
    FeedbackGiven,
    LabelsChanged,
    MessageDeleted,
    MessageEdited,
    TicketChanged,
    TicketClosed,
    TicketErased,
)
from tickets.fields import ERASED_TOPIC
from tickets.forgetting import Forgetting, StandStill
from tickets.model import (
    Actor,
    Attachment,
    AuthorType,
    Caller,
    FileId,
    MessageId,
    Millis,
    Status,
    Ticket,
    TicketId,
    UserKey,
    UserRole,
)
from tickets.notifications import (
    Letter,
    Notification,
    NotificationChannel,
    NotificationId,
    NotificationKind,
    letters_key,
)
from tickets.policy import Rules
from tickets.ports.accounts import Account, Proof, ProofKind
from tickets.ports.erasing import Erasure, ErasureState
from tickets.ports.lists import TicketFilter
from tickets.ports.looks import LookFilter, LookKind, look_of
from tickets.ports.sinks import SinkName
from tickets.ports.store import Store
from tickets.ports.uploads import Upload
from tickets.ports.users import Block
from tickets.ports.webhooks import new_delivery
from tickets.refusals import TicketIsErased, TicketNotFound, UserNotFound
from tickets.refused_addresses import RefusedAddresses
from tickets.webhooks import WebhookType

PHOTO = Attachment(FileId("photo"), "passport-zebra.png", "image/png", 4)
EVE_ADMIN = Caller(EVE)
SECRET = ("zebra", "Ann", "ann@example.org", '"ann"', "shop ann")


async def talk(store: Store, *, closed: bool = True) -> Ticket:
    """A ticket of Ann's in which all that people can write says zebra."""
    for person in (ANN, BEN, SAM, EVE):
        await store.people.remember(person)
    ticket = await open_ticket(store)
    await store.files.put(PHOTO, b"\x89PNG")
    await store.uploads.add(Upload(file=PHOTO, uploader=ANN.key, at=NOON))
    said = await post(store, ticket, "my zebra is ill")
    await append(store, ticket.id, MessageEdited(MessageId(said.id), "zebra, again", (PHOTO,)), ANN_ASKS)
    gone = await post(store, ticket, "zebra to be deleted")
    await append(store, ticket.id, MessageDeleted(MessageId(gone.id)), ANN_ASKS)
    await post(store, ticket, "which zebra, Ann?", SAM_ANSWERS)
    await note(store, ticket, "Ann has a zebra")
    await append(store, ticket.id, LabelsChanged(added=("hot",)), SAM_ANSWERS)
    changes = (Change("topic", "No light", "zebra"), Change("metadata.animal", None, "zebra"))
    await append(store, ticket.id, TicketChanged(changes), SAM_ANSWERS)
    await append(store, ticket.id, TicketChanged((Change("issue_level", "NORMAL", "URGENT"),)), SAM_ANSWERS)
    if closed:
        await append(store, ticket.id, TicketClosed(Status.RESOLVED, "zebra is well"), SAM_ANSWERS)
        await append(store, ticket.id, FeedbackGiven(5, "zebra is happy"), ANN_ASKS)
    found = await store.views.ticket(ticket.id)
    assert found is not None
    return found


async def erased(store: Store, user: UserKey = ANN.key) -> Erasure:
    """The erasure, as far as it goes without Discord."""
    asked = await ErasingDesk(store, lambda: NOON).erase(EVE_ADMIN, user)
    await Forgetting(store, lambda: NOON, LedgerInMemory()).work_off()
    found = await store.erasures.get(asked.id)
    assert found is not None
    return found


async def all_shown(store: Store, ticket: Ticket) -> None:
    """Whatever is due at the sinks is done."""
    for sink in SinkName:
        while due := await store.backlog.next_due(sink, ticket.id, 2**60):
            await store.backlog.done(sink, due.item)


async def test_nothing_is_left_of_what_was_written_and_whose_it_was(store: Store) -> None:
    ticket = await talk(store)
    await store.views.tickets(TicketFilter(words=frozenset({"zebra"}), in_notes=True))

    erasure = await erased(store)

    events = await store.log.events(ticket.id)
    messages = await store.views.messages(ticket.id)
    now = await store.views.ticket(ticket.id)
    assert now is not None
    for text in SECRET:
        assert text not in f"{events} {messages} {now} {erasure}"
    assert (now.topic, now.description, now.requester) == (ERASED_TOPIC, "", erasure.pseudonym)
    assert await store.files.get(PHOTO.id) is None
    assert await store.uploads.get(PHOTO.id) is None
    assert await store.users.user(ANN.key) is None
    assert isinstance(events[-1].data, TicketErased)


async def test_searches_and_lists_find_it_no_more(store: Store) -> None:
    ticket = await talk(store)
    searched = TicketFilter(words=frozenset({"zebra"}), in_notes=True)
    assert await store.views.tickets(searched)

    await erased(store)

    assert await store.views.tickets(searched) == []
    assert await store.views.tickets(TicketFilter(words=frozenset({"ill"}))) == []
    assert await store.views.tickets(TicketFilter(requester=ANN.key)) == []
    assert await store.views.tickets(TicketFilter(metadata={"animal": "zebra"})) == []
    assert [it.id for it in await store.views.tickets(TicketFilter(labels=frozenset({"hot"})))] == [ticket.id]


async def test_what_is_counted_stays(store: Store) -> None:
    before = await talk(store)

    await erased(store)

    now = await store.views.ticket(before.id)
    assert now is not None
    for field in (
        "number",
        "status",
        "issue_level",
        "support_role",
        "message_count",
        "created_at",
        "closed_at",
    ):
        assert getattr(now, field) == getattr(before, field), field
    assert (now.first_response_at, now.labels) == (before.first_response_at, before.labels)
    assert now.feedback is not None
    assert (now.feedback.rating, now.feedback.comment) == (5, None)


async def test_labels_that_name_them_go_and_no_list_of_labels_has_them(store: Store) -> None:
    ticket = await talk(store)
    await append(store, ticket.id, LabelsChanged(added=("ann",)), SAM_ANSWERS)
    await append(store, ticket.id, LabelsChanged(added=("ann-calls",), removed=("ann",)), SAM_ANSWERS)
    added = LabelsChanged(added=("ann-waits", "cannot-sign-in", "exampleorg", "for-a-nn"))
    await append(store, ticket.id, added, SAM_ANSWERS)
    assert "ann-waits" in await store.views.labels("", 9)

    await erased(store)

    now = await store.views.ticket(ticket.id)
    assert now is not None
    assert now.labels == ("cannot-sign-in", "erased-2", "erased-3", "exampleorg", "for-a-nn", "hot")
    assert await store.views.labels("", 9) == [*now.labels]
    assert "'ann" not in f"{await store.log.events(ticket.id)}"
    assert await store.views.tickets(TicketFilter(labels=frozenset({"ann-waits"}))) == []


async def test_mail_to_their_address_is_not_sent_any_more(store: Store) -> None:
    """Ann has an account nowhere: her backend says what her address is."""
    await talk(store)
    letter = queued(Letter("Ann@example.org", "Ticket 1 is closed", "Write to us again."), NOON, "l1")
    await store.notifications.add([letter])

    erasure = await erased(store)

    assert await store.notifications.get(letter.id) is None
    assert erasure.removed["notifications"] == 1


async def test_whoever_registers_as_the_guest_that_they_were_is_forgotten_with_the_guest(
    store: Store,
) -> None:
    guest = replace(GUEST, key=UserKey(UserKey.ACCOUNTS, "g"))
    await store.people.remember(guest)
    await open_ticket(store, guest.key)
    account = Account(id="a", email="g@example.org", username="G", role=UserRole.CUSTOMER, created_at=1)
    waits = Proof(digest="d", kind=ProofKind.VERIFY, account=account, expires_at=NOON + 5, guest=guest)
    await store.identity.proofs.add(waits)
    await store.identity.proofs.add(replace(waits, digest="another", guest=None))

    await erased(store, guest.key)

    assert await store.identity.proofs.take("d", ProofKind.VERIFY, NOON) is None
    assert await store.identity.proofs.take("another", ProofKind.VERIFY, NOON) is not None


async def test_the_record_of_an_erasure_does_not_grow_with_the_tickets(store: Store) -> None:
    tickets = [await talk(store) for _ in range(3)]

    erasure = await erased(store)

    assert (erasure.blank, erasure.total) == (3, 3)
    assert not [it for it in tickets if it.id in repr(erasure)]


async def test_one_that_an_older_program_has_begun_counts_each_ticket_once(store: Store) -> None:
    first, second = await talk(store), await talk(store)
    asked = await ErasingDesk(store, lambda: NOON).erase(EVE_ADMIN, ANN.key)
    blanking = Blanking(store)
    for it in (first, second):
        await blanking.erase(it.id, asked.pseudonym, [ANN.key], None)
    older = replace(
        asked,
        state=ErasureState.WORKING,
        people=(ANN.key,),
        under_way=None,
        tickets=(first.id,),
        removed={"tickets": 1},
    )
    await store.erasures.keep(older)

    await Forgetting(store, lambda: NOON, LedgerInMemory()).work_off()

    waiting = await store.erasures.get(asked.id)
    assert waiting is not None
    assert (waiting.state, waiting.blank) == (ErasureState.WAITING, 2)


async def test_a_ticket_of_the_ledger_is_erased_whoever_was_killed_before(store: Store) -> None:
    """A store from before does not know yet whose the ticket was to become."""
    ticket, ledger = await talk(store), LedgerInMemory()
    await ledger.record("3f2a", NOON, [], [ticket.id])
    begun = Erasure(id="3f2a", user=None, asked_at=NOON, state=ErasureState.WORKING, under_way=())
    await store.erasures.keep(begun)

    await Forgetting(store, lambda: NOON, ledger).work_off()

    now = await store.views.ticket(ticket.id)
    assert now is not None
    assert (now.topic, now.requester) == (ERASED_TOPIC, begun.pseudonym)


async def test_an_open_ticket_ends_and_takes_nothing_any_more(store: Store) -> None:
    ticket = await talk(store, closed=False)
    desk = Desk(store, lambda: NOON, Rules())

    await erased(store)

    now = await store.views.ticket(ticket.id)
    assert now is not None
    assert now.status is Status.UNRESOLVED
    with pytest.raises(TicketNotFound):
        await desk.post(Caller(ANN), ticket.id, Said("it was a zebra"))
    with pytest.raises(TicketIsErased):
        await desk.post(EVE_ADMIN, ticket.id, Said("it was a zebra"))
    with pytest.raises(TicketIsErased):
        await desk.add_note(EVE_ADMIN, ticket.id, Said("it was a zebra"))
    with pytest.raises(TicketIsErased):
        await append(store, ticket.id, FeedbackGiven(1, "zebra"), ANN_ASKS)


async def test_others_keep_what_is_theirs(store: Store) -> None:
    await talk(store)
    other = await open_ticket(store, BEN.key)
    await post(store, other, "a zebra of mine", Actor(AuthorType.REQUESTER, BEN.key))

    await erased(store)

    kept = await store.views.messages(other.id)
    assert [it.content for it in kept] == ["a zebra of mine"]
    assert [it.id for it in await store.views.tickets(TicketFilter(words=frozenset({"zebra"})))] == [other.id]
    assert await store.users.user(BEN.key) is not None


async def test_a_guest_who_was_merged_into_them_is_erased_too(store: Store) -> None:
    await talk(store)
    await store.people.remember(GUEST)
    as_guest = await open_ticket(store, GUEST.key)
    users = UserDesk(Desk(store, lambda: NOON, Rules()), store)
    await users.merge(EVE_ADMIN, ANN.key, GUEST.key)
    later = await open_ticket(store, GUEST.key)

    erasure = await erased(store)

    assert erasure.blank == 3
    assert await store.users.user(GUEST.key) is None
    events = [*await store.log.events(as_guest.id), *await store.log.events(later.id)]
    assert "guest" not in f"{events}"


async def test_blocks_notes_and_kept_answers_go(store: Store) -> None:
    ticket = await talk(store)
    await store.users.block(ANN.key, Block(None, "zebra"))
    await store.users.note(ANN.key, "zebra")
    mine = await store.idempotency_keys.reserve("k1", "d", now=NOON, until=NOON + 5)
    await store.idempotency_keys.settle("k1", mine.seed, (201, f'{{"id": "m", "ticket_id": "{ticket.id}"}}'))
    other = await store.idempotency_keys.reserve("k2", "d", now=NOON, until=NOON + 5)
    await store.idempotency_keys.settle("k2", other.seed, (201, '{"id": "x"}'))

    await erased(store)

    again = await store.idempotency_keys.reserve("k1", "d", now=NOON + 1, until=NOON + 6)
    assert again.answer is not None
    assert again.answer[0] == 404  # a request that is sent once more does nothing
    kept = await store.idempotency_keys.reserve("k2", "d", now=NOON + 1, until=NOON + 6)
    assert kept.answer == (201, '{"id": "x"}')
    (erasure,) = await store.erasures.newest(9)
    assert (erasure.removed["answers_kept"], erasure.removed["notes_and_blocks"]) == (1, 1)


async def test_the_feed_tells_of_it_to_staff_alone(store: Store) -> None:
    ticket = await talk(store)
    before = len(await store.log.events(ticket.id))
    await fed_until(store, before)

    erasure = await erased(store)

    await fed_until(store, before + 1)
    assert await store.feed.after(0, requester=ANN.key) == []
    fed = await store.feed.after(0)
    assert {it.requester for it in fed} == {erasure.pseudonym}
    assert "zebra" not in f"{fed}"


async def test_it_waits_for_discord_and_then_gives_a_receipt(store: Store) -> None:
    ticket = await talk(store)
    waiting = await erased(store)
    assert (waiting.state, waiting.user, waiting.people) == (ErasureState.WAITING, None, ())

    await all_shown(store, ticket)
    await Forgetting(store, lambda: NOON + 7, LedgerInMemory()).work_off()

    done = await store.erasures.get(waiting.id)
    assert done is not None
    assert (done.state, done.done_at) == (ErasureState.DONE, NOON + 7)
    assert done.removed["tickets"] == 1
    assert done.removed["files"] == 1
    assert done.removed["people"] == 1
    assert any("back-ups" in line for line in done.left)
    assert await store.erasures.unfinished() == []


async def test_the_receipt_has_what_was_removed_before_a_failure(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    await talk(store)
    await store.people.remember(GUEST)
    await open_ticket(store, GUEST.key)
    await UserDesk(Desk(store, lambda: NOON, Rules()), store).merge(EVE_ADMIN, ANN.key, GUEST.key)
    forget, refused = store.erasures.forget, [GUEST.key]

    async def refusing(user: UserKey, tickets: Sequence[TicketId]) -> None:
        await forget(user, tickets)
        if user in refused:
            refused.remove(user)
            raise OSError("not now")

    monkeypatch.setattr(store.erasures, "forget", refusing)
    asked = await ErasingDesk(store, lambda: NOON).erase(EVE_ADMIN, ANN.key)
    for _ in range(2):
        await Forgetting(store, lambda: NOON, LedgerInMemory()).work_off()

    waits = await store.erasures.get(asked.id)
    assert waits is not None
    assert (waits.state, waits.removed["people"], refused) == (ErasureState.WAITING, 2, [])


async def test_asking_again_gives_the_one_that_is_under_way(store: Store) -> None:
    await talk(store)
    desk = ErasingDesk(store, lambda: NOON)

    first = await desk.erase(EVE_ADMIN, ANN.key)

    assert await desk.erase(EVE_ADMIN, ANN.key) == first
    assert [it.id for it in await desk.erasures(EVE_ADMIN)] == [first.id]
    with pytest.raises(UserNotFound):
        await desk.erase(EVE_ADMIN, UserKey("shop", "nobody"))
    with pytest.raises(UserNotFound):
        await desk.erase(EVE_ADMIN, first.pseudonym)


async def test_a_store_from_before_is_erased_again(store: Store) -> None:
    """The ledger is what a restored store finds beside it."""
    ticket = await talk(store)
    ledger = LedgerInMemory()
    await ledger.record("3f2a", NOON, [ANN.key], [])
    forgetting = Forgetting(store, lambda: NOON, ledger)

    assert await forgetting.apply() == 1
    await forgetting.work_off()

    now = await store.views.ticket(ticket.id)
    assert now is not None
    assert now.topic == ERASED_TOPIC
    assert await forgetting.apply() == 0


async def test_accounts_notifications_and_deliveries_go(store: Store) -> None:
    account = Account(
        id="a1", email="zoe@zebra.example", username="Zoe", role=UserRole.CUSTOMER, created_at=1
    )
    await store.identity.accounts.add(account)
    await store.people.remember(account.person)
    ticket = await open_ticket(store, account.key)
    told = [
        news("n1", user=account.key, ticket_id=ticket.id),
        news("n2", user=SAM.key, ticket_id=ticket.id),
        news("n3", user=SAM.key, ticket_id=None),
    ]
    await store.notifications.add(told)
    endpoint = BOOKS
    await store.webhooks.add(endpoint)
    opened = new_delivery(endpoint, ticket.id, 1, WebhookType.TICKET_OPENED, account.key, NOON)
    await store.webhooks.deliver([opened])

    erasure = await erased(store, account.key)

    assert await store.identity.accounts.get(account.id) is None
    assert (await store.notifications.of_user(account.key, after=None, limit=9)).items == []
    of_sam = await store.notifications.of_user(SAM.key, after=None, limit=9)
    assert [it.id for it in of_sam.items] == ["n3"]
    left = (await store.webhooks.deliveries(endpoint.id, None, after=None, limit=9)).items
    assert [it.type for it in left] == [WebhookType.USER_ERASED]
    assert (erasure.removed["accounts"], erasure.removed["notifications"]) == (1, 2)


async def test_that_an_address_is_refused_is_forgotten_with_whose_it_is(store: Store) -> None:
    await store.people.remember(ANN)
    await open_ticket(store)
    refused = RefusedAddresses(store)
    await refused.add(ANN.email or "", NOON)

    await erased(store, ANN.key)

    assert await refused.since(ANN.email) is None


async def test_the_member_of_the_guild_whom_an_account_names_is_erased_with_it(store: Store) -> None:
    account = Account(
        id="a", email="ann@example.org", username="Ann", role=UserRole.CUSTOMER, created_at=1, discord_id="77"
    )
    await store.identity.accounts.add(account)
    await store.people.remember(account.person)
    tickets = [
        await open_ticket(store, requester=UserKey(issuer, id_))
        for issuer, id_ in (
            (UserKey.ACCOUNTS, "a"),
            (UserKey.MEMBERS, "77"),
            (UserKey.DISCORD, "77"),
            (UserKey.MEMBERS, "78"),
        )
    ]

    await erased(store, account.key)

    found = [await store.views.ticket(it.id) for it in tickets]
    assert [it is not None and it.erased_at is not None for it in found] == [True, True, True, False]


async def test_one_that_fails_keeps_no_other_and_is_tried_again(store: Store) -> None:
    await talk(store)
    await open_ticket(store, BEN.key)
    desk = ErasingDesk(store, lambda: NOON)
    first, second = await desk.erase(EVE_ADMIN, ANN.key), await desk.erase(EVE_ADMIN, BEN.key)
    told: list[StandStill] = []

    async def hear(stand_still: StandStill) -> None:
        told.append(stand_still)

    ledger, later = Refusing(first.id), 25 * 60 * 60_000
    forgetting = Forgetting(store, lambda: NOON, ledger, hear)

    await forgetting.work_off()
    await forgetting.work_off()

    states = {it.id: it.state for it in await desk.erasures(EVE_ADMIN)}
    assert states == {first.id: ErasureState.ASKED, second.id: ErasureState.WAITING}
    assert told == [{first.id: "it fails, with OSError"}] * 2

    ledger.refused = ""
    await forgetting.work_off()
    await Forgetting(store, lambda: NOON + later, ledger, hear).work_off()

    waits = "Discord has not removed everything within a day"
    assert told[2:] == [{}, {first.id: waits, second.id: waits}]


class Refusing(LedgerInMemory):
    """It cannot take one of them."""

    def __init__(self, erasure_id: str) -> None:
        super().__init__()
        self.refused = erasure_id

    async def record(
        self, erasure_id: str, at: Millis, users: Collection[UserKey], tickets: Collection[TicketId]
    ) -> None:
        if erasure_id == self.refused:
            raise OSError("no room")
        await super().record(erasure_id, at, users, tickets)


async def test_letters_that_wait_for_an_account_are_not_sent_any_more(store: Store) -> None:
    account = Account(
        id="cy", email="Cy@example.org", username="Cy", role=UserRole.CUSTOMER, created_at=5, phone="+43660"
    )
    await store.identity.accounts.add(account)
    await store.people.remember(account.person)
    for number, to in enumerate(("cy@example.org", "+43660", "ben@example.org")):
        letter = Letter(to, "A link", "secret")
        waits = Notification(
            id=NotificationId(f"l{number}"),
            user=letters_key(to),
            kind=NotificationKind.ACCOUNT,
            channel=NotificationChannel.EMAIL,
            text=letter.subject,
            created_at=5,
            due_at=5,
            letter=letter,
        )
        await store.notifications.add([waits])

    await erased(store, account.key)

    assert [it.id for it in (await store.notifications.left(None, 9)).items] == ["l2"]


async def test_who_looked_at_somebody_goes_with_them(store: Store) -> None:
    ticket = await talk(store)
    about = look_of(SAM.key, LookKind.TRANSCRIPT, ANN.key, NOON, (ticket.id, ticket.number))
    by_ann = look_of(ANN.key, LookKind.USER, BEN.key, NOON)
    await store.looks.add([about, by_ann])

    receipt = await erased(store)

    (left,) = (await store.looks.page(LookFilter(), None, 10)).items
    assert (left.by, left.user) == (receipt.pseudonym, BEN.key)
    assert receipt.removed["looks"] == 1
