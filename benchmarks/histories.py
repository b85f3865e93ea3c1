"""Made-up tickets: what was asked, answered and decided, the same for the same number in every store."""

from collections.abc import Callable, Iterator
from random import Random

from storage.sqlite.writer import Wish
from tickets.decisions import Decision
from tickets.events import (
    EventData,
    FeedbackGiven,
    MessagePosted,
    TicketClosed,
    TicketOpened,
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
EVERYWHERE, IN_HALF, IN_THE_OTHERS = "button", "even", "odd"
"""Words: in every ticket, and in every second one."""
_ENDS = (*[Status.RESOLVED] * 8, Status.UNRESOLVED, Status.CANCELED)


def opened_at(number: int, apart: Millis = SECOND) -> Millis:
    """When the ticket with this number was opened."""
    return 1_700_000_000_000 + number * apart


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


def history(number: int, messages: int, *, closed: bool, apart: Millis = SECOND) -> Iterator[Wish]:
    """A ticket's life: opened, talked about in turns, closed, and one in ten rated. Half of them are
    assigned; of those that are open, every third is neither assigned nor answered. One is opened so long
    ``apart`` from the next."""
    chance = Random(number)  # noqa: S311  repeatable is what is wanted
    requester = UserKey("default", user_of(number))
    asks = Actor(AuthorType.REQUESTER, requester)
    answers = Actor(AuthorType.STAFF, agent(number))
    ticket_id = TicketId(new_id())
    at = opened_at(number, apart)
    left_alone = not closed and number % 3 == 0

    def wish(actor: Actor, what: EventData, now: Millis) -> Wish:
        return Wish(ticket_id, from_api(), _decided(Decision(actor, what)), None, now)

    opened = TicketOpened(
        number=number,
        requester=requester,
        requester_role=UserRole.CUSTOMER,
        topic=f"It does not start, part {number}",
        description=f"Nothing happens when I press the {EVERYWHERE}. It is {_parity(number)}.",
        issue_level=chance.choice(tuple(IssueLevel)),
        support_role=chance.choice(tuple(SupportRole)),
        assignee=agent(number) if number % 2 and not left_alone else None,
    )
    yield wish(asks, opened, at)
    for turn in range(messages):
        by = asks if left_alone or turn % 2 == 0 else answers
        text = f"{chance.choice(PHRASES)} {word(chance.random())}"
        yield wish(by, MessagePosted(text), at + turn * MINUTE)
    if not closed:
        return
    ended_at = at + DAY + chance.randrange(30 * DAY)
    end = chance.choice(_ENDS)
    yield wish(asks if end is Status.CANCELED else answers, TicketClosed(end), ended_at)
    if end is Status.RESOLVED and number % 10 == 1:
        yield wish(asks, FeedbackGiven(chance.randint(1, 5)), ended_at + MINUTE)


def _parity(number: int) -> str:
    return IN_THE_OTHERS if number % 2 else IN_HALF


def _decided(what: Decision) -> Callable[[object], Decision]:
    return lambda _: what
