"""Who of staff has looked at what."""

from dataclasses import replace

from tests.people import ANN, BEN, EVE, SAM
from tickets.model import TicketId, UserKey
from tickets.ports.looks import GATHERED, LookFilter, LookKind, look_of
from tickets.ports.store import Store

AT = 1_800_000_000_000
RECORD = look_of(SAM.key, LookKind.TRANSCRIPT, ANN.key, AT, (TicketId("t1"), 7))
PERSON = look_of(SAM.key, LookKind.USER, BEN.key, AT + GATHERED)
EXPORT = look_of(EVE.key, LookKind.EXPORT, ANN.key, AT + 2 * GATHERED)
ALL = [EXPORT, PERSON, RECORD]


async def found(store: Store, **which: object) -> list[object]:
    return [*(await store.looks.page(LookFilter(**which), None, 10)).items]  # type: ignore[arg-type]


async def test_looks_are_found_by_who_what_and_when_the_newest_first(store: Store) -> None:
    await store.looks.add([PERSON, RECORD])
    await store.looks.add([EXPORT, replace(RECORD, at=AT + 5)])

    assert await found(store) == ALL, "the same look within a minute is one"
    assert await found(store, by=SAM.key) == [PERSON, RECORD]
    assert await found(store, user=ANN.key) == [EXPORT, RECORD]
    assert await found(store, user=ANN.key, kind=LookKind.TRANSCRIPT) == [RECORD]
    assert await found(store, kind=LookKind.EXPORT) == [EXPORT]
    assert await found(store, by=SAM.key, kind=LookKind.USER) == [PERSON]
    assert await found(store, by=SAM.key, user=ANN.key, kind=LookKind.TRANSCRIPT) == [RECORD]
    assert await found(store, ticket_number=7) == [RECORD]
    assert await found(store, since=AT + 1, until=EXPORT.at) == [PERSON]
    assert await found(store, by=UserKey("default", SAM.key.id)) == []


async def test_pages_lose_nothing_where_looks_are_of_one_moment(store: Store) -> None:
    looks = [
        look_of(SAM.key, LookKind.TRANSCRIPT, ANN.key, AT, (TicketId(f"t{it}"), it)) for it in range(1, 8)
    ]
    await store.looks.add(looks)

    seen, after = [], None
    while True:
        page = await store.looks.page(LookFilter(), after, 3)
        seen += page.items
        if (after := page.next) is None:
            break

    assert sorted(seen, key=lambda it: it.ticket_number or 0) == looks
    assert seen == sorted(looks, key=lambda it: it.id, reverse=True)


async def test_what_is_about_somebody_goes_with_them_and_what_they_did_has_their_pseudonym(
    store: Store,
) -> None:
    nobody = UserKey(UserKey.ERASED, "erased-1")
    await store.looks.add(ALL)

    assert await store.looks.forget(ANN.key, nobody) == 2
    assert await store.looks.forget(SAM.key, nobody) == 0
    assert await found(store) == [replace(PERSON, by=nobody)]


async def test_looks_go_with_their_ticket_and_with_time(store: Store) -> None:
    await store.looks.add(ALL)

    assert await store.looks.forget_ticket(TicketId("t1")) == 1
    assert await store.looks.forget_before(EXPORT.at) == 1
    assert await found(store) == [EXPORT]
