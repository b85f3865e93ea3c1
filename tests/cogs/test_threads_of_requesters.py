"""What becomes of a requester's thread: edits, absences, closing, rating, and hands that interfere."""

from pathlib import Path

import discord
from simcord import ChannelHandle
from simcord.backend.access import can_access_channel

from tests.cogs.counter import all_shown, all_taken, open_at, say, texts, thread_of, told, with_panel
from tests.office import Office, office
from tests.waiting import until
from tickets.desks.time_desk import TimeDesk
from tickets.model import Status
from tickets.ports.sinks import SinkName
from tickets.ports.users import Block


def last_with_buttons(thread: ChannelHandle) -> discord.Message:
    return next(it for it in reversed(thread.history()) if it.components)


def state_of(thread: ChannelHandle) -> set[str]:
    state = thread._channel.thread_metadata
    assert state is not None
    return {name for name in ("archived", "locked") if getattr(state, name)}


async def test_edits_and_deletions_are_followed_both_ways(desk_office: Office) -> None:
    member, agent = desk_office.people["outsider"], desk_office.people["general"]
    await with_panel(desk_office)
    ticket, channel, thread = await open_at(desk_office, member)
    asked = await say(desk_office, member, thread, "It is drak")
    slip = await say(desk_office, member, thread, "My password is 123")
    answer = await say(desk_office, agent, channel, "Plug it ni")
    wrong = await say(desk_office, agent, channel, "Wrong ticket")

    await member.edit(asked, "It is dark")
    await member.delete(slip)
    await agent.edit(answer, "Plug it in")
    await agent.delete(wrong)
    await all_taken(desk_office)

    messages = await desk_office.messages(ticket)
    assert [it.content for it in messages] == ["It is dark", "", "Plug it in", ""]
    assert [it.content for it in thread.history() if it.webhook_id] == ["Plug it in"]
    assert [it.content for it in channel.history() if it.webhook_id] == ["It is dark"]


async def test_what_came_by_no_event_is_found(desk_office: Office) -> None:
    member, agent = desk_office.people["outsider"], desk_office.people["general"]
    await with_panel(desk_office)
    ticket, channel, thread = await open_at(desk_office, member)
    asked = await say(desk_office, member, thread, "It is drak")
    slip = await say(desk_office, member, thread, "My password is 123")

    heard = desk_office.work.requesters.inbox
    lost = ("on_message", "on_raw_message_edit", "on_raw_message_delete")
    for name in lost:
        desk_office.client.remove_listener(getattr(heard, name), name)
    await member.send(thread, "Are you there?")
    await member.edit(asked, "It is dark")
    await member.delete(slip)
    for name in lost:
        desk_office.client.add_listener(getattr(heard, name), name)
    await agent.send(channel, "On my way")
    await desk_office.new_session()

    async def is_known() -> bool:
        said = [it.content for it in await desk_office.messages(ticket)]
        return sorted(said) == ["", "Are you there?", "It is dark", "On my way"]

    await until(is_known)
    await all_shown(desk_office)
    shown = [it.content for it in channel.history() if it.webhook_id]
    assert shown == ["It is dark", "Are you there?"]


async def test_a_closed_ticket_is_locked_rated_and_put_away(tmp_path: Path) -> None:
    async with office(tmp_path, archive_after=3_600_000) as desk_office:
        member, agent = desk_office.people["outsider"], desk_office.people["general"]
        await with_panel(desk_office)
        ticket, channel, thread = await open_at(desk_office, member)
        await say(desk_office, agent, channel, "It was the plug")

        await agent.slash(channel, "close", reason="The plug was out")
        await all_shown(desk_office)
        closing = last_with_buttons(thread)
        was_locked = "locked" in state_of(thread)
        shown = await member.click(closing, label="4 ⭐")
        thanks = told(await member.submit_modal(shown, {"comment": "Quick"}))
        twice = told(await member.click(closing, label="5 ⭐"))

        closed = await desk_office.fresh(ticket)
        assert closed.status is Status.RESOLVED
        assert "Ticket 1 is closed: resolved, by general\\-agent: The plug was out" in texts(thread)[-1]
        assert was_locked
        assert closed.feedback is not None
        assert (closed.feedback.rating, closed.feedback.comment) == (4, "Quick")
        assert thanks == "Thank you."
        assert twice == "Feedback on ticket 1 was given already."


async def test_the_thread_is_archived_after_a_while(tmp_path: Path) -> None:
    async with office(tmp_path, archive_after=0) as desk_office:
        member, agent = desk_office.people["outsider"], desk_office.people["general"]
        await with_panel(desk_office)
        ticket, channel, thread = await open_at(desk_office, member)
        await agent.slash(channel, "close")

        async def is_archived() -> bool:
            return (await desk_office.store.threads.open_ones()) == []

        await until(is_archived)

        assert state_of(thread) == {"archived", "locked"}
        await agent.slash(desk_office.lobby, "reopen", number=1)
        await all_shown(desk_office)
        assert state_of(thread) == set()
        assert "opened this ticket again" in texts(thread)[-1]
        await say(desk_office, member, thread, "Thank you")
        assert [it.content for it in await desk_office.messages(ticket)] == ["Thank you"]


async def test_the_requester_closes_and_opens_again_by_buttons(desk_office: Office) -> None:
    member, agent = desk_office.people["outsider"], desk_office.people["general"]
    await with_panel(desk_office)
    ticket, _, thread = await open_at(desk_office, member)
    stranger = desk_office.guild.add_member(desk_office.env.create_user("stranger"))
    desk_office.env.backend.add_thread_member(thread.id, stranger.id)

    for other in (stranger, agent):
        desk_office.env.backend.add_thread_member(thread.id, other.id)
        assert told(await other.click(last_with_buttons(thread), label="Close")).startswith(
            "Only the ticket's requester"
        )
    closed = told(await member.click(last_with_buttons(thread), label="Close"))
    await all_shown(desk_office)
    then = await desk_office.fresh(ticket)
    opened = told(await member.click(last_with_buttons(thread), label="Open again"))
    await all_shown(desk_office)

    assert (closed, then.status) == ("Ticket 1 is closed.", Status.CANCELED)
    assert opened == "Ticket 1 is open again."
    assert (await desk_office.fresh(ticket)).status is Status.OPEN


async def test_the_requester_says_whether_all_is_done(desk_office: Office) -> None:
    member, agent = desk_office.people["outsider"], desk_office.people["general"]
    await with_panel(desk_office)
    ticket, channel, thread = await open_at(desk_office, member)
    await say(desk_office, agent, channel, "It was the plug")

    await agent.slash(channel, "ask-close")
    await all_shown(desk_office)
    asking = last_with_buttons(thread)
    goes_on = told(await member.click(asking, label="No, go on"))
    late = told(await member.click(asking, label="Yes, close it"))
    await agent.slash(channel, "ask-close")
    await all_shown(desk_office)
    closed = told(await member.click(last_with_buttons(thread), label="Yes, close it"))

    assert texts(thread)[-2].endswith("asks: is all done, and can this ticket be closed?")
    assert goes_on.startswith("Ticket 1 stays open.")
    assert late == "Nobody asks just now whether ticket 1 can be closed."
    assert closed == "Ticket 1 is closed."
    assert (await desk_office.fresh(ticket)).status is Status.RESOLVED


async def test_what_the_requester_wrote_before_they_agreed_to_close_counts(desk_office: Office) -> None:
    """Also where its event comes later, or never."""
    member, agent = desk_office.people["outsider"], desk_office.people["general"]
    await with_panel(desk_office)
    ticket, channel, thread = await open_at(desk_office, member)
    await say(desk_office, agent, channel, "It was the plug")
    await agent.slash(channel, "ask-close")
    await all_shown(desk_office)
    heard = desk_office.work.requesters.inbox
    desk_office.client.remove_listener(heard.on_message, "on_message")
    await member.send(thread, "It went out again")
    desk_office.client.add_listener(heard.on_message, "on_message")

    answered = told(await member.click(last_with_buttons(thread), label="Yes, close it"))

    assert answered == "Nobody asks just now whether ticket 1 can be closed."
    assert [it.content for it in await desk_office.messages(ticket)][-1] == "It went out again"
    assert not (await desk_office.fresh(ticket)).is_closed


async def test_a_thread_that_was_deleted_is_made_anew(desk_office: Office) -> None:
    member, agent = desk_office.people["outsider"], desk_office.people["general"]
    await with_panel(desk_office)
    ticket, channel, thread = await open_at(desk_office, member)
    await say(desk_office, member, thread, "It is dark")
    await say(desk_office, agent, channel, "Plug it in")

    desk_office.env.backend.delete_channel(thread.id)
    await say(desk_office, agent, channel, "Done?")
    await all_shown(desk_office)

    anew = thread_of(desk_office, ticket)
    assert anew.id != thread.id
    said = [it.content for it in anew.history() if it.webhook_id]
    assert [it.split("\n")[-1] for it in said] == ["It is dark", "Plug it in", "Done?"]
    await say(desk_office, member, anew, "Yes!")
    assert [it.content for it in await desk_office.messages(ticket)][-1] == "Yes!"


async def test_a_thread_that_was_locked_by_hand_is_unlocked(desk_office: Office) -> None:
    """Its requester could write nothing more. Also if it happened while the bot was away."""
    member = desk_office.people["outsider"]
    await with_panel(desk_office)
    ticket, _, thread = await open_at(desk_office, member)
    following = desk_office.work.requesters._following

    async def is_open() -> bool:
        return state_of(thread) == set()

    for fields in ({"locked": True}, {"archived": True, "locked": True}):
        await desk_office.client.http.edit_channel(thread.id, reason=None, **fields)
        await until(is_open)
    desk_office.client.remove_listener(following.on_raw_thread_update, "on_raw_thread_update")
    await desk_office.client.http.edit_channel(thread.id, reason=None, locked=True)
    await desk_office.new_session()
    await until(is_open)

    await say(desk_office, member, thread, "Still dark")
    assert [it.content for it in await desk_office.messages(ticket)] == ["Still dark"]


async def test_who_comes_back_to_the_guild_comes_back_to_the_thread_at_the_panel(desk_office: Office) -> None:
    member, guild = desk_office.people["outsider"], desk_office.guild
    await with_panel(desk_office)
    _, _, thread = await open_at(desk_office, member)
    desk_office.env.backend.remove_member(guild.id, member.id)
    desk_office.env.backend.add_member(guild.id, member.id)
    was_shut_out = not can_access_channel(desk_office.env, thread.id, member)

    await member.slash(desk_office.lobby, "open")
    await desk_office.env.settle()

    assert was_shut_out
    assert can_access_channel(desk_office.env, thread.id, member)


async def test_silence_is_no_silence_while_the_requester_has_written(desk_office: Office) -> None:
    """What the requester wrote and no event told of is read before a timer closes the ticket."""
    member, agent = desk_office.people["outsider"], desk_office.people["general"]
    await with_panel(desk_office)
    ticket, channel, thread = await open_at(desk_office, member)
    await say(desk_office, agent, channel, "Plug it in")
    heard = desk_office.work.requesters.inbox
    desk_office.client.remove_listener(heard.on_message, "on_message")
    await member.send(thread, "I did")
    desk_office.client.add_listener(heard.on_message, "on_message")

    at = (await desk_office.fresh(ticket)).updated_at + 1
    times = TimeDesk(desk_office.desk, lambda: at - 1)
    await times.plan_closing(desk_office.caller("general"), ticket.id, at)

    async def is_heard() -> bool:
        return [it.content for it in await desk_office.messages(ticket)][-1] == "I did"

    await until(is_heard)
    await all_shown(desk_office)
    assert not (await desk_office.fresh(ticket)).is_closed
    assert await desk_office.store.backlog.earliest(SinkName.THREADS) is None


async def test_staff_closes_after_the_requesters_last_word(desk_office: Office) -> None:
    member, agent = desk_office.people["outsider"], desk_office.people["general"]
    await with_panel(desk_office)
    ticket, channel, thread = await open_at(desk_office, member)
    await say(desk_office, agent, channel, "Plug it in")
    heard = desk_office.work.requesters.inbox
    desk_office.client.remove_listener(heard.on_message, "on_message")
    await member.send(thread, "That was it")
    desk_office.client.add_listener(heard.on_message, "on_message")

    asked = told(await agent.slash(channel, "close"))
    await all_shown(desk_office)

    assert asked.startswith("The requester spoke last")
    assert [it.content for it in await desk_office.messages(ticket)] == ["Plug it in", "That was it"]
    assert [it.content for it in channel.history() if it.webhook_id] == ["That was it"]
    assert not (await desk_office.fresh(ticket)).is_closed


async def test_requesters_and_staff_quote_each_other(desk_office: Office) -> None:
    member, agent = desk_office.people["outsider"], desk_office.people["general"]
    await with_panel(desk_office)
    ticket, channel, thread = await open_at(desk_office, member)
    asked = await say(desk_office, member, thread, "Is it plugged in?")
    copy = next(it for it in channel.history() if it.webhook_id)
    answered = await say(desk_office, agent, channel, "Look at the plug", reply_to=copy)
    shown = next(it for it in thread.history() if it.webhook_id)
    await say(desk_office, member, thread, "I did", reply_to=shown)

    first, second, third = await desk_office.messages(ticket)
    assert (second.reply_to, third.reply_to) == (first.id, second.id)
    there = f"https://discord.com/channels/{desk_office.guild.id}"
    assert f"(<{there}/{thread.id}/{asked.id}>): Is it plugged in?" in shown.content
    copied = [it.content for it in channel.history() if it.webhook_id][-1]
    assert f"(<{there}/{channel.id}/{answered.id}>): Look at the plug" in copied


async def test_each_side_sees_that_the_other_is_typing(desk_office: Office) -> None:
    member, agent = desk_office.people["outsider"], desk_office.people["general"]
    await with_panel(desk_office)
    _, channel, thread = await open_at(desk_office, member)

    def typed_in(place: ChannelHandle) -> bool:
        me = str(desk_office.client.user and desk_office.client.user.id)
        told = [it for kind, event, it in desk_office.env.backend.transcript if event == "TYPING_START"]
        return any(it["channel_id"] == str(place.id) and it["user_id"] == me for it in told)

    await member.typing(thread)
    await until(lambda: typed_in(channel))
    assert not typed_in(thread)
    await agent.typing(channel)
    await until(lambda: typed_in(thread))


async def test_nobody_sees_the_typing_of_a_requester_who_is_blocked(desk_office: Office) -> None:
    member = desk_office.people["outsider"]
    await with_panel(desk_office)
    ticket, _, thread = await open_at(desk_office, member)
    heard: list[object] = []
    stop = desk_office.store.signals.listen(heard.append)
    await desk_office.store.users.block(ticket.requester, Block())

    await member.typing(thread)
    await desk_office.env.settle()
    stop()

    assert heard == []


async def test_a_message_that_was_sent_twice_is_removed(desk_office: Office) -> None:
    member, agent = desk_office.people["outsider"], desk_office.people["general"]
    await with_panel(desk_office)
    _, channel, thread = await open_at(desk_office, member)
    await say(desk_office, agent, channel, "Plug it in")
    shown = next(it for it in thread.history() if it.webhook_id)
    assert shown.webhook_id is not None
    webhook = desk_office.env.backend.webhooks[shown.webhook_id]

    double = desk_office.env.backend.create_message(
        thread.id, webhook.webhook_user_id, "Plug it in", webhook_id=webhook.id
    )
    await until(lambda: double.id not in desk_office.env.backend.messages[thread.id])

    assert [it.id for it in thread.history() if it.webhook_id] == [shown.id]


async def test_what_staff_wrote_before_the_requester_closed_is_a_note(desk_office: Office) -> None:
    member, agent = desk_office.people["outsider"], desk_office.people["general"]
    await with_panel(desk_office)
    ticket, channel, thread = await open_at(desk_office, member)
    async with desk_office.deaf("on_message"):
        await agent.send(channel, "Wait, I have it")
        await desk_office.env.settle()

    await member.click(last_with_buttons(thread), label="Close")
    await all_shown(desk_office)

    assert await desk_office.messages(ticket) == []
    assert [it.content for it in await desk_office.notes(ticket)] == ["Wait, I have it"]
    assert any(it.startswith("Kept as a note, not sent") for it in texts(channel))


async def test_a_panels_channel_that_is_deleted_is_replaced_by_another_panels(desk_office: Office) -> None:
    member, agent = desk_office.people["outsider"], desk_office.people["general"]
    await with_panel(desk_office)
    ticket, channel, thread = await open_at(desk_office, member)
    await say(desk_office, agent, channel, "Plug it in")
    other = desk_office.guild.create_text_channel("help")
    await desk_office.people["admin"].slash(other, "panel")

    desk_office.env.backend.delete_channel(thread.id)
    desk_office.env.backend.delete_channel(desk_office.lobby.id)
    await say(desk_office, agent, channel, "Done?")

    (anew,) = other.threads
    assert anew.name == f"{ticket.number:04} It hurts"
    said = [it.content.split("\n")[-1] for it in anew.history() if it.webhook_id]
    assert said == ["Plug it in", "Done?"]


async def test_whoever_may_not_rate_is_told_so_before_they_have_written_why(desk_office: Office) -> None:
    member, agent = desk_office.people["outsider"], desk_office.people["general"]
    await with_panel(desk_office)
    ticket, channel, thread = await open_at(desk_office, member)
    desk_office.env.backend.add_thread_member(thread.id, agent.id)
    await agent.slash(channel, "close")
    await all_shown(desk_office)
    end = last_with_buttons(thread)

    by_staff = told(await agent.click(end, label="5 ⭐"))
    await agent.slash(channel, "block")
    blocked = told(await member.click(end, label="5 ⭐"))
    await agent.slash(channel, "unblock")
    form = await member.click(end, label="5 ⭐")
    await member.submit_modal(form, {"comment": "\u2800"})
    again = told(await member.click(end, label="1 ⭐"))

    assert by_staff.startswith("Only the ticket's requester can do this.")
    assert blocked.startswith("You are blocked")
    assert again == f"Feedback on ticket {ticket.number} was given already."
    feedback = (await desk_office.fresh(ticket)).feedback
    assert feedback is not None
    assert (feedback.rating, feedback.comment) == (5, None)


async def test_staff_is_told_once_that_the_requester_has_left(desk_office: Office) -> None:
    member, agent = desk_office.people["outsider"], desk_office.people["general"]
    await with_panel(desk_office)
    _, channel, thread = await open_at(desk_office, member)
    backend, guild = desk_office.env.backend, desk_office.guild

    def told_of_it() -> list[str]:
        posted = desk_office.ever_posted(channel)
        return [it["content"] for it in posted if "not a member of this server" in it["content"]]

    backend.remove_member(guild.id, member.id)
    await say(desk_office, agent, channel, "Is it plugged in?")
    await say(desk_office, agent, channel, "Are you there?")
    await agent.slash(channel, "ask-close")
    await all_shown(desk_office)

    (line,) = told_of_it()
    assert line.startswith("⚠️ outsider is not")
    assert [it.content.split("> ")[-1] for it in thread.history() if it.webhook_id] == [
        "Is it plugged in?",
        "Are you there?",
    ]

    backend.add_member(guild.id, member.id)
    await member.slash(desk_office.lobby, "open")
    await say(desk_office, member, thread, "Now I am back")
    await say(desk_office, agent, channel, "Welcome back")
    assert len(told_of_it()) == 1


async def test_who_leaves_again_is_told_of_again(tmp_path: Path) -> None:
    async with office(tmp_path) as desk_office:
        member, agent = desk_office.people["outsider"], desk_office.people["general"]
        await with_panel(desk_office)
        _, channel, thread = await open_at(desk_office, member)
        backend, guild = desk_office.env.backend, desk_office.guild
        for round_ in ("first", "second"):
            backend.remove_member(guild.id, member.id)
            await say(desk_office, agent, channel, f"A {round_} answer")
            backend.add_member(guild.id, member.id)
            await member.slash(desk_office.lobby, "open")
            await say(desk_office, member, thread, "I was away")

        told_of_it = [it for it in texts(channel) if "not a member of this server" in it]
        assert len(told_of_it) == 2
