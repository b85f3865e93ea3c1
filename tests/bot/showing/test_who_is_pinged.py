"""Whom an event pings, without a guild."""

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

import pytest

from bot.showing.pings import Pinged, Pings, WantedPings
from tests.people import SAM_ANSWERS
from tests.tickets.logs import Logbook
from tickets.events import Change, Event, EventData, PartChanged, TicketChanged
from tickets.model import Actor, AuthorType, Part, SupportRole, UserKey
from tickets.ports.agents import Agent, Agents
from tickets.ports.store import Log
from tickets.targets import SlaState

ROLES = {role: 10 + number for number, role in enumerate(SupportRole)}
KIM, LEE = UserKey.parse("default kim"), UserKey.parse("default lee")
KIM_IN_DISCORD = UserKey.parse("discord 1")


class Staff:
    async def all(self) -> Sequence[Agent]:
        return [Agent(key=KIM, name="Kim", discord_id="1"), Agent(key=LEE, name="Lee", discord_id="2")]


PINGS = Pings(cast(Agents, Staff()), cast(Log, None), ROLES, WantedPings)


def event(data: EventData, actor: Actor = SAM_ANSWERS) -> Event:
    return Logbook().add(actor, data)


@pytest.mark.parametrize(
    ("role", "pinged"),
    [
        (SupportRole.GENERAL, SupportRole.TECHNICAL),
        (SupportRole.TECHNICAL, SupportRole.MANAGER),
        (SupportRole.MANAGER, SupportRole.ADMIN),
        (SupportRole.ADMIN, SupportRole.ADMIN),
    ],
)
def test_a_missed_target_pings_the_next_role_up(role: SupportRole, pinged: SupportRole) -> None:
    ticket = replace(Logbook().ticket, support_role=role)

    assert PINGS.for_target(SlaState.BREACHED, ticket) == Pinged(roles=(ROLES[pinged],))
    assert PINGS.for_target(SlaState.AT_RISK, ticket) is None


async def test_a_colleague_is_pinged_when_they_are_let_in_and_not_when_they_are_taken_out() -> None:
    let_in = PartChanged(Part.COLLEAGUE, KIM)

    assert await PINGS.for_part(event(let_in), let_in) == Pinged((1,))
    assert await PINGS.for_part(event(let_in), replace(let_in, ends=True)) is None
    assert await PINGS.for_part(event(let_in), PartChanged(Part.SUBSCRIBER, KIM)) is None


@pytest.mark.parametrize("key", [KIM, KIM_IN_DISCORD])
async def test_nobody_is_pinged_for_what_they_did_themselves_in_discord_or_elsewhere(key: UserKey) -> None:
    taken = Change("assignee", None, str(KIM))
    by_kim = event(TicketChanged((taken,)), Actor(AuthorType.STAFF, key))
    by_lee = event(TicketChanged((taken,)), Actor(AuthorType.STAFF, LEE))
    ticket = Logbook().ticket

    assert await PINGS.for_changes(by_kim, ticket, [taken]) is None
    assert await PINGS.for_changes(by_lee, ticket, [taken]) == Pinged((1,))


async def test_a_new_ticket_pings_the_support_role_until_somebody_has_it() -> None:
    ticket = Logbook().ticket

    assert await PINGS.for_new(ticket) == Pinged(roles=(ROLES[ticket.support_role],))
    assert await PINGS.for_new(replace(ticket, assignee=LEE)) == Pinged((2,))


def test_where_there_is_room_for_one_mention_a_role_comes_before_members() -> None:
    assert Pinged((1, 2), (10, 11)).first() == Pinged(roles=(10,))
    assert Pinged((1, 2)).first() == Pinged((1,))
