"""Feedback is told in the transcript channel."""

from tests.office import CASEY, Office
from tickets.desks.feedback_desk import FeedbackDesk
from tickets.model import Status


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
