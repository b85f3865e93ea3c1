"""Feedback: what requesters think of the help they got."""

from typing import Annotated, Final

from aiohttp import web
from pydantic import BaseModel, BeforeValidator, Field, TypeAdapter

from api.desks import DESKS
from api.documents.documented import documented
from api.door.answers import json_answer
from api.door.bodies import Comment, body_of, whole
from api.door.idempotency import chosen_id
from api.door.paging import FROM_LINK, Paging, Parts, link_to_next
from api.door.queries import query_of
from api.door.routes import API, TICKET, Who, reads, writes
from api.resources.agent_ids import keys_of_agent
from tickets.desks.feedback_desk import Ratings
from tickets.model import Caller, UserKey
from tickets.ports.lists import Cursor
from tickets.ports.queue import FeedbackFilter
from tickets.sources import from_api
from wire.persons import PersonBody
from wire.ticket_bodies import FeedbackBody, TicketBody, feedback_body


class NewFeedbackBody(BaseModel, extra="forbid"):
    rating: Annotated[
        int, Field(ge=1, le=5, strict=True, description="Stars: 5 is best."), BeforeValidator(whole)
    ]
    comment: Comment | None = None


class TicketFeedbackBody(FeedbackBody):
    """Feedback, and the ticket on which it was given."""

    ticket_id: str
    number: int
    user_id: str
    username: str
    assignee: PersonBody | None


class RatingsBody(BaseModel):
    """``ratings`` counts the ratings for each number of stars."""

    count: int
    average: float | None
    ratings: dict[str, int]


class AgentRatingsBody(RatingsBody):
    agent: PersonBody


class FeedbackStatsBody(RatingsBody):
    agents: list[AgentRatingsBody]


_Id = Annotated[str, Field(min_length=1, max_length=256)]


class FeedbackQuery(Paging):
    user_id: _Id | None = Field(None, description="The id of a requester of your own issuer.")
    assignee: _Id | None = Field(None, description="The id of the agent who has the ticket.")
    rating: Annotated[int, Field(ge=1, le=5)] | None = Field(None, description="Stars: 5 is best.")
    cursor: Annotated[Cursor, Parts(2)] | None = Field(None, description=FROM_LINK)


_ALL = TypeAdapter(list[TicketFeedbackBody])


@documented(
    "Rate the help on your own closed ticket, once",
    body=NewFeedbackBody,
    answer=FeedbackBody,
    status=201,
    errors=(403, 409),
)
async def give_feedback(request: web.Request, caller: Caller) -> web.Response:
    body = await body_of(request, NewFeedbackBody)
    ticket = await request.app[DESKS].feedback.give(
        caller,
        request.match_info["ticket_id"],
        body.rating,
        body.comment,
        source=from_api(chosen_id(request, "feedback")),
    )
    assert ticket.feedback is not None  # noqa: S101  it was given just now
    return json_answer(feedback_body(ticket.feedback).model_dump_json(), status=201)


@documented("Read the feedback on a ticket; 404 if there is none", answer=FeedbackBody)
async def get_feedback(request: web.Request, caller: Caller) -> web.Response:
    feedback = await request.app[DESKS].feedback.of(caller, request.match_info["ticket_id"])
    return json_answer(feedback_body(feedback).model_dump_json())


@documented("Remove the feedback on a ticket", status=204, media_types=(), errors=(403,))
async def delete_feedback(request: web.Request, caller: Caller) -> web.Response:
    await request.app[DESKS].feedback.remove(caller, request.match_info["ticket_id"])
    return web.Response(status=204)


@documented(
    "Read all feedback, the newest first", query=FeedbackQuery, answer=list[TicketFeedbackBody], errors=(403,)
)
async def list_feedback(request: web.Request, caller: Caller) -> web.Response:
    query = query_of(request, FeedbackQuery)
    desks = request.app[DESKS]
    which = FeedbackFilter(
        requester=None if query.user_id is None else UserKey(caller.key.issuer, query.user_id),
        assignees=await keys_of_agent(desks.store, caller, query.assignee) if query.assignee else None,
        stars=query.rating,
    )
    page = await desks.feedback.all(caller, after=query.cursor, limit=query.size, which=which)
    bodies = await request.app[DESKS].objects.seen_by(caller).tickets(page.items)
    headers = link_to_next(request, page, query.size)
    return json_answer(_ALL.dump_json([_of_ticket(it) for it in bodies]), headers=headers)


@documented("Count the ratings, in all and by agent", answer=FeedbackStatsBody, errors=(403,))
async def get_feedback_stats(request: web.Request, caller: Caller) -> web.Response:
    every, each = await request.app[DESKS].feedback.ratings(caller)
    agents = await request.app[DESKS].objects.seen_by(caller).persons(each)
    body = FeedbackStatsBody(
        **_counts(every),
        agents=[
            AgentRatingsBody(**_counts(ratings), agent=agent)
            for agent, ratings in zip(agents, each.values(), strict=True)
        ],
    )
    return json_answer(body.model_dump_json())


def _counts(ratings: Ratings) -> dict[str, object]:
    return {
        "count": ratings.count,
        "average": ratings.average,
        "ratings": {str(stars): count for stars, count in ratings.counts.items()},
    }


def _of_ticket(ticket: TicketBody) -> TicketFeedbackBody:
    assert ticket.feedback is not None  # noqa: S101  these are the tickets with feedback
    return TicketFeedbackBody(
        **ticket.feedback.model_dump(),
        ticket_id=ticket.id,
        number=ticket.number,
        user_id=ticket.user_id,
        username=ticket.username,
        assignee=ticket.assignee,
    )


ROUTES: Final = (
    reads(f"{API}/feedback", list_feedback, Who.STAFF),
    reads(f"{API}/feedback/stats", get_feedback_stats, Who.STAFF),
    writes("POST", f"{TICKET}/feedback", give_feedback),
    reads(f"{TICKET}/feedback", get_feedback),
    writes("DELETE", f"{TICKET}/feedback", delete_feedback, Who.ADMINS),
)
