"""Merging tickets in Discord."""

from tests.answers import told
from tests.office import Office
from tickets.desks.ticket_desk import NewTicket
from tickets.model import Caller, Person, Status, SupportRole, UserKey, UserRole

BEN = Caller(Person(UserKey("default", "ben"), "Ben", UserRole.CUSTOMER))


async def test_the_channel_shows_the_others_conversation_once(desk_office: Office) -> None:
    other, there = await desk_office.open(topic="No *sound*")
    await desk_office.say(other, "It is silent <@1>")
    await desk_office.by_hand(desk_office.people["general"].send(there, "// odd"))
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]

    merged = await agent.slash(channel, "merge", number=other.number)
    again = await agent.slash(channel, "merge", number=other.number)
    await desk_office.shown()

    assert told(merged) == told(again) == "Ticket 1 is closed; this one, 2, goes on with its conversation."
    closed = await desk_office.fresh(other)
    assert (closed.status, closed.merged_into) == (Status.UNRESOLVED, ticket.id)
    (line,) = [it for it in channel.history() if "merged" in it.content]
    heading, asked, noted = line.content.splitlines()
    assert heading == r"general\-agent merged ticket 1 into this one: No \*sound\*"
    assert asked.startswith("> **Casey** <t:")
    assert "It is silent" in asked
    assert noted.startswith(r"> 📝 **general\-agent** <t:")
    assert [it.filename for it in line.attachments] == ["ticket-0001.html"]
    assert b"It is silent" in await line.attachments[0].read()
    assert line.mentions == []
    (told_there,) = [it for it in there.history() if "merged" in it.content]
    assert told_there.content.startswith(r"general\-agent merged this ticket into ticket 2.")
    assert told_there.components == []


async def test_only_tickets_that_one_sees_are_merged_or_offered(desk_office: Office) -> None:
    unseen, _ = await desk_office.open(support_role=SupportRole.ADMIN)
    seen, _ = await desk_office.open(topic="Seen")
    anothers = await desk_office.desk.open(BEN, NewTicket(topic="Mine", description="Really."))
    _, channel = await desk_office.open()
    agent = desk_office.people["general"]

    hidden = await agent.slash(channel, "merge", number=unseen.number)
    refused = await agent.slash(channel, "merge", number=anothers.number)
    offered = await agent.autocomplete(channel, "merge", "number", "")

    assert told(hidden) == "There is no ticket 1."
    assert told(refused) == "These tickets cannot be merged: they have different requesters."
    assert [(it["name"], it["value"]) for it in offered] == [("#2 Seen", seen.number)]


async def test_merging_is_for_staff(desk_office: Office) -> None:
    other, _ = await desk_office.open()
    refused = await desk_office.people["outsider"].slash(desk_office.lobby, "merge", number=other.number)

    assert told(refused) == "Only staff can do this."
    assert not (await desk_office.fresh(other)).is_closed
