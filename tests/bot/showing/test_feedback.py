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
