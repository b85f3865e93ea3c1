"""Who reads a transcript in Discord is who saw the ticket."""

from pathlib import Path
from typing import Any

import discord

from tests.cards import labels
from tests.office import CASEY, Office, office
from tickets.desks.feedback_desk import FeedbackDesk
from tickets.desks.merge_desk import MergeDesk
from tickets.model import Status, SupportRole, Ticket

SECRET = "The key is under the mat"


async def closed(desk_office: Office, support_role: SupportRole) -> Ticket:
    """A ticket with a note, closed by its requester."""
    ticket, channel = await desk_office.open(topic="Very private", support_role=support_role)
    await desk_office.by_hand(desk_office.people["admin"].send(channel, f"// {SECRET}"))
    await desk_office.desk.close(CASEY, ticket.id, Status.RESOLVED)
    await desk_office.shown()
    return ticket


def posts(desk_office: Office, channel_id: int | None = None) -> list[Any]:
    there = desk_office.client.get_channel(channel_id or desk_office.transcripts.id)
    assert isinstance(there, discord.TextChannel)
    return [it for it in desk_office.ever_posted() if it["channel_id"] == str(there.id)]


async def test_where_a_support_role_has_no_channel_the_post_shows_nothing(desk_office: Office) -> None:
    ticket = await closed(desk_office, SupportRole.ADMIN)

    (post,) = posts(desk_office)
    assert post["attachments"] == []
    (embed,) = post["embeds"]
    assert (embed["title"], embed.get("fields", [])) == (f"#{ticket.number}", [])
    assert f"(https://support.example/desk/tickets/{ticket.id}/transcript)" in embed["description"]
    assert not any(word in str(post) for word in ("private", "Casey", "mat"))


async def test_the_button_shows_it_to_those_who_saw_the_ticket(desk_office: Office) -> None:
    await closed(desk_office, SupportRole.MANAGER)
    (post,) = desk_office.transcripts.history()

    refused = await desk_office.people["technical"].click(post, label="Read it here")
    shown = await desk_office.people["manager"].click(post, label="Read it here")

    assert (refused.ephemeral, shown.ephemeral) == (True, True)
    assert refused.response is not None
    assert refused.response.attachments == []
    assert shown.response is not None
    assert [it.filename for it in shown.response.attachments] == ["ticket-0001.html"]


async def test_so_does_the_command(desk_office: Office) -> None:
    ticket = await closed(desk_office, SupportRole.TECHNICAL)

    refused = await desk_office.people["general"].slash(desk_office.lobby, "transcript", number=ticket.number)
    shown = await desk_office.people["technical"].slash(desk_office.lobby, "transcript", number=ticket.number)

    assert refused.response is not None
    assert refused.response.attachments == []
    assert shown.response is not None
    assert len(shown.response.attachments) == 1


async def test_each_support_role_has_its_own_channel(tmp_path: Path) -> None:
    async with office(tmp_path, transcripts_of=[SupportRole.TECHNICAL]) as desk_office:
        await closed(desk_office, SupportRole.TECHNICAL)
        await closed(desk_office, SupportRole.GENERAL)

        own = desk_office.guild_map.transcript_channels[SupportRole.TECHNICAL]
        (technical,), (general,) = posts(desk_office, own), posts(desk_office)
        assert [it["filename"] for it in technical["attachments"]] == ["ticket-0001.html"]
        assert [it["filename"] for it in general["attachments"]] == ["ticket-0002.html"]


async def test_a_channel_that_too_many_read_gets_a_link_and_the_other_shows_nothing(tmp_path: Path) -> None:
    async with office(tmp_path, transcripts_of=[SupportRole.ADMIN]) as desk_office:
        own = desk_office.client.get_channel(desk_office.guild_map.transcript_channels[SupportRole.ADMIN])
        assert isinstance(own, discord.TextChannel)
        general = own.guild.get_role(desk_office.guild_map.roles[SupportRole.GENERAL])
        assert general is not None
        await own.set_permissions(general, view_channel=True)
        await desk_office.env.settle()

        await closed(desk_office, SupportRole.ADMIN)

        assert posts(desk_office, own.id) == []
        (post,) = [it for it in posts(desk_office) if it["embeds"]]
        assert post["attachments"] == []
        assert any("is read by GENERAL team" in it["content"] for it in posts(desk_office))


async def test_feedback_shows_nothing_where_the_transcript_does_not(desk_office: Office) -> None:
    ticket = await closed(desk_office, SupportRole.ADMIN)

    await FeedbackDesk(desk_office.desk, desk_office.store).give(CASEY, ticket.id, 2, "The admin was rude")
    await desk_office.shown()

    told = posts(desk_office)[-1]
    assert f"feedback for ticket #{ticket.number}" in told["content"]
    assert not any(word in str(told) for word in ("rude", "Casey", "★"))


async def test_a_note_after_closing_stays_out_of_a_post_that_shows_nothing(tmp_path: Path) -> None:
    async with office(tmp_path, close_grace=400) as desk_office:
        ticket, channel = await desk_office.open(support_role=SupportRole.ADMIN)
        await desk_office.desk.close(CASEY, ticket.id, Status.RESOLVED)
        await desk_office.by_hand(desk_office.people["admin"].send(channel, SECRET))
        await desk_office.shown()

        (post,) = desk_office.transcripts.history()
        assert post.attachments == []
        assert SECRET not in str([it.to_dict() for it in post.embeds])


async def test_a_merge_shows_nothing_of_a_ticket_that_not_all_saw(desk_office: Office) -> None:
    above, hidden = await desk_office.open(topic="Very private", support_role=SupportRole.ADMIN)
    await desk_office.by_hand(desk_office.people["admin"].send(hidden, f"// {SECRET}"))
    below, channel = await desk_office.open(topic="Ordinary")

    admin = desk_office.caller("admin")
    await MergeDesk(desk_office.desk, desk_office.store).merge(admin, below.id, above.id)
    await desk_office.shown()
    await desk_office.desk.close(admin, below.id)
    await desk_office.shown()

    said = str(desk_office.ever_posted(channel))
    assert f"merged ticket {above.number} into this one" in said
    assert "Very private" not in said
    assert SECRET not in said
    (filed,) = [it for it in desk_office.transcripts.history() if it.attachments]
    page = (await filed.attachments[0].read()).decode()
    assert "Ordinary" in page
    assert SECRET not in page
    assert "Very private" not in page


async def test_the_button_stands_below_nothing_else(desk_office: Office) -> None:
    await closed(desk_office, SupportRole.GENERAL)

    (post,) = desk_office.transcripts.history()
    assert labels(post) == []
