"""Feedback is told in the transcript channel."""

from pathlib import Path

from tests.clocks import Hands
from tests.office import CASEY, Office, now, office
from tickets.desks.feedback_desk import FeedbackDesk
from tickets.model import Status
from tickets.policy import DAY
from tickets.retention import KeptFor


async def test_feedback_is_told_once_and_harmless(desk_office: Office) -> None:
    ticket, _ = await desk_office.open()
    await desk_office.desk.close(CASEY, ticket.id, Status.RESOLVED)
    await desk_office.shown()

    await FeedbackDesk(desk_office.desk, desk_office.store).give(CASEY, ticket.id, 4, "Thanks @everyone")
    await desk_office.shown()

    told = [it.content for it in desk_office.transcripts.history() if "★" in it.content]
    assert told == [f"★★★★☆ for ticket #{ticket.number} by Casey\n>>> Thanks @everyone"]


async def test_a_long_comment_is_whole_in_a_file(desk_office: Office) -> None:
    ticket, _ = await desk_office.open()
    await desk_office.desk.close(CASEY, ticket.id, Status.RESOLVED)
    await desk_office.shown()

    await FeedbackDesk(desk_office.desk, desk_office.store).give(CASEY, ticket.id, 4, "](" * 1_000)
    await desk_office.shown()

    (told,) = [it for it in desk_office.transcripts.history() if "★" in it.content]
    assert len(told.content) <= 2_000
    assert [(file.filename, file.size) for file in told.attachments] == [("message.txt", 2_000)]


async def test_it_stands_below_the_transcript_and_names_the_agent(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    await desk_office.by_hand(desk_office.people["general"].send(channel, "Hello"))
    await desk_office.desk.close(CASEY, ticket.id, Status.RESOLVED)
    await desk_office.shown()
    (filed,) = desk_office.transcripts.history()

    feedback = FeedbackDesk(desk_office.desk, desk_office.store)
    await feedback.give(CASEY, ticket.id, 5, "Quick")
    await desk_office.shown()

    told = desk_office.transcripts.last_message
    assert told is not None
    assert told.content == r"★★★★★ for ticket #1 by Casey, helped by general\-agent" + "\n>>> Quick"
    assert told.reference is not None
    assert told.reference.message_id == filed.id


async def test_the_assignee_is_named_before_whoever_answered(desk_office: Office) -> None:
    ticket, channel = await desk_office.open()
    await desk_office.people["technical"].slash(channel, "claim")
    await desk_office.by_hand(desk_office.people["general"].send(channel, "Hello"))
    await desk_office.desk.close(CASEY, ticket.id, Status.RESOLVED)
    await desk_office.shown()

    await FeedbackDesk(desk_office.desk, desk_office.store).give(CASEY, ticket.id, 5, None)
    await desk_office.shown()

    told = desk_office.transcripts.last_message
    assert told is not None
    assert told.content.endswith(r", helped by technical\-agent")


async def test_what_is_given_once_retention_has_removed_such_posts_is_not_posted(tmp_path: Path) -> None:
    """It looks at each closing once. The API has the feedback still."""
    clock = Hands(now())
    async with office(tmp_path, clock=clock, kept_for=KeptFor(transcripts=7 * DAY)) as desk_office:
        feedback = FeedbackDesk(desk_office.desk, desk_office.store)
        for days, comment in ((6, "in time"), (8, "too late")):
            ticket, _ = await desk_office.open()
            await desk_office.desk.close(CASEY, ticket.id, Status.RESOLVED)
            await desk_office.shown()
            clock.now += days * DAY
            await feedback.give(CASEY, ticket.id, 4, comment)
            await desk_office.shown()

        told = [it["content"] for it in desk_office.ever_posted(desk_office.transcripts)]

    assert [it for it in told if "in time" in it]
    assert not [it for it in told if "too late" in it or "#2" in it]


async def test_what_is_taken_away_is_not_to_be_read_any_more(desk_office: Office) -> None:
    ticket, _ = await desk_office.open()
    await desk_office.desk.close(CASEY, ticket.id, Status.RESOLVED)
    feedback = FeedbackDesk(desk_office.desk, desk_office.store)
    await feedback.give(CASEY, ticket.id, 1, "You fools")
    await desk_office.shown()

    await feedback.remove(desk_office.caller("admin"), ticket.id)
    await feedback.give(CASEY, ticket.id, 2, "I am sorry")
    await desk_office.shown()

    told = [it.content for it in desk_office.transcripts.history() if "★" in it.content]
    assert told == [f"★★☆☆☆ for ticket #{ticket.number} by Casey\n>>> I am sorry"]
