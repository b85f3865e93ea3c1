"""Made-up tickets: what was asked, answered and decided, the same for the same number in every store."""

from collections.abc import Callable, Iterator
from random import Random

from storage.sqlite.writer import Wish
from tickets.decisions import Decision
from tickets.events import (
    EventData,
    FeedbackGiven,
    LabelsChanged,
    MessagePosted,
    NoteAdded,
    TicketClosed,
    TicketOpened,
    TicketSnoozed,
)
from tickets.ids import new_id
from tickets.model import (
    Actor,
    AuthorType,
    IssueLevel,
    Millis,
    Status,
    SupportRole,
    TicketId,
    UserKey,
    UserRole,
)
from tickets.sources import from_api
from tickets.targets import Target, Terms

SECOND, MINUTE, DAY = 1000, 60_000, 24 * 60 * 60 * 1000
AGENTS = 20
OF_ONE_USER = 5
"""Tickets: user ``user<n>`` has the numbers 5n + 1 to 5n + 5."""
VOCABULARY = 20_000

PHRASES = (
    "It **still** does not start, and the lamp on the left goes on and off every second or so.",
    "Please press the button for five seconds; then see https://example.test/manual#reset, page `12`.",
    "I did, and it says:\n```\nerror 17: no power\n```\nWhat now?",
    "Ah. Then the battery is empty :) _Charge_ it for an hour, and tell me whether that helps.",
    "That was it. Thank you so much, it works again!",
)
FORMS = ("start", "lamp", "battery", "bill")
PLANS = ("free", "team", "house")
LABELED = "lamp"
"""A label that every fourth ticket has."""
IN_A_BATCH = 1_000
"""Tickets, of which every fourth has a label that no other batch has."""
TERMS = Terms(Target(first_response=4 * 60 * MINUTE, resolution=10 * DAY), warn_before=30 * MINUTE)
"""Every second ticket has these."""
SLOWEST = 2_000
"""Minutes until an answer, at most; half of them take less than 45."""
EVERYWHERE, IN_HALF, IN_THE_OTHERS = "button", "even", "odd"
"""Words: in every ticket, and in every second one."""
_ENDS = (*[Status.RESOLVED] * 8, Status.UNRESOLVED, Status.CANCELED)


def opened_at(number: int, apart: Millis = SECOND) -> Millis:
    """When the ticket with this number was opened."""
    return 1_690_000_000_000 + number * apart


def user_of(number: int) -> str:
    """The id of whose ticket it is."""
    return f"user{(number - 1) // OF_ONE_USER}"


def agent(number: int) -> UserKey:
    return UserKey("default", f"agent{number % AGENTS}")


LAST_WORD = r"\bthing\d+"
"""Of every message, and of nothing else."""


def word(chance: float) -> str:
    """One of many words, of which few are common: ``chance`` is evenly spread from 0 to 1."""
    return f"thing{int(VOCABULARY**chance)}"


def label_of(number: int) -> str:
    """What every fourth ticket of its batch has, and none of another."""
    return f"batch-{number // IN_A_BATCH}"


def history(number: int, messages: int, *, closed: bool, apart: Millis = SECOND) -> Iterator[Wish]:
    """A ticket's life: opened by a form, talked about in turns, closed, and one in ten rated; some have
    labels, notes and targets. Half of them are assigned; of those that are open, every third is neither
    assigned nor answered, and some of the others are put aside. One opens so long ``apart`` from the next."""
    ticket_id = TicketId(new_id())
    for actor, what, at in _told(number, messages, closed, apart):
        yield Wish(ticket_id, from_api(), _decided(Decision(actor, what)), None, at)


def _told(
    number: int, messages: int, closed: bool, apart: Millis
) -> Iterator[tuple[Actor, EventData, Millis]]:
    chance = Random(number)  # noqa: S311  repeatable is what is wanted
    asks = Actor(AuthorType.REQUESTER, UserKey("default", user_of(number)))
    answers = Actor(AuthorType.STAFF, agent(number))
    left_alone = not closed and number % 3 == 0
    at, turns_after = opened_at(number, apart), int(MINUTE * SLOWEST ** chance.random())
    yield asks, _opened(number, chance, left_alone=left_alone), at
    if number % 4 == 1:
        yield answers, LabelsChanged(added=(label_of(number), LABELED)), at
    for turn in range(messages):
        by = asks if left_alone or turn % 2 == 0 else answers
        text = f"{chance.choice(PHRASES)} {word(chance.random())}"
        at += turns_after if turn else 0
        yield by, MessagePosted(text), at
    if number % 5 == 0:
        yield answers, NoteAdded(f"Serial number {number}; {word(chance.random())}"), at
    if not closed:
        if number % 7 == 0 and not left_alone:
            yield answers, TicketSnoozed(at + 3650 * DAY), at + MINUTE
        return
    ended_at = at + DAY + chance.randrange(30 * DAY)
    end = chance.choice(_ENDS)
    yield (asks if end is Status.CANCELED else answers), TicketClosed(end), ended_at
    if end is Status.RESOLVED and number % 10 == 1:
        yield asks, FeedbackGiven(chance.randint(1, 5)), ended_at + MINUTE


def _opened(number: int, chance: Random, *, left_alone: bool) -> TicketOpened:
    return TicketOpened(
        number=number,
        requester=UserKey("default", user_of(number)),
        requester_role=UserRole.CUSTOMER,
        topic=f"It does not start, part {number}",
        description=f"Nothing happens when I press the {EVERYWHERE}. It is {_parity(number)}.",
        metadata={"order": f"A{number}", "plan": PLANS[number % len(PLANS)]},
        issue_level=chance.choice(tuple(IssueLevel)),
        support_role=chance.choice(tuple(SupportRole)),
        assignee=agent(number) if number % 2 and not left_alone else None,
        category=FORMS[number % len(FORMS)],
        terms=TERMS if number % 2 else None,
    )


def _parity(number: int) -> str:
    return IN_THE_OTHERS if number % 2 else IN_HALF


def _decided(what: Decision) -> Callable[[object], Decision]:
    return lambda _: what
