"""Turns requests into events, and does what an event requires at once."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from tickets import policy
from tickets.decisions import Decide, Decision, State, must_not_be_erased
from tickets.events import Change, Event, EventData, MessageDeleted, NoteDeleted, TicketChanged
from tickets.fields import field_value, text_of
from tickets.model import Actor, Attachment, FileId, Message, Ticket, UserKey
from tickets.policy import Rules
from tickets.ports.files import Files
from tickets.ports.store import Appended
from tickets.refusals import TicketNotFound

DecideOnTicket = Callable[[Ticket, Message | None], EventData]
"""A decision on a ticket that is known to exist."""


class NothingChanges(Exception):
    """The ticket already is in the wanted state, so there is no event."""

    def __init__(self, ticket: Ticket) -> None:
        super().__init__(f"ticket {ticket.number} is so already")
        self.ticket = ticket


def on_ticket(address: str, actor: Callable[[Ticket], Actor], decide: DecideOnTicket) -> Decide:
    """The decision together with its actor. Raises TicketNotFound if the ticket does not exist."""

    def on_state(state: State) -> Decision:
        if state.ticket is None:
            raise TicketNotFound(address)
        by = actor(state.ticket)
        must_not_be_erased(state.ticket)
        return Decision(by, decide(state.ticket, state.message))

    return on_state


def always(decision: Decision) -> Decide:
    """A decision that does not depend on the state."""
    return lambda _: decision


def under_terms(decide: Decide, rules: Rules) -> Decide:
    """The same decision. If its event starts new targets, it gets them."""

    def decided(state: State) -> Decision:
        decision = decide(state)
        return replace(decision, data=policy.with_terms(state.ticket, decision.data, rules))

    return decided


class AgentIsBusy(Exception):
    """The agent already has as many open tickets as they may be given."""

    def __init__(self, agent: UserKey) -> None:
        super().__init__(str(agent))
        self.agent = agent


def within_room(decide: Decide, agent: UserKey, room: int) -> Decide:
    """The same decision for an agent with room for so many tickets. Raises AgentIsBusy."""

    def decided(state: State) -> Decision:
        decision = decide(state)
        if state.given_tickets >= room:
            raise AgentIsBusy(agent)
        return decision

    return decided


def changes_to(ticket: Ticket, values: Mapping[str, str | None]) -> TicketChanged:
    """The fields whose values would change. Values are texts as on the wire.

    Raises NothingChanges."""
    changes = []
    for name, new in values.items():
        old = text_of(ticket, name)
        if _value(name, new) != _value(name, old):
            changes.append(Change(name, old, new))
    if not changes:
        raise NothingChanges(ticket)
    return TicketChanged(tuple(changes))


def _value(field: str, text: str | None) -> object:
    return None if text is None else field_value(field, text)


def deletion(message: Message) -> EventData:
    """The event that deletes a message or note, with its files."""
    made = NoteDeleted if message.is_note else MessageDeleted
    return made(message.id, dropped(message))


def dropped(message: Message, kept: tuple[Attachment, ...] = ()) -> tuple[FileId, ...]:
    """The message's files, without those that are kept."""
    still = {file.id for file in kept}
    return tuple(file.id for file in message.attachments if file.id not in still)


def message_in(appended: Appended) -> Message:
    """The message that the event is about, as it is now."""
    if appended.message is None:
        raise AssertionError(f"event {appended.event.id} is about no message")
    return appended.message


async def forget_files(files: Files, event: Event) -> None:
    """Delete the bytes at once. If this process dies before it has done so, the Discord sink does it."""
    for file_id in event.dropped:
        await files.delete(file_id)
