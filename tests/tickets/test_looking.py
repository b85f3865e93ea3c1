"""Looks are written down, and reading goes on whatever becomes of that."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import pytest

from tests.people import ANN, AS_ANN, AS_SAM, SAM
from tests.tickets.logs import Logbook
from tickets.looking import Looking
from tickets.model import Person, TicketId, UserKey
from tickets.ports.lists import Cursor, Page
from tickets.ports.looks import Look, LookFilter, LookKind
from tickets.ports.store import StoreUnavailable

TICKET = Logbook().ticket


@dataclass
class Hiccups:
    """The port ``Looks``, which may be away or hang."""

    kept: list[Look] = field(default_factory=list)
    is_away: bool = False
    hangs: bool = False

    async def add(self, looks: Sequence[Look]) -> None:
        if self.is_away:
            raise StoreUnavailable("away")
        if self.hangs:
            await asyncio.Event().wait()
        self.kept += looks

    async def page(self, which: LookFilter, after: Cursor | None, limit: int) -> Page[Look]:
        return Page(self.kept)

    async def forget(self, user: UserKey, pseudonym: UserKey) -> int:
        return 0

    async def forget_ticket(self, ticket_id: TicketId) -> int:
        return 0

    async def forget_before(self, at: int) -> int:
        return 0


class Everybody:
    """The port ``People``, which knows everybody."""

    def knows(self, person: Person) -> bool:
        return True

    async def remember(self, person: Person) -> None:
        pass

    async def introduce(self, person: Person) -> Person:
        return person

    async def people(self, keys: Iterable[UserKey]) -> Mapping[UserKey, Person]:
        return {}


async def test_a_look_is_kept_before_what_was_looked_at_is_given() -> None:
    looks = Hiccups()

    await Looking(looks, Everybody(), lambda: 5).at_user(AS_SAM, ANN.key)

    (look,) = looks.kept
    assert (look.by, look.user, look.kind, look.at) == (SAM.key, ANN.key, LookKind.USER, 5)


async def test_a_conversation_that_stays_open_is_one_look_in_ten_minutes() -> None:
    looks, now = Hiccups(), [0]
    desk = Looking(looks, Everybody(), lambda: now[0])

    for minute in range(21):
        now[0] = minute * 60_000
        await desk.at_ticket(AS_SAM, TICKET, LookKind.CONVERSATION)
        await desk.at_ticket(AS_ANN, TICKET, LookKind.CONVERSATION)

    assert [(it.by, it.at // 60_000) for it in looks.kept] == [(SAM.key, 0), (SAM.key, 10), (SAM.key, 20)]


async def test_nobody_looks_at_themselves_and_requesters_do_not_look() -> None:
    looks = Hiccups()
    desk = Looking(looks, Everybody(), lambda: 5)

    await desk.at_user(AS_ANN, SAM.key)
    await desk.at_user(AS_SAM, SAM.key)

    assert looks.kept == []


@pytest.mark.parametrize("how", ["is_away", "hangs"])
async def test_a_store_that_does_not_take_it_hinders_nobody_and_gets_it_later(
    how: str, caplog: pytest.LogCaptureFixture
) -> None:
    looks = Hiccups(is_away=how == "is_away", hangs=how == "hangs")
    desk = Looking(looks, Everybody(), lambda: 5, patience=0.01)

    await desk.at_user(AS_SAM, ANN.key)
    assert looks.kept == []
    assert str(SAM.key) in caplog.text, "who looked is in the log meanwhile"

    looks.is_away = looks.hangs = False
    await desk.keep_waiting()
    await desk.keep_waiting()

    assert [it.user for it in looks.kept] == [ANN.key]
