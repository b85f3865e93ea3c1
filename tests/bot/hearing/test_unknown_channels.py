"""What staff writes in a channel that was made while the store was away, and is not known yet."""

from pathlib import Path

from tests.bot.hearing.test_threads import begin, marks
from tests.bot.test_between_two_looks import as_cached
from tests.office import CASEY, Office
from tests.refusing import refusing
from tests.waiting import until
from tickets.desks.ticket_desk import NewTicket


async def test_what_is_written_before_the_store_knows_the_channel_comes_first(
    desk_office: Office, tmp_path: Path
) -> None:
    with refusing(tmp_path, "channels"):
        ticket = await desk_office.desk.open(CASEY, NewTicket(topic="It hurts", description="Everywhere."))
        await until(lambda: "ticket-0001" in desk_office.guild.channels)
        channel = desk_office.guild.channels["ticket-0001"]
        agent = desk_office.people["general"]
        for words in ("first", "second"):
            await agent.send(channel, words)
            await desk_office.env.settle()
            await desk_office.inbox.idle()
    await desk_office.shown()
    await agent.send(channel, "third")
    await desk_office.taken()

    assert [it.content for it in await desk_office.messages(ticket)] == ["first", "second", "third"]


async def test_what_is_written_in_a_thread_of_a_channel_that_the_store_does_not_know_yet_is_a_note(
    desk_office: Office, tmp_path: Path
) -> None:
    with refusing(tmp_path, "channels"):
        ticket = await desk_office.desk.open(CASEY, NewTicket(topic="It hurts", description="Everywhere."))
        await until(lambda: "ticket-0001" in desk_office.guild.channels)
        channel = desk_office.guild.channels["ticket-0001"]
        agent = desk_office.people["general"]
        thread = begin(desk_office, channel, agent)
        await agent.send(thread, "among us")
        await desk_office.env.settle()
        await desk_office.inbox.idle()
    await desk_office.shown()
    await agent.send(channel, "to you")
    await desk_office.taken()

    assert [it.content for it in await desk_office.notes(ticket)] == ["among us"]
    assert marks(thread) == {"among us": ["📝"]}


async def test_nobody_need_have_written_in_the_channel_itself(desk_office: Office, tmp_path: Path) -> None:
    """A private thread is begun without a word in its channel."""
    with refusing(tmp_path, "channels"):
        ticket = await desk_office.desk.open(CASEY, NewTicket(topic="It hurts", description="Everywhere."))
        await until(lambda: "ticket-0001" in desk_office.guild.channels)
        channel = desk_office.guild.channels["ticket-0001"]
        agent = desk_office.people["general"]
        thread = begin(desk_office, channel, agent)
        await desk_office.env.settle()
        await desk_office.inbox.idle()
        await desk_office.inbox.on_guild_channel_create(as_cached(desk_office, channel))
        await agent.send(thread, "among us")
        await desk_office.env.settle()
        await desk_office.inbox.idle()
    await desk_office.shown()
    await desk_office.taken()

    assert [it.content for it in await desk_office.notes(ticket)] == ["among us"]
