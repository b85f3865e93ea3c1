"""The sections of a card. Pure.

To add one, write a function that returns its text, and put a ``Section`` into ``SECTIONS`` at its place on
the card. Texts of people go through ``plain`` or ``start_of``, so that they cannot break out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from bot.showing.card_facts import CardFacts, Earlier
from bot.showing.parts import length
from bot.showing.texts import plain, shortened, start_of
from texts.text import Text, Words, joined
from tickets.model import UNTIL_A_WORD, Millis, Ticket, UserKey

NAME_LIMIT: Final = 60
BLOCKED_LIMIT: Final = 120
A_ROW: Final = 120
"""Characters that still look good side by side."""
ENDLESS: Final = 1_000_000
"""Room for everything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One section of the card."""

    name: Text
    """Its heading, for the place that shows the full text."""
    show: Callable[[CardFacts, int], str]
    """Its text, cut to so many characters. Empty if there is nothing to say."""
    most: int
    """Characters that it may take at most."""
    least: int
    """Characters that it keeps on a full card."""
    raw: Callable[[CardFacts], str] | None = None
    """Its full text for a file, without markdown. By default the text."""
    button: str | None = None
    """The key of the card button beside it, if there is one."""
    joins: bool = False
    """Whether it belongs to the section before, without a line between them."""


def title(facts: CardFacts, room: int) -> str:
    """Number and topic."""
    topic = plain(facts.ticket.topic)
    return shortened(f"### #{facts.ticket.number} · {topic}", room)


def state(facts: CardFacts, room: int) -> str:
    """Level, support role, and whose turn it is, in one line."""
    ticket = facts.ticket
    level = Text("level", level=ticket.issue_level)
    status = Text("status", status=ticket.status)
    parts = [
        Text("card-level", level=status if ticket.is_closed else level),
        Text("support-role", role=ticket.support_role),
        *_turn(ticket),
        Text("card-merged", other=_number(facts.merged_into)) if facts.merged_into else "",
    ]
    return shortened(facts.say(joined(parts, " · ")), room)


def description(facts: CardFacts, room: int) -> str:
    """The requester's description, as a quotation."""
    if not facts.ticket.description.strip():
        return ""
    return f">>> {start_of(facts.ticket.description, room - 4)}"


def requester(facts: CardFacts, room: int) -> str:
    """The requester, the ticket's number among their tickets, and how to find them elsewhere."""
    key, person = facts.ticket.requester, facts.people.get(facts.ticket.requester)
    name = shortened(plain(person.name if person else key.id), NAME_LIMIT)
    role = Text("listed-user-role", role=facts.ticket.requester_role)
    lines = [facts.say(joined((f"**{name}**", role, _which(facts.nth, facts.earlier)), " · "))]
    addresses = [person.email] if person and person.email else []
    is_member = key.issuer == UserKey.MEMBERS
    addresses += [] if is_member else [f"id {key.id}"]
    told = [shortened(plain(it), NAME_LIMIT + 20) for it in addresses]
    told += [f"<@{key.id}>"] if is_member else []
    lines.append(f"-# {' · '.join(told)}")
    if facts.seen is not None:
        message = facts.say(Text("card-message", seq=facts.seen.seq))
        place = f"[{message}]({facts.seen.url})" if facts.seen.url else message
        lines.append(f"-# {facts.say(Text('card-seen', place=place))}")
    return shortened("\n".join(lines), room)


def staffs_word(facts: CardFacts, room: int) -> str:
    """Whether the requester is blocked, and staff's note about them."""
    if facts.requester is None:
        return ""
    lines = []
    if (block := facts.requester.block) is not None:
        blocked = Text("blocked-until", at=_moment(block.until)) if block.until else Text("blocked")
        lines.append(shortened(facts.say(joined((blocked, plain(block.reason or "")), ": ")), BLOCKED_LIMIT))
    if facts.requester.note:
        lines.append(facts.say(Text("note-on", note=plain(facts.requester.note))))
    return shortened("\n".join(lines), room)


def assignee(facts: CardFacts, room: int) -> str:
    """The assignee."""
    key = facts.ticket.assignee
    if key is None:
        return "" if facts.ticket.is_closed else facts.say(Text("card-nobodys"))
    if facts.assignee_id is not None:
        return facts.say(Text("card-assigned", name=f"<@{facts.assignee_id}>"))
    person = facts.people.get(key)
    name = shortened(plain(person.name if person else key.id), NAME_LIMIT)
    return shortened(facts.say(Text("card-assigned", name=name)), room)


def labels(facts: CardFacts, room: int) -> str:
    """The labels."""
    return shortened(" ".join(f"`{label}`" for label in facts.ticket.labels), room)


def links(facts: CardFacts, room: int) -> str:
    """The linked tickets, with links to their places, or only by number if there are many."""
    if not facts.links:
        return ""
    with_urls = [_numbered(it.number, it.url) for it in facts.links]
    line = facts.say(Text("card-linked", tickets=" · ".join(with_urls)))
    if length(line) > room:
        line = facts.say(Text("card-linked", tickets=" · ".join(f"#{it.number}" for it in facts.links)))
    return shortened(line, room)


def targets(facts: CardFacts, room: int) -> str:
    """The SLA targets that are due or missed."""
    sla = facts.ticket.sla
    if sla is None or facts.ticket.is_closed:
        return ""
    parts: list[Words] = []
    for name, clock in sla.clocks.items():
        if clock.is_done:
            continue
        at = _ago(clock.due_at) if clock.due_at is not None else ""
        stands = "late" if clock.is_missed else "due" if at else "paused"
        parts.append(Text("card-target", target=name, stands=stands, at=at))
    return shortened(facts.say(joined(parts, " · ")), room)


def metadata(facts: CardFacts, room: int) -> str:
    """The metadata of the app, in one block."""
    told = [f"**{plain(name)}** {plain(value) or '—'}" for name, value in facts.ticket.metadata.items()]
    in_a_row = " · ".join(told)
    return shortened(in_a_row if length(in_a_row) <= A_ROW else "\n".join(told), room)


def answers(facts: CardFacts, room: int) -> str:
    """The category of the ticket, and the answers to its form, line by line."""
    ticket = facts.ticket
    name = facts.category or ticket.category
    category = Text("card-category", category=plain(name)) if name else ""
    lines = [f"-# {facts.say(category)}"] if category else []
    for it in ticket.answers:
        lines += [f"**{plain(it.question)}**", *(plain(line) or "—" for line in it.answer.splitlines())]
    return shortened("\n".join(lines), room)


def _raw_answers(facts: CardFacts) -> str:
    return "\n\n".join(f"{it.question}\n{it.answer}" for it in facts.ticket.answers)


def _raw_metadata(facts: CardFacts) -> str:
    return "\n".join(f"{name}: {value}" for name, value in facts.ticket.metadata.items())


SECTIONS: Final[Sequence[Section]] = (
    Section(name=Text("card-topic"), show=title, most=160, least=160),
    Section(name=Text("card-state"), show=state, most=320, least=320, joins=True),
    Section(
        name=Text("card-description"),
        show=description,
        most=1_200,
        least=400,
        raw=lambda facts: facts.ticket.description,
    ),
    Section(name=Text("card-answers"), show=answers, most=800, least=300, raw=_raw_answers, joins=True),
    Section(name=Text("card-requester"), show=requester, most=600, least=600, button="requester"),
    Section(name=Text("card-staffs-word"), show=staffs_word, most=420, least=420, joins=True),
    Section(name=Text("card-assignee"), show=assignee, most=80, least=80),
    Section(name=Text("card-targets"), show=targets, most=160, least=160, joins=True),
    Section(name=Text("card-labels"), show=labels, most=240, least=120, joins=True),
    Section(name=Text("card-links"), show=links, most=400, least=120, joins=True),
    Section(name=Text("card-metadata"), show=metadata, most=600, least=200, raw=_raw_metadata, joins=True),
)
"""The sections in their order on the card."""


def _turn(ticket: Ticket) -> list[Words]:
    """Whose turn it is, since when, and what is planned."""
    if ticket.is_closed:
        return [Text("card-closed", at=_ago(ticket.closed_at))] if ticket.closed_at else []
    parts: list[Words] = []
    if ticket.snoozed_until == UNTIL_A_WORD:
        parts.append(Text("card-aside-until-a-word"))
    elif ticket.snoozed_until is not None:
        parts.append(Text("card-aside", until=_moment(ticket.snoozed_until)))
    elif ticket.waiting_since is not None:
        parts.append(Text("waits-since", at=_ago(ticket.waiting_since)))
    else:
        parts.append(Text("requesters-turn"))
    if ticket.close_asked_at is not None:
        parts.append(Text("card-close-asked", at=_ago(ticket.close_asked_at)))
    if ticket.closes_at is not None:
        parts.append(Text("card-closes", at=_ago(ticket.closes_at)))
    return parts


def _which(nth: int, earlier: Earlier | None) -> Words:
    """The ticket's number among the requester's tickets, and the outcome of the one before."""
    if nth == 1:
        return Text("card-first-ticket")
    which = Text("card-nth-ticket", nth=ordinal(nth), number=nth)
    if earlier is None:
        return which
    ticket = earlier.ticket
    number = _number(earlier)
    if not ticket.is_closed:
        return Text("card-last-open", which=which, last=number)
    status = Text("card-last-status", status=ticket.status)
    return Text("card-last-closed", which=which, last=number, status=status, at=_ago(ticket.closed_at or 0))


def _number(of: Earlier) -> str:
    return _numbered(of.ticket.number, of.url)


def _numbered(number: int, url: str | None) -> str:
    return f"[#{number}]({url})" if url else f"#{number}"


def ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 4th, 11th, 21st."""
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _ago(at: Millis) -> str:
    return f"<t:{at // 1000}:R>"


def _moment(at: Millis) -> str:
    return f"<t:{at // 1000}:f>"


def fitted(facts: CardFacts, budget: int) -> list[tuple[Section, str, str]]:
    """The sections that are not empty, with texts that together fit the budget, and with their whole texts.
    Sections that can be cut are cut, the last ones first."""
    wholes = [section.show(facts, ENDLESS) for section in SECTIONS]
    texts = [
        whole if length(whole) <= section.most else section.show(facts, section.most)
        for section, whole in zip(SECTIONS, wholes, strict=True)
    ]
    over = sum(map(length, texts)) - budget
    for number in reversed(range(len(texts))):
        section, text = SECTIONS[number], texts[number]
        if over > 0 and length(text) > section.least:
            texts[number] = section.show(facts, max(section.least, length(text) - over))
            over -= length(text) - length(texts[number])
    return [it for it in zip(SECTIONS, texts, wholes, strict=True) if it[1]]
