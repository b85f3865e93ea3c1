"""Facts for a card that are not in the ticket itself, looked up in the store."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from bot.showing.lines import Lines
from bot.showing.read_marks import SeenUpTo, seen_up_to
from texts.language import Language
from texts.text import Words, in_language
from tickets.forms import Forms
from tickets.model import Person, SupportRole, Ticket, UserKey
from tickets.ports.agents import agent_with
from tickets.ports.channels import Channel
from tickets.ports.lists import TicketFilter, TicketOrder
from tickets.ports.store import Store
from tickets.ports.users import User
from wire.form_names import called

MOST_COUNTED = 100
"""Later tickets of the requester, and unseen ones before, are counted up to this number."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """Another ticket of the requester, usually the one before, and its place in Discord."""

    ticket: Ticket
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Linked:
    """A linked ticket, and its place in Discord."""

    number: int
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFacts:
    """Everything that a card shows."""

    ticket: Ticket
    people: Mapping[UserKey, Person] = field(default_factory=dict)
    requester: User | None = None
    """What staff knows about the requester."""
    nth: int = 1
    """The ticket's number among those of the requester's that everybody sees who sees it."""
    earlier: Earlier | None = None
    """None also if somebody who sees this ticket may not see the earlier one."""
    merged_into: Earlier | None = None
    """The ticket that it was merged into."""
    links: tuple[Linked, ...] = ()
    """Linked tickets."""
    assignee_id: int | None = None
    """The assignee's id in Discord. None also for an assignee who is not there."""
    seen: SeenUpTo | None = None
    language: Language = Language.EN
    """The language of the card."""
    category: str | None = None
    """What the ticket's category is called. None for a form that is not there any more."""

    def say(self, words: Words) -> str:
        """The text in the card's language."""
        return in_language(words, self.language)


class LookingUp:
    """Looks up what cards show."""

    def __init__(
        self, store: Store, guild_id: int, language: Language, forms: Callable[[], Forms] = Forms
    ) -> None:
        """``forms`` returns those that the desk has now."""
        self._store = store
        self._guild_id = guild_id
        self._language = language
        self._forms = forms
        self._lines = Lines(store, guild_id)

    async def facts(self, ticket: Ticket, channel: Channel) -> CardFacts:
        """The facts as they are now."""
        keys = [key for key in (ticket.requester, ticket.assignee) if key]
        requester = await self._store.users.user(ticket.requester)
        count = requester.ticket_count if requester else 1
        nth = max(1, count - await self._not_before(ticket)) if count > 1 else 1
        return CardFacts(
            ticket=ticket,
            people=await self._store.people.people(keys),
            requester=requester,
            nth=nth,
            earlier=await self._earlier(ticket) if nth > 1 else None,
            merged_into=await self._merged_into(ticket),
            links=await self._links(ticket),
            assignee_id=await self._member(ticket.assignee),
            language=self._language,
            category=self._category(ticket),
            seen=await seen_up_to(self._store, ticket, channel, self._guild_id),
        )

    def _category(self, ticket: Ticket) -> str | None:
        forms = (it for it in self._forms().all if it.slug == ticket.category)
        return next((called(it, self._language).name for it in forms), None)

    async def _not_before(self, ticket: Ticket) -> int:
        """How many tickets of the requester do not come before this one for everybody who sees it: those
        opened since, and those that not all of them see."""
        theirs = TicketFilter(requester=ticket.requester)
        unseen = replace(theirs, support_roles=frozenset(SupportRole) - _seen_with(ticket))
        views = self._store.views
        later = await views.tickets(
            theirs, order=TicketOrder.OLDEST, after=TicketOrder.OLDEST.place(ticket), limit=MOST_COUNTED
        )
        if not unseen.support_roles:
            return len(later)
        before = TicketOrder.NEWEST.place(ticket)
        return len(later) + len(await views.tickets(unseen, after=before, limit=MOST_COUNTED))

    async def _earlier(self, ticket: Ticket) -> Earlier | None:
        which = TicketFilter(requester=ticket.requester, support_roles=_seen_with(ticket))
        before = await self._store.views.tickets(which, after=TicketOrder.NEWEST.place(ticket), limit=1)
        if not before:
            return None
        return Earlier(before[0], await self._lines.url_of(before[0]))

    async def _merged_into(self, ticket: Ticket) -> Earlier | None:
        other = await self._store.views.ticket(ticket.merged_into) if ticket.merged_into else None
        return None if other is None else Earlier(other, await self._lines.url_of(other))

    async def _links(self, ticket: Ticket) -> tuple[Linked, ...]:
        """The linked tickets, without their topics: people who see this ticket may not see those."""
        found = [await self._store.views.ticket(it.id) for it in ticket.links]
        return tuple([Linked(it.number, await self._lines.url_of(it)) for it in found if it])

    async def _member(self, key: UserKey | None) -> int | None:
        """The person's id in Discord."""
        if key is None:
            return None
        agent = agent_with(await self._store.agents.all(), key)
        if agent is not None and agent.discord_id is not None:
            return int(agent.discord_id)
        return int(key.id) if key.issuer == UserKey.DISCORD and key.id.isdigit() else None


def _seen_with(ticket: Ticket) -> frozenset[SupportRole]:
    """The support roles whose tickets everybody sees who sees this one."""
    roles = list(SupportRole)
    return frozenset(roles[: roles.index(ticket.support_role) + 1])
