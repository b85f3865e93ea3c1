"""What a campaign will do, made from its seed alone: who does what in which order, what goes wrong when."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from random import Random

from chaos.kinds import KILLS, SCENES, TARGETS, WEIGHTS, Kind

KILLS_IN_A_CHAPTER = 10
STAFF = {
    "GENERAL": ("alice", "bob", "dora", "mara", "ada"),
    "TECHNICAL": ("dora", "mara", "ada"),
    "MANAGER": ("mara", "ada"),
    "ADMIN": ("ada",),
}
"""Who sees a ticket that asks for a support role."""
LEVELS = ("NORMAL", "URGENT", "CRITICAL")
AGENT = "agent"
"""Staff of the backend's, who acts over the API."""


class What(StrEnum):
    """What one of the two sides does about a ticket."""

    OPEN = "open"
    POST = "post"
    POST_LONG = "post-long"
    POST_FILE = "post-file"
    EDIT = "edit"
    DELETE = "delete"
    NOTE = "note"
    THREAD = "thread"
    """Staff writes in a thread, among themselves."""
    FILE = "file"
    HIDE = "hide"
    """Staff edits a message into a note."""
    API_NOTE = "api-note"
    """Staff of the backend's adds a note over the API."""
    LEVEL = "level"
    """Staff of the backend's changes the level over the API."""
    MOVE = "move"
    CLOSE = "close"
    REOPEN = "reopen"


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that one person does. ``number`` is the message: a new one, or the earlier one meant."""

    ticket: int
    what: What
    who: str
    """``requester``, somebody of staff, or ``agent``."""
    number: int = 0
    detail: str = ""

    @property
    def side(self) -> str:
        return "requester" if self.who == "requester" else "staff"


@dataclass(frozen=True, slots=True)
class Disturbance:
    """Something that goes wrong; what people do ``meanwhile`` comes between its begin and its end."""

    kind: Kind
    target: str = ""
    count: int = 1
    seconds: float = 0.0
    again: bool = False
    meanwhile: tuple[Act, ...] = ()


Step = Act | Disturbance


@dataclass(frozen=True, slots=True)
class Scene:
    """Steps after which, once the dust has settled, the books must balance."""

    name: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Chapter:
    """Some tickets from their opening to their last end; ``tickets`` holds level and support role of each."""

    number: int
    tickets: tuple[tuple[str, str], ...]
    requesters: int
    scenes: tuple[Scene, ...]


def plan(seed: int, kills: int, only: Collection[Kind] = frozenset(Kind), tickets: int = 5) -> list[Chapter]:
    """The chapters of a campaign with so many kills; without a kind that kills, so many disturbances."""
    counts = [KILLS_IN_A_CHAPTER] * (kills // KILLS_IN_A_CHAPTER)
    if rest := kills % KILLS_IN_A_CHAPTER:
        counts.append(rest)
    return [_Author(seed, number, only, tickets).chapter(count) for number, count in enumerate(counts, 1)]


class _Author:
    """Writes one chapter, from its first step to its last, so that what is said refers to what was said."""

    def __init__(self, seed: int, number: int, only: Collection[Kind], tickets: int) -> None:
        self._random = Random(f"{seed}:{number}")
        self._number = number
        self._only = only
        roles = [*STAFF, "GENERAL", "GENERAL"]
        self._tickets = [(self._random.choice(LEVELS), self._random.choice(roles)) for _ in range(tickets)]
        self._opened: list[int] = []
        self._closed: set[int] = set()
        self._reopened: set[int] = set()
        self._said = {(ticket, side): 0 for ticket in range(tickets) for side in ("requester", "staff")}
        self._editable: dict[tuple[int, int], tuple[str, What]] = {}
        """Who of staff wrote a message, and as what."""

    def chapter(self, kills: int) -> Chapter:
        few = kills // 5
        scenes = []
        for name, write, share in (
            ("opening", self._opening, few),
            ("talking", self._talk, kills - 3 * few),
            ("closing", self._closing, few),
            ("reopening", self._reopening, few),
        ):
            scenes.append(Scene(name, tuple(self._strewn(name, list(self._slots(name)), write, share))))
        return Chapter(self._number, tuple(self._tickets), requesters=3, scenes=tuple(scenes))

    def _slots(self, scene: str) -> Iterator[int | None]:
        """What there is to write: a ticket to open, to close or to reopen, or None for any talk."""
        tickets = range(len(self._tickets))
        if scene == "opening":
            for ticket in tickets:
                yield ticket
                yield from [None] * self._random.randrange(3)
        elif scene == "talking":
            yield from [None] * (12 * len(tickets))
        elif scene == "reopening":
            again = [it for it in tickets if self._random.random() < 0.6] or [0]
            for ticket in again:
                yield ticket
                yield from [None] * self._random.randrange(1, 5)
            for ticket in again[::2]:
                yield ticket
        else:
            slots = [*tickets, *[None] * (2 * len(tickets))]
            self._random.shuffle(slots)
            yield from slots

    def _strewn(
        self, scene: str, slots: list[int | None], write: Callable[[int | None], Act], kills: int
    ) -> Iterator[Step]:
        troubles = list(self._troubles(scene, kills))
        self._random.shuffle(troubles)
        places = sorted(self._random.randrange(1, len(slots) + 1) for _ in troubles)
        for at, slot in enumerate(slots):
            while places and places[0] == at:
                places.pop(0)
                yield self._disturbance(troubles.pop(), scene, write)
            yield write(slot)
        for kind in troubles:
            yield self._disturbance(kind, scene, write)

    def _troubles(self, scene: str, kills: int) -> Iterator[Kind]:
        possible = [kind for kind in Kind if kind in self._only and scene in SCENES[kind]]
        killing = [kind for kind in possible if kind in KILLS]
        other = [kind for kind in possible if kind not in KILLS]
        if killing:
            yield from self._random.choices(killing, k=kills)
        if other:
            weights = [WEIGHTS.get(kind, 1.0) for kind in other]
            yield from self._random.choices(other, weights, k=(3 * kills + 1) // 2)

    def _disturbance(self, kind: Kind, scene: str, write: Callable[[int | None], Act]) -> Disturbance:
        random = self._random
        return Disturbance(
            kind,
            target=random.choice(TARGETS[scene]),
            count=random.choice((1, 1, 1, 2, 3)),
            seconds=round(random.uniform(0, 0.4), 3),
            again=random.random() < 0.2,
            meanwhile=tuple(write(None) for _ in range(random.randrange(2, 8))),
        )

    def _opening(self, ticket: int | None) -> Act:
        if ticket is None:
            return self._post(self._random.choice(self._opened))
        self._opened.append(ticket)
        return Act(ticket, What.OPEN, "requester")

    def _talk(self, _: int | None) -> Act:
        ticket = self._random.choice(self._opened)
        choice = self._random.random()
        if choice < 0.05:
            return Act(ticket, What.MOVE, "olive", detail=self._random.choice(LEVELS))
        if choice < 0.1:
            return Act(ticket, What.LEVEL, AGENT, detail=self._random.choice(LEVELS))
        return self._requester_says(ticket) if self._random.random() < 0.5 else self._staff_says(ticket)

    def _closing(self, ticket: int | None) -> Act:
        if ticket is not None:
            self._closed.add(ticket)
            return Act(ticket, What.CLOSE, self._random.choice(STAFF[self._tickets[ticket][1]]))
        ticket = self._random.choice(self._opened)
        if ticket in self._closed or self._random.random() < 0.5:
            return self._requester_says(ticket)
        return self._staff_says(ticket)

    def _reopening(self, ticket: int | None) -> Act:
        """A ticket's first turn reopens it, its second closes it again."""
        if ticket is None:
            ticket = self._random.choice(sorted(self._reopened))
            says = self._requester_says if self._random.random() < 0.5 else self._staff_says
            return self._requester_says(ticket) if ticket in self._closed else says(ticket)
        if ticket in self._reopened:
            self._closed.add(ticket)
            return Act(ticket, What.CLOSE, self._random.choice(STAFF[self._tickets[ticket][1]]))
        self._reopened.add(ticket)
        self._closed.discard(ticket)
        return Act(ticket, What.REOPEN, "requester")

    def _requester_says(self, ticket: int) -> Act:
        said = self._said[ticket, "requester"]
        choice = self._random.random()
        if said and choice < 0.2:
            number = self._random.randrange(said)
            return Act(ticket, What.EDIT if choice < 0.13 else What.DELETE, "requester", number)
        return self._post(ticket)

    def _post(self, ticket: int) -> Act:
        choice = self._random.random()
        what = What.POST_LONG if choice < 0.1 else What.POST_FILE if choice < 0.16 else What.POST
        return Act(ticket, what, "requester", self._next(ticket, "requester"))

    def _staff_says(self, ticket: int) -> Act:
        mine = sorted(number for of, number in self._editable if of == ticket)
        choice = self._random.random()
        if mine and choice < 0.25:
            number = self._random.choice(mine)
            who, was = self._editable[ticket, number]
            what = What.EDIT if choice < 0.14 else What.DELETE if choice < 0.21 else What.HIDE
            if what is What.HIDE and was is not What.POST:
                what = What.EDIT
            if what is not What.EDIT:
                del self._editable[ticket, number]
            return Act(ticket, what, who, number)
        who = self._random.choice(STAFF[self._tickets[ticket][1]])
        if choice < 0.3:
            return Act(ticket, What.API_NOTE, AGENT, self._next(ticket, "staff"))
        what = What.NOTE if choice < 0.38 else What.FILE if choice < 0.45 else What.POST
        if 0.45 <= choice < 0.55:
            what = What.THREAD
        number = self._next(ticket, "staff")
        self._editable[ticket, number] = (who, what)
        return Act(ticket, what, who, number)

    def _next(self, ticket: int, side: str) -> int:
        number = self._said[ticket, side]
        self._said[ticket, side] += 1
        return number
