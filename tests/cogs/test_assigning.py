"""Assignment follows roles as they are now: nobody gives a ticket to somebody who does not see it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import discord
import pytest
from simcord import ChannelHandle, MemberActor
from simcord.backend.models import Overwrite
from simcord.enums import OverwriteType

from tests.cards import walked
from tests.cogs.test_agents import told
from tests.cogs.test_card_buttons import more
from tests.office import CASEY, Office, office
from tests.waiting import until
from tickets.desks.agent_desk import AgentChanges, AgentDesk
from tickets.desks.ticket_desk import NewTicket
from tickets.model import Caller, Person, SupportRole, UserKey, UserRole
from tickets.ports.agents import Assignment, agent_with
from tickets.refusals import AgentDoesNotSeeTicket

BOSS = Caller(Person(UserKey("shop", "boss"), "Boss", UserRole.ADMIN))
VIEW = 1 << 10


def key_of(member: MemberActor) -> UserKey:
    return UserKey(UserKey.DISCORD, str(member.id))


def lose_role(desk_office: Office, member: MemberActor) -> None:
    """Nobody is told: the bot does not hear of members."""
    desk_office.env.backend.guilds[desk_office.guild.id].members[member.id].role_ids.clear()


def leave(desk_office: Office, member: MemberActor) -> None:
    desk_office.guild.remove_member(member)


GOING = pytest.mark.parametrize("go", [lose_role, leave])
Going = Callable[[Office, MemberActor], None]


async def offered(member: MemberActor, channel: ChannelHandle, typed: str) -> list[str]:
    choices = await member.autocomplete(channel, "assign", "member", typed)
    return sorted(it["name"] for it in choices)


async def test_only_those_who_see_the_channel_are_offered(desk_office: Office) -> None:
    _, channel = await desk_office.open(support_role=SupportRole.TECHNICAL)
    people = desk_office.people
    for name in ("general", "manager"):
        await people[name].slash(desk_office.transcripts, "duty", state="on")

    assert await offered(people["admin"], channel, "") == ["manager-agent"]
    assert await offered(people["admin"], channel, "gen") == []
    assert await offered(people["admin"], channel, "tech") == ["technical-agent"]
    assert await offered(people["admin"], channel, "outs") == []


async def test_two_of_one_name_are_told_apart_and_agents_are_found_in_a_crowd(desk_office: Office) -> None:
    """Discord gives a hundred members whose names begin so, whoever they are."""
    _, channel = await desk_office.open()
    guild, env = desk_office.guild, desk_office.env
    for number in range(100):
        guild.add_member(env.create_user(f"alex-{number}"))
    team = [guild.roles["GENERAL team"]]
    twins = [guild.add_member(env.create_user(it), roles=team, nick="Alex") for it in ("smith", "jones")]
    for twin in twins:
        await twin.slash(desk_office.transcripts, "duty", state="on")

    boss = desk_office.people["admin"]
    by_name = await offered(boss, channel, "alex")
    opened = await more(boss, channel)
    selects = [it for it in walked(opened.components) if isinstance(it, discord.SelectMenu)]
    (select,) = [it for it in selects if it.custom_id == "guildesk:assign"]

    assert by_name == ["Alex (@jones)", "Alex (@smith)"]
    assert {it.label for it in select.options} == {"Assign to Alex (@jones)", "Assign to Alex (@smith)"}


@pytest.mark.parametrize("kind", ["id", "mention", "name"])
async def test_whoever_is_named_in_any_way_gets_it_if_they_see_it(desk_office: Office, kind: str) -> None:
    ticket, channel = await desk_office.open(support_role=SupportRole.TECHNICAL)
    boss = desk_office.people["admin"]
    named = {
        name: {"id": str(it.id), "mention": f"<@{it.id}>", "name": it.name}[kind]
        for name, it in desk_office.people.items()
    }

    refused = await boss.slash(channel, "assign", member=named["general"])
    nobody = await boss.slash(channel, "assign", member="somebody else")
    done = await boss.slash(channel, "assign", member=named["manager"])

    assert "does not see this channel" in told(refused)
    assert "only be assigned to somebody of staff" in told(nobody)
    assert "manager-agent" in told(done)
    assert (await desk_office.fresh(ticket)).assignee == key_of(desk_office.people["manager"])


async def test_who_was_shut_out_of_one_channel_is_not_given_its_ticket(desk_office: Office) -> None:
    _, channel = await desk_office.open()
    boss, agent = desk_office.people["admin"], desk_office.people["general"]
    desk_office.env.backend.set_overwrite(channel.id, Overwrite(agent.id, OverwriteType.MEMBER, deny=VIEW))
    await desk_office.env.settle()

    refused = await boss.slash(channel, "assign", member=str(agent.id))

    assert "does not see this channel" in told(refused)


@GOING
async def test_who_is_no_longer_staff_is_given_nothing_by_command(desk_office: Office, go: Going) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]
    await agent.slash(channel, "claim")
    await agent.slash(channel, "release")
    name = str(agent.id)

    go(desk_office, agent)
    refused = await desk_office.people["admin"].slash(channel, "assign", member=name)

    assert "only be assigned to somebody of staff" in told(refused)
    assert (await desk_office.fresh(ticket)).assignee is None


@GOING
async def test_who_is_no_longer_staff_gets_no_new_tickets(tmp_path: Path, go: Going) -> None:
    async with office(tmp_path, assignment=Assignment.ROUND_ROBIN) as desk_office:
        agent = desk_office.people["general"]
        await agent.slash(desk_office.transcripts, "duty", state="on")
        await desk_office.work.roster.look()

        go(desk_office, agent)
        given = await desk_office.desk.open(CASEY, NewTicket(topic="It hurts", description="Here"))

        async def is_nobodys() -> bool:
            return (await desk_office.fresh(given)).assignee is None

        await until(is_nobodys)
        later = await desk_office.desk.open(CASEY, NewTicket(topic="Still", description="Here"))
        assert later.assignee is None
        known = agent_with(await desk_office.store.agents.all(), key_of(agent))
        assert known is not None
        assert not known.on_duty


async def test_who_is_timed_out_is_neither_offered_nor_given_tickets(tmp_path: Path) -> None:
    """They see the channel, and can write nowhere."""
    async with office(tmp_path, assignment=Assignment.ROUND_ROBIN) as desk_office:
        agent, boss = desk_office.people["general"], desk_office.people["admin"]
        _, channel = await desk_office.open()
        await agent.slash(desk_office.transcripts, "duty", state="on")
        backend = desk_office.env.backend
        hour = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
        backend.guilds[desk_office.guild.id].members[agent.id].timed_out_until = hour
        await desk_office.work.roster.look()

        later = await desk_office.desk.open(CASEY, NewTicket(topic="Still", description="Here"))
        assert later.assignee is None
        assert await offered(boss, channel, "gen") == []
        refused = await boss.slash(channel, "assign", member=str(agent.id))
        assert "is timed out" in told(refused)


@GOING
@pytest.mark.parametrize("is_linked", [False, True])
async def test_who_is_no_longer_staff_is_given_nothing_over_the_api(
    desk_office: Office, go: Going, is_linked: bool
) -> None:
    ticket, channel = await desk_office.open()
    agent, agents = desk_office.people["general"], AgentDesk(desk_office.desk, desk_office.store)
    await agent.slash(channel, "claim")
    await agent.slash(channel, "release")
    if is_linked:
        await agents.put(BOSS, "sam", AgentChanges(name="Sam", discord_id=str(agent.id)))

    go(desk_office, agent)
    await desk_office.work.roster.look()

    key = UserKey("shop", "sam") if is_linked else key_of(agent)
    with pytest.raises(AgentDoesNotSeeTicket):
        await agents.change(BOSS, ticket.id, {"assignee": str(key)})
    assert (await desk_office.fresh(ticket)).assignee is None


async def test_over_the_api_too_nobody_is_given_what_they_do_not_see(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    agent, agents = desk_office.people["general"], AgentDesk(desk_office.desk, desk_office.store)
    await agent.slash(channel, "claim")
    await agent.slash(channel, "release")
    await desk_office.work.roster.look()
    assignee = {"assignee": str(key_of(agent))}

    with pytest.raises(AgentDoesNotSeeTicket):
        await agents.change(BOSS, ticket.id, {**assignee, "support_role": "TECHNICAL"})
    changed = await agents.change(BOSS, ticket.id, assignee)

    assert changed.assignee == key_of(agent)
    assert changed.support_role is SupportRole.GENERAL


async def test_a_colleague_who_was_added_has_the_ticket_as_long_as_they_see_it(desk_office: Office) -> None:
    ticket, channel = await desk_office.open(support_role=SupportRole.TECHNICAL)
    colleague, boss = desk_office.people["general"], desk_office.people["admin"]

    async def is_nobodys() -> bool:
        return (await desk_office.fresh(ticket)).assignee is None

    await boss.slash(channel, "add", member=colleague)
    await desk_office.shown()
    await colleague.slash(channel, "claim")  # so they are an agent, and nobody knows yet what they see
    await boss.slash(channel, "remove", member=colleague)
    await until(is_nobodys)
    await boss.slash(channel, "add", member=colleague)
    await desk_office.shown()

    given = await boss.slash(channel, "assign", member=str(colleague.id))
    await desk_office.work.roster.look()
    assert "is general-agent's now" in told(given)
    assert (await desk_office.fresh(ticket)).assignee == key_of(colleague)

    await boss.slash(channel, "team", role="MANAGER")
    await desk_office.work.roster.look()
    assert (await desk_office.fresh(ticket)).assignee == key_of(colleague)

    await boss.slash(channel, "remove", member=colleague)
    await until(is_nobodys)


async def test_who_has_the_role_again_is_given_tickets_again(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]
    await agent.slash(channel, "claim")
    await agent.slash(channel, "release")
    lose_role(desk_office, agent)
    await desk_office.work.roster.look()

    role = desk_office.guild.roles["GENERAL team"]
    desk_office.env.backend.guilds[desk_office.guild.id].members[agent.id].role_ids.append(role.id)
    done = await desk_office.people["admin"].slash(channel, "assign", member=str(agent.id))

    assert "general-agent" in told(done)
    assert (await desk_office.fresh(ticket)).assignee == key_of(agent)


async def test_agents_of_a_backend_who_are_not_in_discord_are_given_whatever_there_is(
    desk_office: Office,
) -> None:
    ticket, _ = await desk_office.open(support_role=SupportRole.ADMIN)
    agents = AgentDesk(desk_office.desk, desk_office.store)
    await agents.put(BOSS, "kim", AgentChanges(name="Kim"))
    await desk_office.work.roster.look()

    changed = await agents.change(BOSS, ticket.id, {"assignee": str(UserKey("shop", "kim"))})

    assert changed.assignee == UserKey("shop", "kim")
