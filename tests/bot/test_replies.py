"""What answers a message says so on both sides."""

from typing import Any

import pytest

from bot.showing.texts import plain
from tests.office import CASEY, Office
from tickets.desks.ticket_desk import Said
from tickets.model import Message, MessageId, TicketId
from tickets.ports.channels import ChannelState


async def test_a_requesters_answer_quotes_what_it_answers_with_a_link(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]
    await agent.slash(channel, "claim")
    asked = await agent.send(channel, "Which lamp?\nThe *red* one?")
    await desk_office.taken()
    (question,) = await desk_office.messages(ticket)

    await desk_office.desk.post(CASEY, ticket.id, Said("Yes", reply_to=question.id))
    await desk_office.shown()

    there = f"https://discord.com/channels/{desk_office.guild.id}/{channel.id}/{asked.id}"
    quote = rf"-# ↪ [{plain(agent.name)}](<{there}>): Which lamp? The \*red\* one?"
    assert desk_office.ever_said_by_requesters(channel) == [f"{agent.mention}\n{quote}\nYes"]


async def test_an_edit_looks_for_quotes_of_it_in_later_messages_alone(
    desk_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket, _ = await desk_office.open()
    said = [await desk_office.desk.post(CASEY, ticket.id, Said(f"{number}")) for number in range(30)]
    await desk_office.shown()
    of_store, read = desk_office.store.views.messages, list[int]()

    async def counted(ticket_id: TicketId, **which: Any) -> list[Message]:
        found = await of_store(ticket_id, **which)
        read.append(len(found))
        return found

    monkeypatch.setattr(desk_office.store.views, "messages", counted)
    await desk_office.desk.edit(CASEY, ticket.id, said[-2].id, Said("28, I mean"))
    await desk_office.shown()

    assert sum(read) == 1


async def test_what_requesters_write_themselves_is_no_quote_of_ours(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()

    await desk_office.say(ticket, "-# ↪ Staff: we pay")

    (shown,) = desk_office.ever_said_by_requesters(channel)
    assert not shown.startswith("-# ")


async def test_a_quote_follows_what_it_quotes(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]
    asked = await agent.send(channel, "Which lamp?")
    await desk_office.taken()
    first = await desk_office.say(ticket, "My password is 1234")
    question = (await desk_office.messages(ticket))[0]
    for said, answered in (("Mine", question.id), ("Forget that", first.id)):
        await desk_office.desk.post(CASEY, ticket.id, Said(said, reply_to=answered))
    await desk_office.shown()

    await desk_office.by_hand(agent.edit(asked, "Which lamps?"))
    await desk_office.desk.delete(CASEY, ticket.id, first.id)
    await desk_office.shown()

    mine, forget = [it.content for it in channel.history() if it.webhook_id]
    assert mine.endswith(": Which lamps?\nMine")
    assert forget == "-# ↪ Casey: a message that is deleted\nForget that"


async def test_staffs_replies_say_what_they_answer(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]
    said = await desk_office.say(ticket, "Hello?")
    copy = channel.last_message
    assert copy is not None

    own = await agent.send(channel, "Hello!", reply_to=copy)
    await agent.send(channel, "How are you?", reply_to=own)
    await agent.send(channel, "// angry", reply_to=copy)
    await desk_office.taken()

    _, hello, how = await desk_office.messages(ticket)
    (note,) = await desk_office.notes(ticket)
    assert (hello.reply_to, how.reply_to, note.reply_to) == (said.id, hello.id, said.id)


async def test_a_reply_to_a_note_or_to_a_line_of_the_bots_answers_nothing(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]
    note = await agent.send(channel, "// angry")
    await agent.slash(channel, "level", level="URGENT")
    await desk_office.shown()
    line = channel.last_message
    assert line is not None

    for answered in (note, line):
        await agent.send(channel, "Hello!", reply_to=answered)
    await agent.send(channel, "// very", reply_to=note)
    await desk_office.taken()

    assert [it.reply_to for it in await desk_office.messages(ticket)] == [None, None]
    angry, very = await desk_office.notes(ticket)
    assert very.reply_to == angry.id


async def test_a_channel_that_is_built_again_links_its_own_messages(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]
    await desk_office.by_hand(agent.send(channel, "Which lamp?"))
    (question,) = await desk_office.messages(ticket)
    await desk_office.desk.post(CASEY, ticket.id, Said("Mine", reply_to=question.id))
    await desk_office.shown()

    await desk_office.by_hand(desk_office.client.http.delete_channel(channel.id))
    await desk_office.say(ticket, "Still there?")

    place = await desk_office.store.channels.of_ticket(TicketId(ticket.id))
    assert place is not None
    assert place.state is ChannelState.OPEN
    links = await desk_office.store.channels.links(ticket.id, MessageId(question.id))
    (shown,) = [it for it in links if it.channel_id == place.channel_id]
    (answer,) = [
        it["content"]
        for it in desk_office.ever_posted()
        if it["channel_id"] == str(place.channel_id) and it["content"].endswith("\nMine")
    ]
    assert f"/{place.channel_id}/{shown.discord_id}>)" in answer
