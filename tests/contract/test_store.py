"""Opening and closing: what is kept, who refuses to start."""

import asyncio
import os
import re
from dataclasses import replace

import pytest

from storage.migration import StoreIsNewer
from tests.clocks import NOON, Hands
from tests.contract.acts import fed_until, open_ticket, post, show_all, source
from tests.contract.places import Place, opened_to_lead
from tests.people import ANN, ANN_ASKS, BEN, SAM
from tickets.decisions import Decision
from tickets.events import MessagePosted
from tickets.model import Attachment, FileId, MessageId, TicketId, UserKey, UserRole
from tickets.ports.channels import Channel
from tickets.ports.sinks import SinkName
from tickets.ports.store import Store, StoreUnavailable
from tickets.ports.timers import Timer, TimerKind


def test_a_real_mongodb_is_among_the_stores() -> None:
    """Says aloud when the contract was not tried on one."""
    if not os.environ.get("MONGO_TEST_URI"):
        pytest.skip("MONGO_TEST_URI names no MongoDB to run the contract on")


async def test_a_person_is_as_they_were_last_seen(store: Store, second_store: Store) -> None:
    await store.people.remember(ANN)
    await store.people.remember(ANN)
    await store.people.remember(SAM)
    renamed = replace(ANN, name="Anna \0 \U0001f600", role=UserRole.AGENT, email=None)
    await store.people.remember(renamed)

    known = await second_store.people.people([ANN.key, BEN.key, SAM.key, UserKey("other", "ann")])

    assert known == {ANN.key: renamed, SAM.key: SAM}
    assert await store.people.people([]) == {}


async def test_a_store_is_given_its_identity_once(place: Place, clock: Hands) -> None:
    async with place.open(clock) as store:
        first = store.deployment
    async with place.open(clock) as store, place.open(clock) as second:
        assert store.deployment == second.deployment == first

    assert re.fullmatch("[0-9a-f]{8}", first.id)
    assert len(first.secret) == 32


async def test_stores_that_are_made_at_the_same_time_become_one(place: Place, clock: Hands) -> None:
    async with place.open(clock) as one, place.open(clock) as other:
        await asyncio.gather(open_ticket(one), open_ticket(other))

        assert one.deployment == other.deployment
        assert len(await one.log.events(TicketId("t1"))) == len(await one.log.events(TicketId("t2"))) == 1


async def test_everything_is_still_there_after_a_restart(place: Place, clock: Hands) -> None:
    file = Attachment(FileId("f1"), "a.txt", "text/plain", 2)
    async with opened_to_lead(place, clock) as store:
        ticket = await open_ticket(store)
        posted = await post(store, ticket)
        await show_all(store)
        await store.timers.set(Timer(ticket.id, TimerKind.REMOVAL, posted.seq, NOON + 60_000))
        await store.people.remember(ANN)
        channel = Channel(ticket_id=ticket.id, channel_id=10)
        await store.channels.save(channel)
        await store.channels.seen(10, 11)
        await store.files.put(file, b"hi")
        fed = await fed_until(store, 2)
        kept = await store.views.ticket(ticket.id), await store.views.messages(ticket.id)

    async with opened_to_lead(place, clock) as store:
        assert await store.views.ticket(ticket.id) == kept[0]
        assert await store.views.messages(ticket.id) == kept[1]
        assert (await store.log.events(ticket.id))[1] == posted
        assert await store.backlog.earliest(SinkName.DISCORD) is None
        assert await store.timers.earliest(TimerKind.REMOVAL) == NOON + 60_000
        assert await store.people.people([ANN.key]) == {ANN.key: ANN}
        assert await store.channels.at(10) == replace(channel, seen_through=11)
        assert await store.files.get(file.id) == (file, b"hi")
        assert await fed_until(store, 2) == fed
        assert (await open_ticket(store)).number == ticket.number + 1
        assert (await fed_until(store, 3))[-1].event.ticket_id == "t2"


async def test_what_is_waiting_at_the_end_is_committed_or_refused(place: Place, clock: Hands) -> None:
    async with place.open(clock) as store:
        ticket = await open_ticket(store)
        waiting = [asyncio.create_task(post(store, ticket, str(n))) for n in range(20)]
        await asyncio.sleep(0)
    answers = await asyncio.gather(*waiting, return_exceptions=True)

    with pytest.raises(StoreUnavailable):
        await store.log.append(ticket.id, source(), lambda _: Decision(ANN_ASKS, MessagePosted("too late")))
    if store.name.startswith("SQLite"):  # the database in memory outlives its client
        with pytest.raises(StoreUnavailable):
            await store.views.ticket(ticket.id)
    async with place.open(clock) as store:
        kept = {event.id for event in await store.log.events(ticket.id)}
    for answer in answers:
        assert isinstance(answer, StoreUnavailable) or (
            not isinstance(answer, BaseException) and answer.id in kept
        )


async def test_a_store_of_a_newer_program_refuses_to_start(place: Place, clock: Hands) -> None:
    async with place.open(clock) as store:
        await open_ticket(store)
    await place.write_version(place.known + 1)

    words = f"version {place.known + 1}, but this program knows only version {place.known}: start "
    with pytest.raises(StoreIsNewer, match=words):
        async with place.open(clock):
            pass

    await place.write_version(place.known)
    async with place.open(clock) as store:
        assert await store.views.ticket(TicketId("t1")) is not None


async def test_a_store_that_works_passes_its_check(store: Store) -> None:
    await store.check()


async def test_a_store_names_itself(store: Store) -> None:
    assert re.match(r"SQLite at .*guildesk\.sqlite3 \(embedded\)$|MongoDB database \w+$", store.name)


async def test_messages_made_through_one_store_are_seen_through_another(
    store: Store, second_store: Store
) -> None:
    ticket = await open_ticket(store)
    for n in range(6):
        writer, reader = (store, second_store) if n % 2 else (second_store, store)
        posted = await post(writer, ticket)

        message = await reader.views.message(MessageId(posted.id), ticket.id)
        assert message is not None
        assert message.seq == n + 2
