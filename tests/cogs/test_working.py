"""What staff does with a ticket all day: its level, its support role, its topic, notes, and reopening it."""

import pytest

from tests.answers import told
from tests.office import Office
from tests.waiting import until
from tickets.model import IssueLevel, Status, SupportRole
from tickets.ports.channels import ChannelState
from tickets.refused_addresses import RefusedAddresses


async def test_a_new_level_moves_the_channel_and_is_told_there(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()

    answer = await desk_office.people["general"].slash(channel, "level", level="URGENT")
    await desk_office.shown()

    line = channel.last_message
    assert told(answer) == "Ticket 1 is Urgent now."
    assert line is not None
    assert line.content == r"general\-agent set the level from Normal to Urgent."
    assert line.role_mentions == []
    there = desk_office.client.get_channel(channel.id)
    assert there is not None
    assert there.category_id == desk_office.guild_map.categories[IssueLevel.URGENT]  # type: ignore[union-attr]
    assert (await desk_office.fresh(ticket)).issue_level is IssueLevel.URGENT


async def test_what_becomes_critical_alerts_its_support_role(desk_office: Office) -> None:
    _, channel = await desk_office.open()

    await desk_office.people["general"].slash(channel, "level", level="CRITICAL")
    await desk_office.shown()

    line = channel.last_message
    assert line is not None
    assert [it.id for it in line.role_mentions] == [desk_office.guild_map.roles[SupportRole.GENERAL]]


async def test_the_same_level_again_is_no_news(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    answer = await desk_office.people["general"].slash(channel, "level", level="NORMAL")
    await desk_office.shown()

    assert told(answer) == "Ticket 1 is Normal now."
    assert [
        it["content"] for it in desk_office.ever_posted(channel) if "set the level" in it["content"]
    ] == []
    assert len(await desk_office.store.log.events(ticket.id)) == 1


async def test_another_team_gets_access_and_is_alerted(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()

    answer = await desk_office.people["manager"].slash(channel, "team", role="TECHNICAL")
    await desk_office.shown()

    line = channel.last_message
    assert told(answer) == "Ticket 1 asks for Technical now."
    assert line is not None
    assert line.content.endswith(r"manager\-agent passed this ticket from General to Technical.")
    assert [it.id for it in line.role_mentions] == [desk_office.guild_map.roles[SupportRole.TECHNICAL]]
    there = desk_office.guild.channels["ticket-0001"]
    readers = {it.id for it in desk_office.client.get_channel(there.id).overwrites}  # type: ignore[union-attr]
    assert desk_office.guild_map.roles[SupportRole.GENERAL] not in readers
    assert (await desk_office.fresh(ticket)).support_role is SupportRole.TECHNICAL


async def test_who_escalates_gives_the_ticket_away_with_a_note(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]
    await agent.slash(channel, "claim")
    await desk_office.shown()

    await agent.slash(channel, "escalate", note="Needs a look at the logs")
    await desk_office.shown()

    lines = [it["content"] for it in desk_office.ever_posted(channel)]
    fresh = await desk_office.fresh(ticket)
    assert (fresh.support_role, fresh.assignee) == (SupportRole.TECHNICAL, None)
    assert r"general\-agent claimed this ticket." in lines
    assert lines[-2].endswith(
        "general\\-agent passed this ticket from General to Technical.\ngeneral\\-agent released this ticket."
    )
    assert lines[-1] == "📝 Note by general\\-agent:\n>>> Needs a look at the logs"


async def test_nobody_is_above_the_admins(desk_office: Office) -> None:
    _, channel = await desk_office.open(support_role=SupportRole.ADMIN)

    refused = await desk_office.people["admin"].slash(channel, "escalate")

    assert told(refused) == "Ticket 1 asks for the highest support role already."


async def test_whoever_is_given_a_ticket_is_alerted_and_nobody_else(desk_office: Office) -> None:
    _, channel = await desk_office.open()
    giver, getter = desk_office.people["general"], desk_office.people["manager"]

    await giver.slash(channel, "assign", member=str(getter.id))
    await desk_office.shown()

    line = channel.last_message
    assert line is not None
    assert line.content == rf"<@{getter.id}> general\-agent gave this ticket to manager\-agent."
    assert [it.id for it in line.mentions] == [getter.id]


async def test_the_topic_and_whose_turn_it_is_are_changed(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]

    topic = await agent.slash(channel, "topic", topic="  The export\u200b is stuck ")
    turn = await agent.slash(channel, "status", status="PENDING")
    blank = await agent.slash(channel, "topic", topic="\u2060")
    await desk_office.shown()

    fresh = await desk_office.fresh(ticket)
    assert (fresh.topic, fresh.status) == ("The export is stuck", Status.PENDING)
    assert told(topic) == "The topic of ticket 1 is changed."
    assert told(turn) == "Ticket 1 is Pending now."
    assert told(blank) == "Give a topic that people can see."
    lines = [it["content"] for it in desk_office.ever_posted(channel)]
    assert "general\\-agent changed the topic from “It hurts” to “The export is stuck”." in lines
    assert "general\\-agent made it the requester's turn (Pending)." in lines


async def test_a_note_from_the_form_is_shown_and_stays_with_staff(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]

    form = await agent.slash(channel, "note")
    kept = await agent.submit_modal(form, {"note": "They have called twice"})
    await desk_office.shown()

    assert told(kept) == "Noted. The requester does not see it."
    assert [it.content for it in await desk_office.notes(ticket)] == ["They have called twice"]
    assert await desk_office.messages(ticket) == []
    shown = [it["content"] for it in desk_office.ever_posted(channel) if "called twice" in it["content"]]
    assert shown == ["📝 Note by general\\-agent:\n>>> They have called twice"]


async def test_a_note_from_the_form_outlives_a_comparison_of_the_channel(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]
    await agent.submit_modal(await agent.slash(channel, "note"), {"note": "Keep me"})
    await desk_office.shown()

    await desk_office.new_session()
    await desk_office.inbox.compare(channel.id)
    await desk_office.taken()

    (note,) = await desk_office.notes(ticket)
    assert (note.content, note.deleted) == ("Keep me", False)


async def test_a_closed_ticket_is_reopened_in_its_channel(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]
    await agent.slash(channel, "close")
    await desk_office.shown()

    answer = await agent.slash(channel, "reopen")
    await desk_office.shown()

    assert told(answer) == "Ticket 1 is open again."
    assert (await desk_office.fresh(ticket)).status is Status.OPEN


async def test_a_ticket_whose_channel_is_gone_is_reopened_by_its_number(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]
    await agent.slash(channel, "close")
    await desk_office.shown()
    await desk_office.by_hand(desk_office.client.http.delete_channel(channel.id))

    nowhere = await agent.slash(desk_office.transcripts, "reopen")
    answer = await agent.slash(desk_office.transcripts, "reopen", number=ticket.number)
    twice = await agent.slash(desk_office.transcripts, "reopen", number=ticket.number)
    await desk_office.shown()

    async def has_a_channel() -> bool:
        there = await desk_office.store.channels.of_ticket(ticket.id)
        return there is not None and there.state is ChannelState.OPEN

    assert told(nowhere) == "Give the number of the ticket, or use this in its channel."
    assert told(answer) == "Ticket 1 is open again."
    assert told(twice) == "Ticket 1 is open already."
    await until(has_a_channel)


async def test_nobody_reopens_what_they_do_not_see(desk_office: Office) -> None:
    ticket, channel = await desk_office.open(support_role=SupportRole.MANAGER)
    await desk_office.people["manager"].slash(channel, "close")
    await desk_office.shown()

    refused = await desk_office.people["general"].slash(desk_office.transcripts, "reopen", number=1)

    assert told(refused) == "There is no ticket 1."
    assert (await desk_office.fresh(ticket)).status.is_closed


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("level", {"level": "URGENT"}),
        ("team", {"role": "MANAGER"}),
        ("escalate", {}),
        ("topic", {"topic": "New"}),
        ("status", {"status": "PENDING"}),
    ],
)
async def test_a_closed_ticket_is_not_changed(
    desk_office: Office, command: str, options: dict[str, str]
) -> None:
    _, channel = await desk_office.open()
    agent = desk_office.people["general"]
    await agent.slash(channel, "close")
    await desk_office.shown()

    refused = await agent.slash(channel, command, **options)

    assert told(refused).startswith("Ticket 1 is closed. general\\-agent closed it as Unresolved <t:")


async def test_the_history_tells_who_changed_what(desk_office: Office) -> None:
    _, channel = await desk_office.open()
    agent = desk_office.people["general"]
    await agent.slash(channel, "level", level="URGENT")
    await agent.slash(channel, "claim")

    history = told(await agent.slash(channel, "history")).splitlines()

    assert [line.partition("> ")[2] for line in history] == [
        "Casey opened this ticket.",
        r"general\-agent set the level from Normal to Urgent.",
        r"general\-agent claimed this ticket.",
    ]


async def test_staff_sees_who_asks_and_keeps_a_note_on_them(desk_office: Office) -> None:
    _, channel = await desk_office.open(topic="First")
    await desk_office.open(topic="Second")
    await desk_office.open(topic="Secret", support_role=SupportRole.ADMIN)
    agent = desk_office.people["general"]

    noted = told(await agent.slash(channel, "requester", note="Be *patient*"))
    gone = told(await agent.slash(channel, "requester", note="-"))

    assert noted.splitlines()[:2] == ["**Casey** · Customer · 3 tickets", r"Note: Be \*patient\*"]
    assert "First" in noted
    assert "Second" in noted
    assert "Secret" not in noted
    assert "patient" not in gone

    await RefusedAddresses(desk_office.store).add("casey@example.test", 1_800_000_000_000)
    assert "No mail reaches them since <t:1800000000:f>" in told(await agent.slash(channel, "requester"))


async def test_a_blocked_requester_is_shown_as_such_until_unblocked(desk_office: Office) -> None:
    _, channel = await desk_office.open()
    agent = desk_office.people["general"]

    blocked = told(await agent.slash(channel, "block", days=2, reason="Spam"))
    for_good = told(await agent.slash(channel, "block"))
    free = told(await agent.slash(channel, "unblock"))

    assert "Blocked until <t:" in blocked
    assert blocked.endswith(": Spam")
    assert "Blocked until somebody lifts it" in for_good
    assert "Blocked" not in free


async def test_a_long_note_and_many_tickets_are_shown_as_far_as_a_message_goes(desk_office: Office) -> None:
    for _ in range(9):
        _, channel = await desk_office.open(topic="x" * 100)
    agent = desk_office.people["general"]

    short = told(await agent.slash(channel, "requester", note="Pays on time"))
    long = told(await agent.slash(channel, "requester", note="n" * 1000))
    longest = told(await agent.slash(channel, "requester", note="*" * 1000))

    assert short.count("https://discord.com/channels/") == 8
    assert max(len(it) for it in (short, long, longest)) <= 2000
    assert "n" * 1000 in long
    assert 4 <= long.count("](<https://discord.com/channels/") == long.count(">)")
    assert longest.endswith("\n…")
