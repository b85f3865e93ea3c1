"""Uploads: each is used once, by its uploader, or swept away."""

import asyncio

import pytest

from tests.clocks import NOON, Hands
from tests.contract.acts import new_id, open_ticket, post
from tests.people import ANN, BEN
from tickets.desks.attaching import bound, sweep
from tickets.model import Attachment, Caller, EventId, FileId, Person, TicketId
from tickets.ports.store import Store
from tickets.ports.uploads import SWEPT_AFTER, UNUSED_FOR, Upload, Use
from tickets.refusals import TicketIsClosed, UploadNotFound

AS_ANN, AS_BEN = Caller(ANN), Caller(BEN)
HERE = Use(TicketId("t1"), EventId("e1"))
THERE = Use(TicketId("t1"), EventId("e2"))


async def uploaded(store: Store, name: str = "f1") -> FileId:
    file = Attachment(FileId(name), "cat.png", "image/png", 3)
    await store.uploads.add(Upload(file=file, uploader=ANN.key, at=NOON))
    await store.files.put(file, b"cat")
    return file.id


async def use(store: Store, *files: FileId, caller: Caller = AS_ANN, of: Use = HERE, now: int = NOON) -> int:
    async with bound(store, caller, files, of, now) as attachments:
        return len(attachments)


async def test_an_upload_is_used_once(store: Store, second_store: Store) -> None:
    file = await uploaded(store)

    answers = await asyncio.gather(
        *(use(it, file, of=Use(HERE.ticket_id, new_id())) for it in (store, second_store) * 5),
        return_exceptions=True,
    )

    assert answers.count(1) == 1
    assert sum(isinstance(it, UploadNotFound) for it in answers) == 9


async def test_the_same_use_may_be_tried_again(store: Store) -> None:
    file = await uploaded(store)
    await store.uploads.add(Upload(file=Attachment(file, "dog", "x/y", 1), uploader=BEN.key, at=0))

    assert [await use(store, file), await use(store, file, file)] == [1, 1]
    assert await store.uploads.get(file) == Upload(
        file=Attachment(file, "cat.png", "image/png", 3), uploader=ANN.key, at=NOON, use=HERE
    )


@pytest.mark.parametrize(
    ("caller", "now"), [(AS_BEN, NOON), (AS_ANN, NOON + UNUSED_FOR + 1)], ids=["another's", "too old"]
)
async def test_what_cannot_be_used_leaves_the_others_free(store: Store, caller: Caller, now: int) -> None:
    file = await uploaded(store)

    for files in ((file,), (file, FileId("nowhere"))):
        with pytest.raises(UploadNotFound):
            await use(store, *files, caller=caller, now=now)

    assert await use(store, file) == 1


async def test_a_refusal_sets_them_free(store: Store) -> None:
    file = await uploaded(store)

    with pytest.raises(TicketIsClosed):
        async with bound(store, AS_ANN, [file], HERE, NOON):
            raise TicketIsClosed(1)

    assert await use(store, file, of=THERE) == 1


async def test_sweeping_leaves_what_is_used_and_what_is_new(store: Store, clock: Hands) -> None:
    ticket = await open_ticket(store)
    posted = await post(store, ticket)
    unused, used, crashed = [await uploaded(store, name) for name in ("unused", "used", "crashed")]
    await use(store, used, of=Use(ticket.id, posted.id))
    await use(store, crashed, of=Use(ticket.id, EventId("never")))

    await sweep(store, NOON + SWEPT_AFTER)
    before = [await store.files.get(it) is not None for it in (unused, used, crashed)]
    await sweep(store, NOON + SWEPT_AFTER + 1)
    after = [await store.files.get(it) is not None for it in (unused, used, crashed)]

    assert before == [True, True, True]
    assert after == [False, True, False]
    assert await store.uploads.get(unused) is None
    assert await store.uploads.get(used) is not None
    assert await store.uploads.unsettled(2**60, 10) == []


async def test_a_removed_upload_is_not_there(store: Store) -> None:
    file = await uploaded(store)

    await store.uploads.remove(file)

    assert await store.uploads.get(file) is None


def upload_of(name: str, size: int = 3, person: Person = ANN) -> Upload:
    return Upload(file=Attachment(FileId(name), "cat.png", "image/png", size), uploader=person.key, at=NOON)


async def test_twenty_uploads_may_be_unused_and_using_one_makes_room(store: Store) -> None:
    for number in range(20):
        assert await store.uploads.add(upload_of(f"f{number}"))

    assert not await store.uploads.add(upload_of("over"))
    assert await store.uploads.get(FileId("over")) is None
    assert await store.uploads.add(upload_of("f0"))
    assert await store.uploads.add(upload_of("bens", person=BEN))
    await use(store, FileId("f3"))
    assert await store.uploads.add(upload_of("another"))
    await store.uploads.remove(FileId("f4"))
    assert await store.uploads.add(upload_of("one more"))
    assert not await store.uploads.add(upload_of("over"))


async def test_unused_uploads_have_fifty_megabytes_in_all_but_one_alone_may_be_larger(store: Store) -> None:
    assert await store.uploads.add(upload_of("large", 80 * 2**20, BEN))
    assert not await store.uploads.add(upload_of("small", 1, BEN))

    assert await store.uploads.add(upload_of("first", 30 * 2**20))
    assert not await store.uploads.add(upload_of("over", 20 * 2**20 + 1))
    assert await store.uploads.add(upload_of("second", 20 * 2**20))
    assert not await store.uploads.add(upload_of("third", 1))


async def test_however_many_are_uploaded_at_once_no_more_than_twenty_are_kept(
    store: Store, second_store: Store
) -> None:
    for number in range(18):
        await store.uploads.add(upload_of(f"f{number}"))

    adding = (it.uploads.add(upload_of(f"n{n}")) for n, it in enumerate((store, second_store) * 5))
    kept = await asyncio.gather(*adding)

    unsettled = await store.uploads.unsettled(NOON + 1, 100)
    assert len(unsettled) == 18 + kept.count(True) <= 20
