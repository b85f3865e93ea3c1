"""One more colleague in a ticket's channel, subscribers, and whoever answers first."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from simcord import ChannelHandle, MemberActor

from tests.answers import told
from tests.office import CASEY, Office, now, office
from tickets.desks.ticket_desk import Said
from tickets.desks.time_desk import TimeDesk
from tickets.model import SupportRole, UserKey


def pinged(message: Mapping[str, Any]) -> list[str]:
    return sorted([*(it["id"] for it in message["mentions"]), *message["mention_roles"]])


def sees(desk_office: Office, member: MemberActor, channel: ChannelHandle) -> bool:
    guild = desk_office.client.get_guild(desk_office.guild.id)
    there = guild.get_channel(channel.id) if guild else None
    assert there is not None
    overwrites = {target.id: it.view_channel for target, it in there.overwrites.items()}
    return overwrites.get(member.id) is True


async def settled(desk_office: Office) -> None:
    await desk_office.shown()
    await desk_office.env.settle()
    await desk_office.work.guarding.idle()
    await desk_office.env.settle()


async def test_a_colleague_who_is_added_sees_the_channel_until_removed(desk_office: Office) -> None:
    _, channel = await desk_office.open(support_role=SupportRole.MANAGER)
    boss, colleague = desk_office.people["manager"], desk_office.people["general"]

    added = await boss.slash(channel, "add", member=colleague)
    again = await boss.slash(channel, "add", member=colleague)
    await settled(desk_office)
    saw = sees(desk_office, colleague, channel)
    await desk_office.by_hand(colleague.send(channel, "Hello, I can help"))
    removed = await boss.slash(channel, "remove", member=colleague)
    await settled(desk_office)

    assert told(added) == told(again) == "general-agent sees this channel."
    assert told(removed) == "general-agent sees this channel only if their role does."
    assert (saw, sees(desk_office, colleague, channel)) == (True, False)
    lines = [
        it for it in desk_office.ever_posted(channel) if "general" in it["content"] and not it.get("type")
    ]
    assert [it["content"].removeprefix(f"<@{colleague.id}> ") for it in lines] == [
        r"manager\-agent added general\-agent, who sees this channel now.",
        r"manager\-agent took general\-agent out of this channel.",
    ]
    assert [pinged(it) for it in lines] == [[str(colleague.id)], []]


async def test_who_is_no_longer_staff_is_taken_out_again(desk_office: Office) -> None:
    ticket, channel = await desk_office.open(support_role=SupportRole.MANAGER)
    boss, colleague = desk_office.people["manager"], desk_office.people["general"]
    await boss.slash(channel, "add", member=colleague)
    await desk_office.shown()
    role = desk_office.guild_map.roles[SupportRole.GENERAL]
    await desk_office.client.http.remove_role(desk_office.guild.id, colleague.id, role)

    removed = await boss.slash(channel, "remove", member=colleague)

    assert told(removed) == "general-agent sees this channel only if their role does."
    assert (await desk_office.fresh(ticket)).colleagues == ()


async def test_a_colleague_stays_when_the_ticket_is_passed_on_and_its_channel_built_again(
    desk_office: Office,
) -> None:
    """And may do there what everybody else may who sees it, also open it again."""
    _, channel = await desk_office.open(support_role=SupportRole.TECHNICAL)
    boss, colleague = desk_office.people["admin"], desk_office.people["general"]
    await boss.slash(channel, "add", member=colleague)
    await boss.slash(channel, "team", role="MANAGER")
    await settled(desk_office)
    after_passing = sees(desk_office, colleague, channel)
    await boss.slash(channel, "close")
    elsewhere = await colleague.slash(desk_office.lobby, "reopen", number=1)
    reopened = told(await colleague.slash(channel, "reopen"))
    await settled(desk_office)

    await desk_office.by_hand(desk_office.client.http.delete_channel(channel.id))
    await settled(desk_office)

    rebuilt = desk_office.guild.channels[channel.name or ""]
    assert after_passing
    assert told(elsewhere) == "There is no ticket 1."
    assert reopened == "Ticket 1 is open again."
    assert rebuilt.id != channel.id
    assert sees(desk_office, colleague, rebuilt)


async def test_only_staff_is_added(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    people = desk_office.people

    refused = await people["general"].slash(channel, "add", member=people["outsider"])
    stranger = await people["outsider"].slash(desk_office.lobby, "subscribe")

    assert told(refused) == "Only somebody of staff can be added to a ticket."
    assert told(stranger) == "Only staff can do this."
    assert (await desk_office.fresh(ticket)).colleagues == ()


async def test_subscribers_are_pinged_with_the_assignee_once_until_staff_has_answered(
    desk_office: Office,
) -> None:
    ticket, channel = await desk_office.open()
    agent, manager, boss = (desk_office.people[it] for it in ("general", "manager", "admin"))
    await agent.slash(channel, "claim")
    for member in (manager, manager, boss):
        await member.slash(channel, "subscribe")
    await boss.slash(channel, "unsubscribe")
    await desk_office.by_hand(agent.send(channel, "Is it plugged in?"))

    await desk_office.say(ticket, "No")
    await desk_office.say(ticket, "Or is it?")

    copies = [it for it in desk_office.ever_posted(channel) if it.get("webhook_id")]
    both = sorted([str(agent.id), str(manager.id)])
    assert [pinged(it) for it in copies] == [both, []]
    assert (await desk_office.fresh(ticket)).subscribers == (UserKey(UserKey.DISCORD, str(manager.id)),)


async def test_a_subscriber_is_pinged_for_nobodys_ticket_too(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    boss = desk_office.people["admin"]
    told_so = await boss.slash(channel, "subscribe")
    await desk_office.by_hand(desk_office.people["general"].send(channel, "Is it plugged in?"))

    await desk_office.say(ticket, "x" * 2_000)

    first, *_ = [it for it in desk_office.ever_posted(channel) if it.get("webhook_id")]
    assert told(told_so) == "You are pinged when the requester writes here. /unsubscribe ends it."
    assert pinged(first) == [str(boss.id)]


async def test_a_requester_who_opens_it_again_or_is_not_done_pings_too(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]
    await agent.slash(channel, "claim")
    await desk_office.by_hand(agent.send(channel, "Done?"))
    await agent.slash(channel, "ask-close")
    times = TimeDesk(desk_office.desk, now)
    await times.answer_close(CASEY, ticket.id, accept=False)
    await desk_office.by_hand(agent.send(channel, "And now?"))
    await desk_office.desk.close(desk_office.caller("general"), ticket.id)
    await desk_office.desk.reopen(CASEY, ticket.id)
    await desk_office.shown()

    lines = [
        it for it in desk_office.ever_posted(channel) if it["content"].startswith(f"<@{agent.id}> Casey")
    ]
    assert [pinged(it) for it in lines] == [[str(agent.id)]] * 2


async def test_passing_on_and_assigning_at_once_pings_both(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    boss = desk_office.people["manager"]
    key = str(UserKey(UserKey.DISCORD, str(boss.id)))
    await boss.slash(desk_office.transcripts, "duty", state="on")

    await desk_office.desk.change(
        desk_office.caller("admin"), ticket.id, {"assignee": key, "support_role": "MANAGER"}
    )
    await desk_office.shown()

    role = desk_office.guild_map.roles[SupportRole.MANAGER]
    assert pinged(desk_office.ever_posted(channel)[-1]) == sorted([str(role), str(boss.id)])


async def test_whoever_answers_first_has_the_ticket_where_that_is_wanted(tmp_path: Path) -> None:
    async with office(tmp_path, claim_on_answer=True) as desk_office:
        ticket, channel = await desk_office.open()
        agent, manager = desk_office.people["general"], desk_office.people["manager"]

        await desk_office.by_hand(manager.send(channel, "// I looked"))
        noted = await desk_office.fresh(ticket)
        await desk_office.by_hand(agent.send(channel, "Is it plugged in?"))
        answered = await desk_office.fresh(ticket)
        await agent.slash(channel, "release")
        await desk_office.by_hand(manager.send(channel, "And?"))
        later = await desk_office.fresh(ticket)

        assert noted.assignee is None
        assert answered.assignee == UserKey(UserKey.DISCORD, str(agent.id))
        assert later.assignee is None


async def test_an_answer_claims_nothing_as_usual(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()

    await desk_office.by_hand(desk_office.people["general"].send(channel, "Is it plugged in?"))
    await desk_office.desk.post(CASEY, ticket.id, Said("Yes"))

    assert (await desk_office.fresh(ticket)).assignee is None
