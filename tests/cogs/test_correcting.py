"""The menus of messages: staff changes and takes back what the bot posted for them, and reads what was said
before."""

import pytest

from tests.answers import told
from tests.office import CASEY, Office
from tickets.desks.canned_desk import CannedDesk
from tickets.desks.ticket_desk import Said
from tickets.model import Caller, Message, Person, Ticket, UserKey, UserRole
from tickets.ports.agents import Agent

SAM = Person(UserKey("shop", "sam"), "Sam", UserRole.AGENT)
"""Who the general agent is to the app's backend."""


async def posted(office: Office, ticket: Ticket, by: Caller | None = None) -> Message:
    """What the bot posted for an agent."""
    await CannedDesk(office.desk, office.store, lambda: 0).add(
        office.caller("general"), "hello", "Helo {name}"
    )
    desk = CannedDesk(office.desk, office.store, lambda: 0)
    message = await desk.post(by or office.caller("general"), ticket.id, "hello")
    await office.shown()
    return message


@pytest.mark.parametrize("who", ["general", "manager", "admin"])
async def test_what_was_posted_is_changed_by_its_agent_or_a_manager(desk_office: Office, who: str) -> None:
    ticket, channel = await desk_office.open()
    message = await posted(desk_office, ticket)
    (copy,) = [it for it in channel.history() if it.webhook_id]
    person = desk_office.people[who]

    form = await person.context_menu(channel, "Edit", copy)
    answer = await person.submit_modal(form, {"content": "Hello Casey"})
    await desk_office.shown()

    assert told(answer) == "Changed, on the requester's side too."
    (stored,) = await desk_office.messages(ticket)
    assert (stored.id, stored.content, stored.edited) == (message.id, "Hello Casey", True)
    assert stored.author == message.author
    assert [it.content for it in channel.history() if it.webhook_id] == ["Hello Casey"]


@pytest.mark.parametrize("who", ["general", "manager"])
async def test_what_was_posted_is_taken_back_on_both_sides(desk_office: Office, who: str) -> None:
    ticket, channel = await desk_office.open()
    await posted(desk_office, ticket)
    (copy,) = [it for it in channel.history() if it.webhook_id]

    answer = await desk_office.people[who].context_menu(channel, "Take back", copy)
    await desk_office.shown()

    assert told(answer) == "Taken back, on the requester's side too."
    assert [(it.content, it.deleted) for it in await desk_office.messages(ticket)] == [("", True)]
    assert [it for it in channel.history() if it.webhook_id] == []


@pytest.mark.parametrize("menu", ["Edit", "Take back"])
async def test_nobody_else_changes_it_and_nobody_a_requesters_words(desk_office: Office, menu: str) -> None:
    ticket, channel = await desk_office.open()
    await posted(desk_office, ticket)
    await desk_office.say(ticket, "Hello?")
    copy, asked = [it for it in channel.history() if it.webhook_id]
    people = desk_office.people

    refused = [
        await people["technical"].context_menu(channel, menu, copy),
        await people["admin"].context_menu(channel, menu, asked),
    ]

    assert all(told(it).startswith("Only whoever posted it for the ticket") for it in refused)
    assert [it.content for it in await desk_office.messages(ticket)] == ["Helo Casey", "Hello?"]


@pytest.mark.parametrize("menu", ["Edit", "Take back", "Earlier versions"])
async def test_strangers_and_other_messages_are_refused_kindly(desk_office: Office, menu: str) -> None:
    _, channel = await desk_office.open()
    agent = desk_office.people["general"]
    typed = await agent.send(channel, "Typed")
    await desk_office.taken()
    (card,) = channel.pinned_messages()
    spoken = await desk_office.people["outsider"].send(desk_office.lobby, "Hello")

    stranger = await desk_office.people["outsider"].context_menu(desk_office.lobby, menu, spoken)
    elsewhere = await agent.context_menu(desk_office.lobby, menu, spoken)
    on_card = await agent.context_menu(channel, menu, card)
    on_typed = await agent.context_menu(channel, menu, typed)

    assert told(stranger) == "Only staff can do this."
    assert told(elsewhere) == "This is not the channel of a ticket."
    if menu == "Earlier versions":
        assert (told(on_card), told(on_typed)) == (
            "This shows no message of the ticket.",
            "It was never edited.",
        )
    else:
        assert told(on_card) == told(on_typed)
        assert told(on_card).startswith("The bot posted nothing of staff's here.")


async def test_on_a_closed_ticket_nothing_is_changed(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    await posted(desk_office, ticket)
    (copy,) = [it for it in channel.history() if it.webhook_id]
    agent = desk_office.people["general"]
    form = await agent.context_menu(channel, "Edit", copy)
    await desk_office.desk.close(CASEY, ticket.id)
    await desk_office.shown()

    late = await agent.submit_modal(form, {"content": "Hello"})
    again = await agent.context_menu(channel, "Take back", copy)

    assert all(told(it).startswith("Ticket 1 is closed.") for it in (late, again))
    assert [it.content for it in await desk_office.messages(ticket)] == ["Helo Casey"]


async def test_an_agents_posts_over_the_api_are_theirs_in_discord_too(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]
    await desk_office.store.agents.add(Agent(key=SAM.key, name="Sam", discord_id=str(agent.id)))
    await posted(desk_office, ticket, Caller(SAM))
    (copy,) = [it for it in channel.history() if it.webhook_id]

    answer = await agent.context_menu(channel, "Take back", copy)

    assert told(answer) == "Taken back, on the requester's side too."


async def test_a_note_from_the_form_is_changed_in_place_and_taken_back(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]
    await agent.submit_modal(await agent.slash(channel, "note"), {"note": "They have caled"})
    await desk_office.shown()
    note = channel.last_message
    assert note is not None

    form = await agent.context_menu(channel, "Edit", note)
    changed = await agent.submit_modal(form, {"content": "They have called"})
    await desk_office.shown()
    after = channel.last_message
    assert after is not None
    gone = await agent.context_menu(channel, "Take back", after)
    await desk_office.shown()

    assert (told(changed), told(gone)) == ("The note is changed.", "The note is taken back.")
    assert after.id == note.id
    assert after.content == "📝 Note changed by general\\-agent:\n>>> They have called"
    last = channel.last_message
    assert last is not None
    assert last.content == "📝 general\\-agent deleted a note."
    assert note.id not in [it.id for it in channel.history()]
    assert [(it.content, it.deleted) for it in await desk_office.notes(ticket)] == [("", True)]


async def test_what_a_requester_said_before_is_shown_on_demand(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    message = await desk_office.say(ticket, "The blue one")
    for content in ("The green one", "The red one"):
        await desk_office.desk.edit(CASEY, ticket.id, message.id, Said(content))
        await desk_office.shown()
    (copy,) = [it for it in channel.history() if it.webhook_id]
    agent = desk_office.people["general"]

    earlier = await agent.context_menu(channel, "Earlier versions", copy)
    await desk_office.desk.delete(CASEY, ticket.id, message.id)

    assert told(earlier) == "It said before:"
    assert earlier.response is not None
    shown = (earlier.response.embeds[0].description or "").split("\n")
    assert [it for it in shown if not it.startswith("-# <t:")] == ["The green one", "The blue one"]
    gone = await agent.context_menu(channel, "Earlier versions", copy)
    assert told(gone) == "This shows no message of the ticket."


async def test_what_staff_typed_before_is_shown_likewise(desk_office: Office) -> None:
    _, channel = await desk_office.open()
    agent = desk_office.people["general"]
    typed = await agent.send(channel, "Helo")
    await desk_office.by_hand(agent.edit(typed, "Hello"))

    earlier = await agent.context_menu(channel, "Earlier versions", typed)

    assert earlier.response is not None
    assert (earlier.response.embeds[0].description or "").endswith("\nHelo")


async def test_a_requesters_deletion_leaves_a_line_and_no_words(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    message = await desk_office.say(ticket, "My password is 1234")

    await desk_office.desk.delete(CASEY, ticket.id, message.id)
    await desk_office.shown()

    last = channel.last_message
    assert last is not None
    assert last.content == "🗑️ Casey deleted a message."
    assert not any("1234" in it.content for it in channel.history())
