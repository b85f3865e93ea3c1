"""Fills a store with a believable desk: weeks of tickets that were worked on, and some that are open."""

import tomllib
import unicodedata
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from operator import itemgetter
from pathlib import Path
from random import Random
from string import Template
from typing import Final

from pydantic import TypeAdapter

from tickets.desks.agent_desk import AgentChanges, AgentDesk
from tickets.desks.feedback_desk import FeedbackDesk
from tickets.desks.label_desk import LabelDesk
from tickets.desks.ticket_desk import Desk, NewTicket, Said
from tickets.ids import new_id
from tickets.model import (
    Caller,
    IssueLevel,
    Millis,
    Person,
    Status,
    SupportRole,
    TicketId,
    UserKey,
    UserRole,
)
from tickets.policy import Rules
from tickets.ports.store import Store

ISSUER: Final = "default"
HOUR: Final[Millis] = 60 * 60_000
DAY: Final[Millis] = 24 * HOUR
OPEN_DAYS: Final = 5
"""Tickets of so many last days may still be open."""

Tell = Callable[[str, int, int], None]


def _staff(name: str, *roles: SupportRole, role: UserRole = UserRole.AGENT) -> tuple[Caller, AgentChanges]:
    """``roles`` are from the widest to the highest."""
    person = Person(UserKey(ISSUER, name.lower()), name, role, f"{name.lower()}@desk.example")
    return Caller(person), AgentChanges(name=name, support_roles=roles)


GENERAL, TECHNICAL, MANAGER, ADMIN = SupportRole
AGENTS: Final = (
    _staff("Priya", GENERAL),
    _staff("Jonas", GENERAL),
    _staff("Amara", GENERAL),
    _staff("Tomasz", GENERAL, TECHNICAL),
    _staff("Linh", TECHNICAL),
    _staff("Marta", GENERAL, TECHNICAL, MANAGER, role=UserRole.ADMIN),
)
NAMES: Final = (
    *("Ada Novak", "Ben Okafor", "Carla Rossi", "Deniz Kaya", "Elif Arslan", "Femi Ade", "Greta Lindqvist"),
    *(
        "Hiro Tanaka",
        "Ines Duarte",
        "Jakub Nowak",
        "Kofi Mensah",
        "Lea Moreau",
        "Mateo Silva",
        "Nadia Haddad",
    ),
    *(
        "Owen Hughes",
        "Paula Schmidt",
        "Quinn Murphy",
        "Rosa Jimenez",
        "Samir Patel",
        "Tuva Berg",
        "Uma Reddy",
    ),
    *(
        "Viktor Horvat",
        "Wen Li",
        "Ximena Ortiz",
        "Yusuf Demir",
        "Zoe Papadaki",
        "Björn Åkesson",
        "María Núñez",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A conversation, as the file has it."""

    topic: str
    description: str
    category: str
    outcome: Status
    lines: Sequence[str]
    level: IssueLevel = IssueLevel.NORMAL
    role: SupportRole = SupportRole.GENERAL
    labels: Sequence[str] = ()
    locale: str | None = None
    guest: bool = False
    rating: int | None = None
    comment: str | None = None
    reason: str | None = None


def scenes() -> list[Scene]:
    with Path(__file__).with_name("scenes.toml").open("rb") as file:
        return TypeAdapter(list[Scene]).validate_python(tomllib.load(file)["scenes"])


Act = Callable[[], Awaitable[object]]
Timed = tuple[Millis, Act]


@dataclass(slots=True)
class Calendar:
    """The clock of the store while it is filled."""

    now: Millis

    def __call__(self) -> Millis:
        return self.now


@dataclass(slots=True)
class Seeding:
    """Plays scenes in the order of their times, over so many ``days`` up to what ``calendar`` says, which is
    the clock of the store and goes through them once more."""

    calendar: Calendar
    days: int
    chance: Random
    still_open: set[TicketId] = field(default_factory=set)
    """The tickets that are open at the end. No others have to be shown anywhere."""

    async def fill(self, store: Store, tickets: int, tell: Tell) -> None:
        until = self.calendar.now
        begins_at = sorted(self._begins_at(until, it, tickets) for it in range(tickets))
        every, desk = scenes(), Desk(store, self.calendar, Rules())
        plays = [Play(store, desk, self.chance.choice(every), at, until, self.chance) for at in begins_at]
        self.still_open |= {it.ticket_id for it in plays if it.stays_open}
        acts = sorted((act for it in plays for act in it.acts), key=itemgetter(0))
        try:
            self.calendar.now = until - self.days * DAY
            await _employ(store, desk)
            for done, (at, act) in enumerate(acts):
                tell("writing tickets", done, len(acts))
                self.calendar.now = at
                await act()
        finally:
            self.calendar.now = until

    def _begins_at(self, until: Millis, place: int, tickets: int) -> Millis:
        """More by day than by night; the last ones are of today."""
        day = until - int((self.days - 1) * DAY * (1 - place / max(1, tickets - 1)))
        at = day - day % DAY + int(self.chance.triangular(7, 21, 11) * HOUR)
        return at if at < until else until - self.chance.randrange(5 * 60_000, 9 * HOUR)


async def _employ(store: Store, desk: Desk) -> None:
    agents, head = AgentDesk(desk, store), AGENTS[-1][0]
    for caller, changes in AGENTS:
        await agents.put(head, caller.person.key.id, changes)


class Play:
    """One scene with its people; ``acts`` are what they do, and when, in order and up to ``until``."""

    def __init__(
        self, store: Store, desk: Desk, scene: Scene, begins_at: Millis, until: Millis, chance: Random
    ) -> None:
        self.ticket_id = TicketId(new_id())
        self._store, self._desk, self._scene, self._chance = store, desk, scene, chance
        self._customer = _customer(chance, is_guest=scene.guest)
        able = [it for it, what in AGENTS if what.support_roles and scene.role in what.support_roles]
        self._agent = chance.choice(able)
        self._order = f"O-{chance.randrange(10_000, 99_999)}"
        is_new = begins_at > until - OPEN_DAYS * DAY
        said = (
            chance.randrange(len(scene.lines)) if is_new and scene.lines and chance.random() < 0.8 else None
        )
        acts = self._timed(begins_at, said)
        self.acts = [it for it in acts if it[0] <= until]
        self.stays_open = said is not None or len(self.acts) < len(acts)

    def _timed(self, at: Millis, said: int | None) -> list[Timed]:
        """All of it; or what was said up to a line, after which it stays open."""
        scene = self._scene
        timed: list[Timed] = [(at, self._open)]
        is_taken = False
        for line in scene.lines[:said]:
            who, text = line[0], self._worded(line[3:])
            at += self._pause(who, is_first=not is_taken)
            timed.append((at, partial(self._say, who, text)))
            if who == "s" and not is_taken:
                is_taken = True
                timed.append((at + 1, self._take))
        if said is None:
            at += int(self._chance.triangular(0.1, 30, 3) * HOUR)
            timed.append((at, self._close))
            if scene.rating is not None and self._chance.random() < 0.7:
                timed.append((at + int(self._chance.triangular(0.02, 12, 0.5) * HOUR), self._rate))
        return timed

    def _pause(self, who: str, *, is_first: bool) -> Millis:
        urgency = {IssueLevel.NORMAL: 1.0, IssueLevel.URGENT: 0.3, IssueLevel.CRITICAL: 0.06}
        hours = {"s": 1.2 if is_first else 2.5, "c": 2.0, "n": 0.7}[who]
        return int(hours * HOUR * urgency[self._scene.level] * self._chance.lognormvariate(0, 0.9)) + 2

    def _worded(self, text: str) -> str:
        name = self._customer.person.name.split()[0]
        return Template(text).substitute(name=name, agent=self._agent.person.name, order=self._order)

    async def _open(self) -> None:
        scene = self._scene
        new = NewTicket(
            topic=scene.topic,
            description=self._worded(scene.description),
            category=scene.category,
            issue_level=scene.level,
            support_role=scene.role,
            metadata={"order": self._order} if "$order" in scene.description else {},
            locale=scene.locale,
        )
        await self._desk.open(self._customer, new, ticket_id=self.ticket_id)
        for label in scene.labels:
            await LabelDesk(self._desk, self._store).add(self._agent, self.ticket_id, label)

    async def _say(self, who: str, text: str) -> None:
        if who == "n":
            await self._desk.add_note(self._agent, self.ticket_id, Said(text))
        else:
            await self._desk.post(self._customer if who == "c" else self._agent, self.ticket_id, Said(text))

    async def _take(self) -> None:
        await AgentDesk(self._desk, self._store).claim(self._agent, self.ticket_id)

    async def _close(self) -> None:
        """Only requesters cancel, and only they resolve what staff has not answered."""
        scene = self._scene
        is_staffs = scene.outcome is Status.UNRESOLVED or len(scene.lines) > 2
        closer = self._agent if is_staffs else self._customer
        await self._desk.close(closer, self.ticket_id, scene.outcome, scene.reason)

    async def _rate(self) -> None:
        rating = max(1, (self._scene.rating or 3) - (self._chance.random() < 0.2))
        await FeedbackDesk(self._desk, self._store).give(
            self._customer, self.ticket_id, rating, self._scene.comment
        )


def _customer(chance: Random, *, is_guest: bool) -> Caller:
    name = chance.choice(NAMES)
    first = name.split()[0]
    if is_guest:
        guest = f"guest-{chance.randrange(10**6):06}"
        return Caller(Person(UserKey(ISSUER, guest), first, UserRole.TEMP_USER, f"{guest}@shop.example"))
    plain = unicodedata.normalize("NFKD", first).encode("ascii", "ignore").decode().lower()
    return Caller(Person(UserKey(ISSUER, plain), name, UserRole.CUSTOMER, f"{plain}@shop.example"))
