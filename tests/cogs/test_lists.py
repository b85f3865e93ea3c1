"""Finding tickets in Discord: the queue, one's own, and by words."""

import re

import discord
from simcord import InteractionResult

from tests.office import Office
from tickets.desks.ticket_desk import NewTicket
from tickets.model import Caller, IssueLevel, Person, SupportRole, UserKey, UserRole


def answer(result: InteractionResult) -> discord.Message:
    assert result.response is not None
    assert result.ephemeral
    return result.response.message


def numbers(result: InteractionResult) -> list[int]:
    return [int(it) for it in re.findall(r"\*\*#(\d+)\*\*", answer(result).content)]


def labels(result: InteractionResult) -> list[str | None]:
    return [
        button.label
        for row in answer(result).components
        if isinstance(row, discord.ActionRow)
        for button in row.children
        if isinstance(button, discord.Button)
    ]


async def opened(office: Office, count: int, **fields: object) -> None:
    for _ in range(count):
        await office.open(**fields)


async def test_the_queue_shows_what_to_take_first_with_links(desk_office: Office) -> None:
    _, calm = await desk_office.open(topic="Calm [x](https://evil.example)")
    await desk_office.open(topic="Hot", issue_level=IssueLevel.CRITICAL)

    queue = await desk_office.people["general"].slash(desk_office.transcripts, "queue")

    assert numbers(queue) == [2, 1]
    lines = answer(queue).content.splitlines()
    assert lines[0] == "**The queue**"
    assert lines[1].startswith("**#2** [Hot](<https://discord.com/channels/")
    assert f"/{calm.id}>)" in lines[2]
    assert "[x]" not in lines[2]
    assert " · Normal · General · began waiting <t:" in lines[2]
    assert labels(queue) == ["Take next"]


async def test_a_long_queue_goes_on_page_by_page(desk_office: Office) -> None:
    await opened(desk_office, 10)
    agent = desk_office.people["general"]

    first = await agent.slash(desk_office.transcripts, "queue")
    second = await agent.click(answer(first), label="More")

    assert numbers(first) == [1, 2, 3, 4, 5, 6, 7, 8]
    assert labels(first) == ["Take next", "More"]
    assert numbers(second) == [9, 10]
    assert labels(second) == ["Take next"]
    assert answer(second).content.startswith("**The queue, further down**")


async def test_nobody_sees_in_the_queue_what_is_not_theirs(desk_office: Office) -> None:
    await desk_office.open(support_role=SupportRole.MANAGER)
    agent = desk_office.people["general"]

    queue = await agent.slash(desk_office.transcripts, "queue")
    taken = await agent.slash(desk_office.transcripts, "next")
    managers = await desk_office.people["manager"].slash(desk_office.transcripts, "queue")

    assert answer(queue).content == "No ticket that you can see waits for staff."
    assert answer(taken).content == "No ticket that you can see waits for somebody."
    assert numbers(managers) == [1]


async def test_take_next_claims_and_leads_to_the_channel(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]
    queue = await agent.slash(desk_office.transcripts, "queue")

    taken = await agent.click(answer(queue), label="Take next")
    await desk_office.shown()

    assert answer(taken).content.startswith("This is yours now:\n**#1** [It hurts](<")
    assert (await desk_office.fresh(ticket)).assignee == UserKey(UserKey.DISCORD, str(agent.id))
    line = channel.last_message
    assert line is not None
    assert line.content == r"general\-agent claimed this ticket."


async def test_the_buttons_below_a_list_look_at_who_presses_them_now(desk_office: Office) -> None:
    ticket, _ = await desk_office.open()
    agent = desk_office.people["general"]
    queue = await agent.slash(desk_office.lobby, "queue")
    role = desk_office.guild_map.roles[SupportRole.GENERAL]
    await desk_office.client.http.remove_role(desk_office.guild_map.guild_id, agent.id, role)

    refused = await agent.click(answer(queue), label="Take next")

    assert answer(refused).content == "Only staff can do this."
    assert (await desk_office.fresh(ticket)).assignee is None


async def test_ones_own_tickets_are_listed(desk_office: Office) -> None:
    await opened(desk_office, 3)
    agent = desk_office.people["general"]
    none = await agent.slash(desk_office.transcripts, "mine")
    for _ in range(2):
        await agent.slash(desk_office.transcripts, "next")

    mine = await agent.slash(desk_office.transcripts, "mine")

    assert answer(none).content == "You have no open tickets. /next takes one."
    assert numbers(mine) == [2, 1]


async def test_tickets_are_found_by_words_of_their_topic_messages_and_notes(desk_office: Office) -> None:
    by_topic, _ = await desk_office.open(topic="The export is stuck")
    by_message, _ = await desk_office.open(topic="Hello")
    by_note, channel = await desk_office.open(topic="Hi")
    await desk_office.open(topic="Export", support_role=SupportRole.ADMIN)
    await desk_office.say(by_message, "My EXPORT fails")
    agent = desk_office.people["general"]
    await desk_office.by_hand(agent.send(channel, "// export of May"))

    found = await agent.slash(desk_office.transcripts, "find", words="export")
    two = await agent.slash(desk_office.transcripts, "find", words="stuck export")
    none = await agent.slash(desk_office.transcripts, "find", words="*nothing*")
    no_words = await agent.slash(desk_office.transcripts, "find", words="!?")

    assert numbers(found) == [by_note.number, by_message.number, by_topic.number]
    assert numbers(two) == [by_topic.number]
    assert answer(none).content == r"No ticket that you can see has all of: \*nothing\*"
    assert answer(no_words).content == "Give at least one word, a label, or the number of a ticket."


async def test_closed_tickets_are_found_with_their_transcripts(desk_office: Office) -> None:
    _, channel = await desk_office.open(topic="Stuck once")
    await desk_office.open(topic="Stuck now")
    agent = desk_office.people["general"]
    await agent.slash(channel, "close")
    await desk_office.shown()
    await desk_office.by_hand(desk_office.client.http.delete_channel(channel.id))

    closed = await agent.slash(desk_office.transcripts, "find", words="stuck", which="closed")
    still_open = await agent.slash(desk_office.transcripts, "find", words="stuck", which="open")
    numbered = await agent.slash(desk_office.transcripts, "find", words="#1")

    (transcript,) = [it for it in desk_office.transcripts.history() if it.embeds]
    assert numbers(closed) == numbers(numbered) == [1]
    assert numbers(still_open) == [2]
    at = f"https://discord.com/channels/{desk_office.guild_map.guild_id}/{desk_office.transcripts.id}"
    assert f"[Stuck once](<{at}/{transcript.id}>) · Unresolved <t:" in answer(closed).content


async def test_a_search_goes_on_with_what_was_asked_for(desk_office: Office) -> None:
    await opened(desk_office, 10, topic="Stuck / again")
    agent = desk_office.people["general"]

    first = await agent.slash(desk_office.transcripts, "find", words="stuck / again", which="open")
    second = await agent.click(answer(first), label="More")

    assert numbers(first) == [10, 9, 8, 7, 6, 5, 4, 3]
    assert numbers(second) == [2, 1]


async def test_a_number_that_is_not_theirs_is_not_there(desk_office: Office) -> None:
    await desk_office.open(support_role=SupportRole.ADMIN)

    refused = await desk_office.people["general"].slash(desk_office.transcripts, "find", words="1")

    assert answer(refused).content == "There is no ticket 1."


async def test_tickets_are_found_by_label_and_by_requester(desk_office: Office) -> None:
    first, channel = await desk_office.open(topic="Export is stuck")
    await opened(desk_office, 9, topic="Export again")
    ben = Caller(Person(UserKey("default", "ben"), "Ben", UserRole.CUSTOMER))
    await desk_office.desk.open(ben, NewTicket(topic="Export of Ben's", description="Stuck."))
    agent = desk_office.people["general"]
    await agent.slash(channel, "label", label="billing")

    labelled = await agent.slash(desk_office.transcripts, "find", label="Billing")
    neither = await agent.slash(desk_office.transcripts, "find", words="again", label="billing")
    of_casey = await agent.slash(desk_office.transcripts, "find", words="export", requester=str(first.number))
    more = await agent.click(answer(of_casey), label="More")
    of_ben = await agent.slash(desk_office.transcripts, "find", requester="#11")
    nothing = await agent.slash(desk_office.transcripts, "find")
    too_much = await agent.slash(desk_office.transcripts, "find", words="w" * 40, label="l" * 30)

    assert (numbers(labelled), numbers(of_ben)) == ([1], [11])
    assert answer(labelled).content.startswith("**Tickets with all of:** the label billing\n")
    assert answer(neither).content == "No ticket that you can see has all of: again, the label billing"
    assert numbers(of_casey) + numbers(more) == list(range(10, 0, -1))
    assert answer(nothing).content == "Give at least one word, a label, or the number of a ticket."
    assert answer(too_much).content == "That is too much at once: give fewer words."


async def test_a_requester_is_found_by_name_address_or_id_if_one_sees_a_ticket_of_theirs(
    desk_office: Office,
) -> None:
    names = {"nora": "Nora Lindqvist", "nick": "Nick Lindqvist", "hid": "Nobody Seen"}
    for user_id, name in names.items():
        role = SupportRole.ADMIN if user_id == "hid" else SupportRole.GENERAL
        person = Person(UserKey("default", user_id), name, UserRole.CUSTOMER, f"{user_id}@example.test")
        new = NewTicket(topic="Hello", description="Hi", support_role=role)
        await desk_office.desk.open(Caller(person), new)
    agent, lobby = desk_office.people["general"], desk_office.transcripts

    offered = await agent.autocomplete(lobby, "find", "requester", "lind")
    by_name = await agent.slash(lobby, "find", requester="Nora")
    by_address = await agent.slash(lobby, "find", requester="nick@example.test")
    several = await agent.slash(lobby, "find", requester="Lindqvist")
    unseen = await agent.slash(lobby, "find", requester="Seen")

    assert {(it["name"], it["value"]) for it in offered} == {
        ("Nora Lindqvist · nora@example.test", "1"),
        ("Nick Lindqvist · nick@example.test", "2"),
    }
    assert (numbers(by_name), numbers(by_address)) == ([1], [2])
    assert answer(several).content.startswith("2 requesters are called so.")
    assert answer(unseen).content == "No ticket that you can see has all of: Seen"
    assert await agent.autocomplete(lobby, "find", "requester", "seen") == []
    stranger = desk_office.people["outsider"]
    assert await stranger.autocomplete(desk_office.lobby, "find", "requester", "nora") == []


async def test_whoever_asks_has_more_tickets_than_are_listed(desk_office: Office) -> None:
    await opened(desk_office, 9)
    _, channel = await desk_office.open()

    shown = await desk_office.people["general"].slash(channel, "requester")

    assert numbers(shown) == [10, 9, 8, 7, 6, 5, 4, 3]
    assert answer(shown).content.endswith("\nAnd 2 more: `/find requester:10`")
