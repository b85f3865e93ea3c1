"""Whatever a ticket is, its card is a message that Discord takes."""

from typing import Any

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.showing.card import BUDGET, card_of
from bot.showing.card_facts import CardFacts, Earlier, Linked
from bot.showing.card_sections import SECTIONS, ordinal
from bot.showing.parts import length
from bot.showing.pings import Pinged
from bot.showing.read_marks import SeenUpTo
from bot.showing.texts import harmless
from cogs.card_buttons import CardButton
from tickets.model import Answer, IssueLevel, Person, Status, SupportRole, Ticket, TicketId, UserKey, UserRole
from tickets.ports.users import Block, User

URL = f"https://discord.com/channels/{2**62}/{2**62}/{2**62}"
NASTY = st.sampled_from(
    ["*", "`", "```\n", "> ", "-# ", "<@1>", "[a](https://b.c)", "\n", "👩‍👩‍👧", "x ", "\u202e", "\\"]
)
REQUESTER = UserKey("default", "casey")


def words(most: int) -> st.SearchStrategy[str]:
    """Texts that are short, or as long as can be, of all kinds of characters."""
    whole = st.one_of(st.text(max_size=20), NASTY, st.text(NASTY_LETTERS, min_size=5, max_size=20))
    return st.builds(lambda text, is_long: (text * most if is_long else text)[:most], whole, st.booleans())


NASTY_LETTERS = st.sampled_from("*_`~|>[]()#-\\\n <@👍xé")


async def _nothing(_: discord.Interaction) -> None:
    """Pressed."""


@st.composite
def tickets(draw: st.DrawFn) -> Ticket:
    times = st.one_of(st.none(), st.integers(0, 2**43))
    return Ticket(
        id=TicketId("0" * 32),
        number=draw(st.integers(1, 10**9)),
        requester=UserKey("default", draw(words(255))),
        requester_role=draw(st.sampled_from(UserRole)),
        topic=draw(words(200)),
        description=draw(words(4_000)),
        issue_level=draw(st.sampled_from(IssueLevel)),
        support_role=draw(st.sampled_from(SupportRole)),
        status=draw(st.sampled_from(Status)),
        created_at=0,
        updated_at=0,
        seq=1,
        last_event_at=0,
        category=draw(st.one_of(st.none(), st.just("c" * 40))),
        answers=draw(
            st.lists(st.builds(Answer, st.just("id"), words(45), words(4_000)), max_size=5).map(tuple)
        ),
        metadata=draw(st.lists(st.tuples(words(64), words(512)), max_size=16).map(dict)),
        assignee=draw(st.one_of(st.none(), st.just(UserKey("default", "agent" * 50)))),
        closed_at=draw(times),
        waiting_since=draw(times),
        snoozed_until=draw(times),
        close_asked_at=draw(times),
        closes_at=draw(times),
    )


@st.composite
def facts(draw: st.DrawFn) -> CardFacts:
    ticket = draw(tickets())
    person = Person(ticket.requester, draw(words(100)), UserRole.CUSTOMER, draw(words(254)))
    block = draw(st.one_of(st.none(), st.builds(Block, st.integers(0, 2**43), words(500))))
    return CardFacts(
        ticket=ticket,
        people={ticket.requester: person},
        requester=User(person=person, ticket_count=10**6, block=block, note=draw(words(1_000))),
        nth=draw(st.integers(1, 10**6)),
        earlier=draw(st.one_of(st.none(), st.builds(Earlier, tickets(), st.just(URL)))),
        links=draw(st.sampled_from([(), (Linked(7),), tuple(Linked(10**6 + n, URL) for n in range(20))])),
        merged_into=draw(st.one_of(st.none(), st.builds(Earlier, tickets(), st.just(URL)))),
        assignee_id=draw(st.one_of(st.none(), st.just(2**62))),
        seen=draw(st.one_of(st.none(), st.just(SeenUpTo(10**6, URL)))),
    )


def counted(components: Any) -> tuple[int, int]:
    """All components and the characters of all texts."""
    many = chars = 0
    for it in components:
        inner = [*it.get("components", []), *([it["accessory"]] if "accessory" in it else [])]
        below = counted(inner)
        many, chars = many + 1 + below[0], chars + length(it.get("content", "")) + below[1]
    return many, chars


@given(facts())
def test_no_ticket_makes_a_card_that_discord_does_not_take(facts: CardFacts) -> None:
    buttons = [CardButton(f"b{n}", "x" * 80, _nothing) for n in range(5)]
    card = card_of(facts)
    shown: list[Any] = [card.view(buttons, Pinged(roles=(2**62,)))]
    shown += [card.rest.view()] if card.rest else []

    for view in shown:
        many, chars = counted(view.to_components())
        assert chars <= 4_000
        assert view.content_length() <= 4_000
        assert many <= 40


@given(facts())
def test_a_description_is_whole_on_the_card_or_in_the_rest(facts: CardFacts) -> None:
    card = card_of(facts)
    whole, shown = facts.ticket.description, [text for section, text in card.sections]

    if whole.strip() and f">>> {harmless(whole)}" not in shown:
        assert card.rest is not None
        assert whole in card.rest.raw
        assert card.rest.files() or f">>> {harmless(whole)}" in dict(card.rest.parts).values()


def test_there_is_room_for_the_least_of_every_section() -> None:
    assert sum(section.least for section in SECTIONS) <= BUDGET
    assert all(section.least <= section.most for section in SECTIONS)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (1, "1st"),
        (2, "2nd"),
        (3, "3rd"),
        (4, "4th"),
        (11, "11th"),
        (12, "12th"),
        (113, "113th"),
        (22, "22nd"),
    ],
)
def test_ordinals(number: int, words: str) -> None:
    assert ordinal(number) == words
