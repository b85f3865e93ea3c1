"""Claiming, releasing, assigning, and going on duty in Discord."""

from pathlib import Path

from simcord import InteractionResult

from tests.office import Office, office
from tickets.model import UserKey
from tickets.ports.agents import Assignment


async def test_the_first_claim_wins_and_the_other_is_told_who_has_it(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    one, other = desk_office.people["general"], desk_office.people["technical"]

    won = await one.slash(channel, "claim")
    lost = await other.slash(channel, "claim")
    await desk_office.shown()

    assert f"Ticket {ticket.number} is yours." in told(won)
    assert f"Ticket {ticket.number} belongs to general-agent." in told(lost)
    assert lost.ephemeral
    assert (await desk_office.fresh(ticket)).assignee == UserKey(UserKey.DISCORD, str(one.id))


async def test_a_released_ticket_can_be_claimed_by_another(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    one, other = desk_office.people["general"], desk_office.people["technical"]
    await one.slash(channel, "claim")

    released = await one.slash(channel, "release")
    await other.slash(channel, "claim")

    assert "nobody's" in told(released)
    assert (await desk_office.fresh(ticket)).assignee == UserKey(UserKey.DISCORD, str(other.id))


async def test_nobody_claims_a_closed_ticket_not_even_whose_it_is(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    agent = desk_office.people["general"]
    await agent.slash(channel, "claim")
    await agent.slash(channel, "close")

    refused = await agent.slash(channel, "claim")

    assert told(refused).startswith(f"Ticket {ticket.number} is closed. general\\-agent closed it as ")


async def test_a_name_stays_a_name_in_the_answer(desk_office: Office) -> None:
    _, channel = await desk_office.open()
    starry = desk_office.guild.add_member(
        desk_office.env.create_user("starry"),
        nick="**Star** __one__",
        roles=[desk_office.guild.roles["GENERAL team"]],
    )

    done = await desk_office.people["general"].slash(channel, "assign", member=str(starry.id))

    assert r"is \*\*Star\*\* \_\_one\_\_'s now." in told(done)


async def test_a_ticket_is_assigned_to_staff_alone(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    agent, other = desk_office.people["general"], desk_office.people["manager"]

    refused = await agent.slash(channel, "assign", member=str(desk_office.people["outsider"].id))
    done = await agent.slash(channel, "assign", member=str(other.id))

    assert "only be assigned to somebody of staff" in told(refused)
    assert "manager-agent" in told(done)
    assert (await desk_office.fresh(ticket)).assignee == UserKey(UserKey.DISCORD, str(other.id))


async def test_outside_of_a_ticket_there_is_nothing_to_claim(desk_office: Office) -> None:
    result = await desk_office.people["general"].slash(desk_office.transcripts, "claim")

    assert "This is not the channel of a ticket." in told(result)


async def test_new_tickets_go_to_whoever_is_on_duty(tmp_path: Path) -> None:
    async with office(tmp_path, assignment=Assignment.ROUND_ROBIN) as opened:
        agent = opened.people["general"]

        on = await agent.slash(opened.transcripts, "duty", state="on")
        ticket, _ = await opened.open()
        await agent.slash(opened.transcripts, "duty", state="off")
        nobodys, channel = await opened.open()

        assert "You are on duty for General." in told(on)
        assert ticket.assignee == UserKey(UserKey.DISCORD, str(agent.id))
        assert nobodys.assignee is None
        assert "Nobody of General is on duty, so this ticket is assigned to nobody." in [
            message.content for message in channel.history()
        ]


def told(result: InteractionResult) -> str:
    assert result.response is not None
    return result.response.content
