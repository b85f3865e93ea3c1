"""The buttons of the card, and what *More* opens: each does what its command does."""

from dataclasses import replace
from pathlib import Path

import discord
import pytest
from simcord import ChannelHandle, InteractionResult, MemberActor

from bot.connection.client import GuildClient
from tests.cards import card_in, labels, read, texts, walked
from tests.office import CASEY, Office, office
from tests.waiting import until
from tickets.desks.ticket_desk import Said
from tickets.model import IssueLevel, SupportRole


def told(result: InteractionResult) -> str:
    """What the person was told alone."""
    assert result.response is not None
    assert result.ephemeral
    return result.response.content


async def pressed(agent: MemberActor, channel: ChannelHandle, label: str) -> InteractionResult:
    return await agent.click(card_in(channel), label=label)


async def more(agent: MemberActor, channel: ChannelHandle) -> discord.Message:
    """What More opens."""
    opened = await pressed(agent, channel, "More")
    assert opened.ephemeral
    assert opened.response is not None
    return opened.response.message


async def test_claim_and_release_stand_where_they_can_be_used(desk_office: Office) -> None:
    _, channel = await desk_office.open()
    agent = desk_office.people["general"]

    claimed = await pressed(agent, channel, "Claim")
    await desk_office.shown()
    assert told(claimed) == "Ticket 1 is yours."
    assert labels(card_in(channel)) == ["Their tickets", "Release", "Close", "More"]
    assert f"Assigned to {agent.mention}" in texts(card_in(channel))

    released = await pressed(agent, channel, "Release")
    await desk_office.shown()
    assert told(released) == "Ticket 1 is nobody's now."
    assert "Nobody has this yet." in texts(card_in(channel))
    assert labels(card_in(channel)) == ["Their tickets", "Claim", "Close", "More"]


async def test_the_second_to_claim_is_told_who_was_first(tmp_path: Path) -> None:
    async with office(tmp_path, cards_between=60.0) as slow_office:
        ticket, channel = await slow_office.open()
        await slow_office.desk.post(slow_office.caller("admin"), ticket.id, Said("Hello"))
        await until(lambda: "the requester's turn" in read(card_in(channel)))
        agent, other = slow_office.people["general"], slow_office.people["technical"]

        await pressed(agent, channel, "Claim")
        refused = await pressed(other, channel, "Claim")

        assert "general" in told(refused)
        assert (await slow_office.fresh(ticket)).assignee == slow_office.caller("general").key


async def test_a_claim_takes_three_requests(desk_office: Office) -> None:
    _, channel = await desk_office.open()
    await desk_office.taken()
    before = len(desk_office.env.http_requests)

    await pressed(desk_office.people["general"], channel, "Claim")
    await desk_office.shown()

    asked = [f"{it.method} {it.path.split('/')[1]}" for it in desk_office.env.http_requests[before:]]
    assert sorted(asked) == ["PATCH channels", "POST channels", "POST interactions"]


async def test_nobody_looks_for_the_webhook_of_a_new_channel(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    before = len(desk_office.env.http_requests)

    await desk_office.say(ticket, "Hello?")
    await desk_office.taken()

    asked = [it for it in desk_office.env.http_requests[before:] if "webhooks" in it.path]
    assert [it.method for it in asked] == ["POST", "POST"], "it is made, and posts"
    assert asked[0].path == f"/channels/{channel.id}/webhooks"


async def test_a_requesters_message_takes_one_request(desk_office: Office) -> None:
    ticket, _ = await desk_office.open()
    await desk_office.say(ticket, "The first one makes the webhook")
    await desk_office.taken()
    before = len(desk_office.env.http_requests)

    await desk_office.say(ticket, "Hello?")
    await desk_office.taken()

    asked = [f"{it.method} {it.path.split('/')[1]}" for it in desk_office.env.http_requests[before:]]
    assert asked == ["POST webhooks"]


async def test_what_the_card_tells_of_the_requester(desk_office: Office) -> None:
    first, channel = await desk_office.open()
    await desk_office.desk.close(desk_office.caller("admin"), first.id)
    await desk_office.shown()

    _, channel = await desk_office.open()
    await desk_office.people["general"].slash(channel, "requester", note="Pays on time")
    await desk_office.people["general"].slash(channel, "block", days=3, reason="Spam")
    await until(lambda: "Pays on time" in read(card_in(channel)))

    shown = read(card_in(channel))
    assert "2nd ticket, last [#1](https://discord.com/channels/" in shown
    assert "not resolved <t:" in shown
    assert "Note: Pays on time" in shown
    await until(lambda: "Blocked until <t:" in read(card_in(channel)))
    assert "casey@example.test" in shown


async def test_a_card_counts_only_tickets_that_all_who_read_it_see(desk_office: Office) -> None:
    _, of_managers = await desk_office.open(support_role=SupportRole.MANAGER)
    await desk_office.open()

    _, third = await desk_office.open()
    _, of_admins = await desk_office.open(support_role=SupportRole.ADMIN)

    assert "2nd ticket" in read(card_in(third)), "the manager's is none of theirs"
    assert "4th ticket" in read(card_in(of_admins))
    assert "ticket, last" not in read(card_in(of_managers))


async def test_their_tickets_are_a_button_away(desk_office: Office) -> None:
    _, channel = await desk_office.open()

    shown = await pressed(desk_office.people["general"], channel, "Their tickets")

    assert told(shown).startswith("**Casey** · Customer · 1 ticket\n**#1**")


async def test_more_offers_how_things_are_and_what_they_can_be(desk_office: Office) -> None:
    _, channel = await desk_office.open(issue_level=IssueLevel.URGENT)
    await desk_office.people["technical"].slash(desk_office.transcripts, "duty", state="on")

    opened = await more(desk_office.people["general"], channel)

    selects = [it for it in walked(opened.components) if isinstance(it, discord.SelectMenu)]
    assert [it.placeholder for it in selects] == ["Assign to", "Support role", "Level", "Put aside"]
    (now,) = [it.label for it in selects[2].options if it.default]
    assert now == "Level: Urgent"
    assert labels(opened) == ["Ask to close", "Block or unblock"]


@pytest.mark.parametrize(
    ("select", "value", "answer"),
    [
        ("level", "CRITICAL", "Ticket 1 is Critical now."),
        ("team", "TECHNICAL", "Ticket 1 asks for Technical now."),
        ("snooze", "4h", "Aside until <t:"),
        ("snooze", "a word", "Aside until the requester writes."),
    ],
)
async def test_what_is_chosen_there_is_done(
    desk_office: Office, select: str, value: str, answer: str
) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]
    opened = await more(agent, channel)

    done = await agent.select(opened, [value], custom_id=f"guildesk:{select}")

    assert told(done).startswith(answer)
    now = await desk_office.fresh(ticket)
    assert (now.issue_level, now.support_role, now.snoozed_until) != (
        IssueLevel.NORMAL,
        SupportRole.GENERAL,
        None,
    )


async def test_labels_are_put_on_and_taken_off_there(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    _, other = await desk_office.open()
    agent = desk_office.people["general"]
    await agent.slash(channel, "label", label="export")
    await agent.slash(other, "label", label="billing")

    opened = await more(agent, channel)
    selects = [it for it in walked(opened.components) if isinstance(it, discord.SelectMenu)]
    offered = {it.custom_id: [option.value for option in it.options] for it in selects}
    put_on = await agent.select(opened, ["+billing"], custom_id="guildesk:label")
    taken_off = await agent.select(opened, ["-export"], custom_id="guildesk:label")
    await desk_office.shown()

    assert offered["guildesk:label"] == ["-export", "+billing"]
    assert "billing, export" in told(put_on)
    assert told(taken_off).endswith("billing.")
    assert (await desk_office.fresh(ticket)).labels == ("billing",)
    assert "`billing`" in texts(card_in(channel))


async def test_a_ticket_is_assigned_and_taken_up_again_there(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    agent, other = desk_office.people["general"], desk_office.people["technical"]
    await other.slash(desk_office.transcripts, "duty", state="on")
    await agent.slash(channel, "snooze")

    opened = await more(agent, channel)
    given = await agent.select(opened, [str(other.id)], custom_id="guildesk:assign")
    taken_up = await agent.select(opened, ["no more"], custom_id="guildesk:snooze")

    now = await desk_office.fresh(ticket)
    assert told(given).replace("\\", "") == "Ticket 1 is technical-agent's now."
    assert now.assignee == desk_office.caller("technical").key
    assert told(taken_up) == "Ticket 1 is taken up again."
    assert now.snoozed_until is None


async def test_asking_to_close_is_refused_there_as_by_command(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]
    opened = await more(agent, channel)

    refused = await agent.click(opened, label="Ask to close")
    by_command = await agent.slash(channel, "ask-close")
    await desk_office.by_hand(agent.send(channel, "All done?"))
    asked = await agent.click(opened, label="Ask to close")

    assert told(refused) == told(by_command)
    assert told(asked).startswith("The requester is asked.")
    assert (await desk_office.fresh(ticket)).close_asked_at is not None


async def test_a_requester_is_blocked_by_a_form_and_let_in_by_a_press(desk_office: Office) -> None:
    _, channel = await desk_office.open()
    agent = desk_office.people["general"]
    opened = await more(agent, channel)

    form = await agent.click(opened, label="Block or unblock")
    wrong = await agent.submit_modal(form, {"days": "soon", "reason": ""})
    form = await agent.click(opened, label="Block or unblock")
    blocked = await agent.submit_modal(form, {"days": "2", "reason": "Spam"})
    assert told(wrong).startswith("Give a number of days from 1 to 3650, or none.\n")
    assert "Blocked until <t:" in told(blocked)
    assert await desk_office.store.users.is_blocked(CASEY.key)

    lifted = await agent.click(opened, label="Block or unblock")
    assert "Blocked" not in told(lifted)
    assert not await desk_office.store.users.is_blocked(CASEY.key)


async def test_more_is_refused_to_strangers_and_for_closed_tickets(tmp_path: Path) -> None:
    async with office(tmp_path, close_grace=3_600_000) as desk_office:
        _, channel = await desk_office.open()
        agent = desk_office.people["general"]
        opened = await more(agent, channel)
        await agent.slash(channel, "close")

        refused = await agent.select(opened, ["URGENT"], custom_id="guildesk:level")

        assert told(refused).startswith("Ticket 1 is closed.")


async def test_the_line_about_the_pin_does_not_stay(desk_office: Office) -> None:
    _, channel = await desk_office.open()
    await desk_office.taken()

    types = {it.type for it in channel.history()}

    assert types == {discord.MessageType.default}
    assert card_in(channel)


async def test_a_card_of_an_older_program_becomes_one_of_components(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    http, place = desk_office.client.http, await desk_office.store.channels.of_ticket(ticket.id)
    assert place is not None
    there = desk_office.client.get_partial_messageable(channel.id)
    old = await there.send(
        "New ticket", embed=discord.Embed(title="#1").set_footer(text=f"Ticket {ticket.id}")
    )
    await http.pin_message(channel.id, old.id)
    await http.delete_message(channel.id, place.card_id or 0)
    await desk_office.store.channels.save(replace(place, card_id=old.id, card_digest="of an embed"))

    desk_office.work.cards.refresh(ticket.id)
    await desk_office.shown()

    shown = await there.fetch_message(old.id)
    assert (shown.content, shown.embeds) == ("", [])
    assert "### #1 · It hurts" in texts(shown)


async def test_a_merged_ticket_says_into_which(tmp_path: Path) -> None:
    async with office(tmp_path, close_grace=3_600_000) as desk_office:
        _, kept = await desk_office.open()
        _, merged = await desk_office.open()

        await desk_office.people["general"].slash(kept, "merge", number=2)
        await desk_office.shown()

        there = f"https://discord.com/channels/{desk_office.guild.id}/{kept.id}"
        assert f"merged into [#1]({there})" in texts(card_in(merged))[1]


async def test_buttons_and_selects_work_after_a_restart(desk_office: Office) -> None:
    """They are answered by their ids alone: nothing in memory knows the message."""
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]
    opened = await more(agent, channel)
    assert isinstance(desk_office.client, GuildClient)
    views = desk_office.client._connection._view_store._views

    assert set(views) == {None}

    await agent.select(opened, ["URGENT"], custom_id="guildesk:level")
    assert (await desk_office.fresh(ticket)).issue_level is IssueLevel.URGENT
