"""Notifications: each is kept once, read by its user alone, and sent lane by lane."""

import asyncio
from dataclasses import replace

from tests.clocks import Hands
from tests.people import ANN, BEN
from tickets.model import TicketId, UserKey
from tickets.notifications import (
    AS_USUAL,
    Letter,
    Notification,
    NotificationChannel,
    NotificationId,
    NotificationKind,
    NotificationStatus,
    without_mail,
)
from tickets.ports.notifications import REPLIES_FOR, Parcel, ReplyAddress
from tickets.ports.store import Store

MAIL, IN_APP = NotificationChannel.EMAIL, NotificationChannel.IN_APP
T1, T2 = TicketId("t1"), TicketId("t2")


def news(
    name: str,
    at: int = 10,
    *,
    user: UserKey = ANN.key,
    ticket_id: TicketId | None = T1,
    channel: NotificationChannel = MAIL,
    due_at: int | None = 100,
) -> Notification:
    return Notification(
        id=NotificationId(name),
        user=user,
        kind=NotificationKind.ANSWER,
        channel=channel,
        text='It\'s "done" \0 \U0001f600',
        created_at=at,
        status=NotificationStatus.PENDING if due_at is not None else NotificationStatus.SENT,
        ticket_id=ticket_id,
        seq=at,
        due_at=due_at,
    )


def in_app(name: str, at: int, user: UserKey = ANN.key) -> Notification:
    return news(name, at, user=user, channel=IN_APP, due_at=None)


async def due(store: Store, lane: str, now: int = 2**53) -> Parcel:
    found = await store.sending_queue.next_due(MAIL, TicketId(lane), now)
    assert found is not None
    return found.item


def names(parcel: Parcel) -> list[str]:
    return [it.id for it in parcel.items]


LANE = f"t1 {ANN.key}"


async def test_one_that_is_known_is_not_kept_again(store: Store) -> None:
    first = news("a")
    letter = replace(news("b", 11), letter=Letter("x@example.test", "Hi", "Ho"), error="no", parcel="p")

    added = await asyncio.gather(*(store.notifications.add([first]) for _ in range(4)))

    assert sorted(map(len, added)) == [0, 0, 0, 1]
    assert await store.notifications.add([replace(first, text="other"), letter]) == [letter]
    assert await store.notifications.get(first.id) == first
    assert await store.notifications.get(letter.id) == letter
    assert await store.notifications.get(NotificationId("c")) is None


async def test_a_user_reads_their_own_the_newest_first(store: Store) -> None:
    mine = [in_app("c", 5), in_app("b", 5), news("d", 6), in_app("a", 7)]
    await store.notifications.add([*mine, in_app("x", 6, BEN.key)])

    first = await store.notifications.of_user(ANN.key, after=None, limit=2)
    second = await store.notifications.of_user(ANN.key, after=first.next, limit=2)

    assert [it.id for it in first.items + second.items] == ["a", "d", "c", "b"]
    assert second.next is None
    unread = await store.notifications.of_user(ANN.key, unread=True, after=None, limit=9)
    assert [it.id for it in unread.items] == ["a", "c", "b"]


async def test_a_letter_is_in_no_list_of_its_users_but_among_what_is_left(store: Store) -> None:
    await store.notifications.add([replace(news("a"), kind=NotificationKind.ACCOUNT)])

    assert (await store.notifications.of_user(ANN.key, after=None, limit=9)).items == []
    assert [it.id for it in (await store.notifications.left(None, 9)).items] == ["a"]


async def test_only_its_user_reads_one_and_only_once(store: Store) -> None:
    await store.notifications.add([in_app("a", 5), news("b")])

    assert await store.notifications.read(BEN.key, NotificationId("a"), 50) is None
    read = await store.notifications.read(ANN.key, NotificationId("a"), 60)
    again = await store.notifications.read(ANN.key, NotificationId("a"), 70)

    assert read == again == replace(in_app("a", 5), read_at=60)
    assert await store.notifications.read(ANN.key, NotificationId("b"), 70) == news("b")


async def test_everything_up_to_one_is_read_at_once(store: Store) -> None:
    await store.notifications.add([in_app(it, 5) for it in "abc"] + [in_app("d", 4), in_app("e", 6)])
    await store.notifications.add([in_app("x", 4, BEN.key)])

    assert await store.notifications.read_upto(ANN.key, in_app("b", 5), 60) == 3
    assert await store.notifications.read_upto(ANN.key, in_app("b", 5), 70) == 0

    unread = await store.notifications.of_user(ANN.key, unread=True, after=None, limit=9)
    assert [it.id for it in unread.items] == ["e", "c"]
    assert len((await store.notifications.of_user(BEN.key, unread=True, after=None, limit=9)).items) == 1


async def test_what_is_pending_in_a_lane_goes_together_once_the_first_is_due(store: Store) -> None:
    await store.notifications.add([news("b", 11, due_at=90), news("a", 10, due_at=80)])
    await store.notifications.add([news("c", 9, ticket_id=T2, due_at=95), news("d", 9, ticket_id=None)])

    assert await store.sending_queue.tickets_due(MAIL, 79, 9) == []
    assert await store.sending_queue.earliest(MAIL) == 80
    assert await store.sending_queue.tickets_due(MAIL, 95, 9) == [LANE, f"t2 {ANN.key}"]
    assert await store.sending_queue.tickets_due(MAIL, 200, 1) == [LANE]
    assert await store.sending_queue.next_due(MAIL, TicketId(LANE), 79) is None
    assert await store.sending_queue.next_due(NotificationChannel.SMS, TicketId(LANE), 99) is None
    assert names(await due(store, LANE, 80)) == ["a", "b"]
    assert names(await due(store, "d")) == ["d"]


async def test_what_was_sent_is_not_due_any_more_and_its_letter_is_forgotten(store: Store) -> None:
    letter = replace(news("a"), letter=Letter("x@example.test", "Hi", "secret"))
    await store.notifications.add([letter, news("b", 11)])
    parcel = await due(store, LANE)
    await store.sending_queue.suppress([NotificationId("b")])
    await store.sending_queue.begin(parcel)
    await store.sending_queue.done(MAIL, parcel)

    first, second = (
        await store.notifications.get(letter.id),
        await store.notifications.get(NotificationId("b")),
    )
    assert first is not None
    assert second is not None
    assert (first.status, first.letter, first.due_at, first.begun) == (NotificationStatus.SENT, None, None, 0)
    assert first.sent_at is not None
    assert second.status is NotificationStatus.SUPPRESSED
    assert await store.sending_queue.earliest(MAIL) is None
    assert (await store.notifications.left(None, 9)).items == []


async def test_what_was_begun_goes_alone_and_unchanged(store: Store) -> None:
    await store.notifications.add([news("a", 10)])
    await store.sending_queue.begin(await due(store, LANE))
    await store.notifications.add([news("b", 11), news("0", 9)])

    parcel = await due(store, LANE)

    assert (names(parcel), parcel.items[0].begun, parcel.id) == (["a"], 1, "a")
    await store.sending_queue.tried(parcel, "cut off", may_have_arrived=True)
    assert names(await due(store, LANE)) == ["a"]
    await store.sending_queue.tried(parcel, "refused", may_have_arrived=False)
    together = await due(store, LANE)
    assert names(together) == ["0", "a", "b"]
    assert (together.items[1].begun, together.items[1].error) == (0, "refused")


async def test_what_is_put_off_holds_back_its_lane_and_no_other(store: Store) -> None:
    await store.notifications.add([news("a"), news("b", 11, due_at=300), news("c", ticket_id=T2)])
    await store.sending_queue.put_off(MAIL, await due(store, LANE), 200)

    assert await store.sending_queue.tickets_due(MAIL, 199, 9) == [f"t2 {ANN.key}"]
    found = await store.sending_queue.next_due(MAIL, TicketId(LANE), 200)
    assert found is not None
    assert (found.attempts, names(found.item)) == (1, ["a", "b"])
    await store.sending_queue.hasten(MAIL, [TicketId(LANE)])
    assert await store.sending_queue.tickets_due(MAIL, 0, 9) == [LANE]
    await store.sending_queue.put_off(MAIL, await due(store, LANE), 200)
    await store.sending_queue.hasten(MAIL, None, beyond=300)
    assert await store.sending_queue.tickets_due(MAIL, 0, 9) == []
    await store.sending_queue.hasten(MAIL, None, beyond=199)
    assert LANE in await store.sending_queue.tickets_due(MAIL, 0, 9)
    await store.sending_queue.hasten(MAIL, None)
    assert sorted(await store.sending_queue.tickets_due(MAIL, 0, 9)) == [LANE, f"t2 {ANN.key}"]


async def test_what_failed_is_left_until_somebody_tries_it_again(store: Store) -> None:
    await store.notifications.add([news("a"), news("b", 11)])
    parcel = await due(store, LANE)
    await store.sending_queue.begin(parcel)
    await store.sending_queue.failed(MAIL, parcel, "no such user")

    left = (await store.notifications.left(None, 9)).items
    assert [(it.id, it.status, it.error, it.tries) for it in left] == [
        ("b", NotificationStatus.FAILED, "no such user", 1),
        ("a", NotificationStatus.FAILED, "no such user", 1),
    ]
    assert await store.sending_queue.earliest(MAIL) is None
    again = await store.notifications.retry(NotificationId("a"), 500)
    assert again is not None
    assert (again.status, again.due_at, again.begun) == (NotificationStatus.PENDING, 500, 0)
    assert await store.notifications.retry(NotificationId("a"), 600) is None
    assert await store.notifications.retry(NotificationId("z"), 600) is None
    assert names(await due(store, LANE)) == ["a"]


async def test_a_mail_that_came_back_failed_with_all_that_was_in_it(store: Store, clock: Hands) -> None:
    async def sends(*names: str) -> None:
        await store.notifications.add([news(it) for it in names])
        clock.now += 1_000
        await store.sending_queue.done(MAIL, await due(store, LANE))

    await sends("a")
    await sends("b", "c")
    await store.notifications.add([news("d"), news("e", channel=IN_APP, due_at=None)])
    first, waits = [await store.notifications.get(NotificationId(it)) for it in "bd"]
    assert first is not None
    assert waits is not None

    assert await store.notifications.bounced(waits, "it came back") == 0
    assert await store.notifications.bounced(first, "it came back") == 2
    assert await store.notifications.bounced(first, "once more") == 0

    kept = {it.id: it for it in (await store.notifications.of_user(ANN.key, after=None, limit=9)).items}
    assert {name: it.error for name, it in kept.items() if it.status is NotificationStatus.FAILED} == {
        NotificationId("b"): "it came back",
        NotificationId("c"): "it came back",
    }
    assert kept[NotificationId("b")].sent_at == first.sent_at


async def test_wishes_are_kept_and_replaced(store: Store) -> None:
    assert await store.notifications.wishes(ANN.key) is None

    await store.notifications.wish(ANN.key, AS_USUAL)
    await store.notifications.wish(ANN.key, without_mail(AS_USUAL))

    assert await store.notifications.wishes(ANN.key) == without_mail(AS_USUAL)
    assert await store.notifications.wishes(BEN.key) is None


async def test_what_was_shown_only_ever_grows(store: Store) -> None:
    assert await store.notifications.shown_upto(ANN.key, T1) == 0

    for seq in (3, 7, 5):
        await store.notifications.shown(ANN.key, T1, seq)

    assert await store.notifications.shown_upto(ANN.key, T1) == 7
    assert await store.notifications.shown_upto(BEN.key, T1) == 0


async def test_a_forgotten_user_leaves_nothing(store: Store) -> None:
    await store.notifications.add([news("a"), in_app("b", 5), in_app("x", 5, BEN.key)])
    await store.notifications.wish(ANN.key, AS_USUAL)
    await store.notifications.shown(ANN.key, T1, 3)

    assert await store.notifications.forget(ANN.key) == 2

    assert (await store.notifications.of_user(ANN.key, after=None, limit=9)).items == []
    assert await store.notifications.wishes(ANN.key) is None
    assert await store.notifications.shown_upto(ANN.key, T1) == 0
    assert await store.sending_queue.earliest(MAIL) is None
    assert len((await store.notifications.of_user(BEN.key, after=None, limit=9)).items) == 1


async def test_a_forgotten_ticket_leaves_nothing(store: Store) -> None:
    await store.notifications.add([news("a"), news("b", ticket_id=T2)])
    await store.notifications.shown(ANN.key, T1, 3)

    assert await store.notifications.forget_ticket(T1) == 1

    assert [it.id for it in (await store.notifications.of_user(ANN.key, after=None, limit=9)).items] == ["b"]
    assert await store.notifications.shown_upto(ANN.key, T1) == 0


async def test_what_was_a_guests_is_the_customers(store: Store) -> None:
    await store.notifications.add([news("a"), news("b", ticket_id=T2), in_app("c", 9)])
    await store.notifications.shown(ANN.key, T1, 3)
    await store.notifications.shown(BEN.key, T1, 2)
    await store.notifications.wish(ANN.key, AS_USUAL)

    await store.notifications.move(ANN.key, BEN.key, T2)
    assert [it.id for it in (await store.notifications.of_user(BEN.key, after=None, limit=9)).items] == ["b"]
    await store.notifications.move(ANN.key, BEN.key)

    assert len((await store.notifications.of_user(BEN.key, after=None, limit=9)).items) == 3
    assert (await store.notifications.of_user(ANN.key, after=None, limit=9)).items == []
    assert names(await due(store, f"t1 {BEN.key}")) == ["a"]
    assert await store.notifications.shown_upto(BEN.key, T1) == 3
    assert await store.notifications.wishes(BEN.key) == AS_USUAL
    assert await store.notifications.wishes(ANN.key) is None


async def test_another_process_sees_what_is_kept(store: Store, second_store: Store) -> None:
    await second_store.notifications.add([news("a")])

    assert names(await due(store, LANE)) == ["a"]
    assert await second_store.notifications.get(NotificationId("a")) == news("a")


async def test_a_user_answers_about_a_ticket_to_one_address_until_it_grows_old(store: Store) -> None:
    first = ReplyAddress("s1", T1, ANN.key, REPLIES_FOR)

    assert await store.notifications.reply_address(first) == first
    soon = replace(first, token="s2", expires_at=REPLIES_FOR + 5)
    assert await store.notifications.reply_address(soon) == first
    late = replace(first, token="s3", expires_at=2 * REPLIES_FOR)
    assert await store.notifications.reply_address(late) == late
    assert await store.notifications.reply_address_of("s1") == first
    assert await store.notifications.reply_address_of("s2") is None


async def test_addresses_to_answer_to_move_and_are_forgotten(store: Store) -> None:
    for token, ticket_id in (("s1", T1), ("s2", T2)):
        await store.notifications.reply_address(ReplyAddress(token, ticket_id, ANN.key, REPLIES_FOR))

    await store.notifications.move(ANN.key, BEN.key, T1)
    moved = await store.notifications.reply_address_of("s1")
    await store.notifications.forget(ANN.key)
    await store.notifications.forget_ticket(T1)

    assert moved is not None
    assert moved.user == BEN.key
    assert await store.notifications.reply_address_of("s1") is None
    assert await store.notifications.reply_address_of("s2") is None
