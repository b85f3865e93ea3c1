"""What was said and done, as the people who did it believe it to be."""

import json
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path

from chaos.plan import Act, Disturbance, Step

NOTE = "//"
SECRET = "secret-"
"""In every note, and nowhere else."""


@dataclass
class Said:
    """A message or note. ``possible`` is what it may say now, None standing for not being there."""

    token: str
    side: str
    possible: set[str | None]
    id: str = ""
    """Where it was said: of the API, or of Discord; empty until acknowledged."""
    channel: str = ""
    parent: str = ""
    """The channel, where it was said in a thread."""
    by_api: bool = False
    """Whether it was staff of the backend's who said it."""
    file: bytes | None = None
    ever: list[str] = field(default_factory=list)

    @property
    def visible(self) -> set[str | None]:
        """What the requester may see of it."""
        return {None if it is None or it.startswith(NOTE) else it for it in self.possible}

    @property
    def notes(self) -> set[str | None]:
        """What staff may find of it among the notes."""
        return {
            it.removeprefix(NOTE).lstrip() if it is not None and it.startswith(NOTE) else None
            for it in self.possible
        }

    @property
    def is_sure(self) -> bool:
        """Whether it must be there, for the requester to see."""
        return None not in self.visible

    def becomes(self, content: str | None, *, sure: bool) -> None:
        """It was changed, surely or perhaps."""
        if content is not None:
            self.ever.append(content)
        self.possible = {content} if sure else self.possible | {content}

    def may_be_lost(self, *, marked: bool) -> None:
        """Its channel was deleted by hand. What Guildesk had not read by then is lost: the message, its file,
        an edit or its deletion."""
        if self.file is not None and not marked:
            self.file = None
            self.ever += [f"{it}\n[A file could not be passed on: file.bin]" for it in self.ever]
        self.possible = {*self.possible, *self.ever} | (set() if marked else {None})


@dataclass
class TicketBook:
    """One ticket; ``levels`` and ``closed`` hold what may be so."""

    chapter: int
    place: int
    requester: str
    level: str
    support_role: str
    id: str = ""
    number: int = 0
    channel: str = ""
    dead_channels: set[str] = field(default_factory=set)
    threads: dict[str, str] = field(default_factory=dict)
    """Of its channel, by who of staff has begun them."""
    levels: set[str] = field(default_factory=set)
    changed_by: set[str] = field(default_factory=set)
    """Who has changed the level since the last balance: by hand, over the API; of both, either may win."""
    alarms: int = 0
    """How often it may have become CRITICAL, which pings its role once more."""
    is_closed: bool = False
    closings: int = 0
    may_be_late: bool = False
    """Whether something of staff's came by no event, and so perhaps after what was said later."""
    said: dict[tuple[str, int], Said] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"c{self.chapter}t{self.place}"

    @property
    def topic(self) -> str:
        return f"Topic of {self.name}"

    def may_have_level(self, level: str, by: str, *, sure: bool) -> None:
        """The level was changed, surely or perhaps."""
        self.changed_by.add(by)
        self.alarms += level == "CRITICAL"
        is_last = sure and len(self.changed_by) == 1
        self.levels = {level} if is_last else self.levels | {level}

    def closed(self) -> None:
        self.is_closed = True
        self.closings += 1

    def channel_went(self) -> None:
        """The channel of a closed ticket is gone. If the ticket is reopened, it gets another one."""
        self.dead_channels.add(self.channel)
        self.channel, self.threads = "", {}

    def token(self, act: Act) -> str:
        return f"{self.name}{act.side[0]}{act.number}"

    def says(self, act: Act, content: str, file: bytes | None = None) -> Said:
        """A new message; that it is there has yet to be acknowledged."""
        said = Said(self.token(act), act.side, {None, content}, file=file, ever=[content])
        self.said[act.side, act.number] = said
        return said

    def of(self, side: str) -> list[Said]:
        """In the order in which they were said."""
        return [said for (of, _), said in sorted(self.said.items()) if of == side]


@dataclass
class Tally:
    """Counts for the report."""

    acknowledged: Counter[str] = field(default_factory=Counter)
    unknown: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    disturbances: Counter[str] = field(default_factory=Counter)
    restarts: Counter[str] = field(default_factory=Counter)
    requests_hit: int = 0
    seen: int = 0


class Journal:
    """A line for everything that a campaign does, with its moment."""

    def __init__(self, file: Path) -> None:
        self._out = file.open("a", buffering=1)

    def note(self, event: str, /, **more: object) -> None:
        self._out.write(json.dumps({"at": round(time.time(), 3), "event": event, **more}) + "\n")

    def step(self, step: Step, outcome: str, **more: object) -> None:
        if isinstance(step, Disturbance):
            told = asdict(step) | {"meanwhile": len(step.meanwhile)}
        else:
            told = asdict(step)
        self.note(outcome, **{key: value for key, value in told.items() if value}, **more)

    def close(self) -> None:
        self._out.close()
