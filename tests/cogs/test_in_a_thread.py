"""Commands in a thread of a ticket's channel, where staff talks among themselves, are about that ticket."""

from tests.bot.hearing.test_threads import begin
from tests.cogs.counter import told
from tests.office import Office


async def test_staff_works_on_a_ticket_from_a_thread_of_its_channel(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    agent, other = desk_office.people["general"], desk_office.people["technical"]
    thread = begin(desk_office, channel, agent)

    claimed = told(await agent.slash(thread, "claim"))
    given = told(await agent.slash(thread, "assign", member=str(other.id)))
    labelled = told(await agent.slash(thread, "label", label="export"))
    offered = await agent.autocomplete(thread, "unlabel", "label", "")
    form = await agent.slash(thread, "note")
    noted = told(await agent.submit_modal(form, {"note": "Ask Ann"}))
    closed = told(await agent.slash(thread, "close"))
    reopened = told(await agent.slash(thread, "reopen"))
    await desk_office.taken()

    assert claimed == "Ticket 1 is yours."
    assert given.replace("\\", "") == "Ticket 1 is technical-agent's now."
    assert labelled == "Labels of ticket 1: export."
    assert [it["value"] for it in offered] == ["export"]
    assert noted.startswith("Noted.")
    assert closed == "Ticket 1 is closed as Unresolved."
    assert reopened == "Ticket 1 is open again."
    assert [it.content for it in await desk_office.notes(ticket)] == ["Ask Ann"]


async def test_a_thread_elsewhere_is_no_tickets(desk_office: Office) -> None:
    await desk_office.open()
    agent = desk_office.people["general"]
    thread = begin(desk_office, desk_office.lobby, agent)

    assert told(await agent.slash(thread, "claim")) == "This is not the channel of a ticket."
