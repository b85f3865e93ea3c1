"""The routes of the staff's side, with their limits: reads 30, writes 15 per minute and user."""

from typing import Final

from api.door.door import CallerHandler
from api.door.limits import Limit
from api.resources import agents, events, feedback, history, notes, queue, reports, transcripts, users

API: Final = "/api/v1"
TICKET: Final = f"{API}/tickets/{{ticket_id}}"
AGENT: Final = f"{API}/agents/{{agent_id}}"
USER: Final = f"{API}/users/{{user_id}}"

Route = tuple[str, str, Limit, CallerHandler]


def _reads(path: str, handler: CallerHandler) -> Route:
    return "GET", path, Limit(handler.__name__, 30), handler


def _writes(method: str, path: str, handler: CallerHandler) -> Route:
    return method, path, Limit(handler.__name__, 15), handler


STAFF_ROUTES: tuple[Route, ...] = (
    _reads(f"{API}/events", events.list_events),
    _reads(f"{API}/queue", queue.get_queue),
    _reads(f"{API}/agents", agents.list_agents),
    _writes("PUT", AGENT, agents.put_agent),
    _writes("DELETE", AGENT, agents.delete_agent),
    _reads(f"{AGENT}/tickets", agents.list_agents_tickets),
    _reads(f"{API}/users", users.list_users),
    _reads(USER, users.get_user),
    _writes("PATCH", USER, users.change_user),
    _writes("POST", f"{USER}/merge", users.merge_user),
    _reads(f"{API}/feedback", feedback.list_feedback),
    _reads(f"{API}/feedback/stats", feedback.get_feedback_stats),
    _writes("POST", f"{TICKET}/feedback", feedback.give_feedback),
    _reads(f"{TICKET}/feedback", feedback.get_feedback),
    _writes("DELETE", f"{TICKET}/feedback", feedback.delete_feedback),
    _reads(f"{API}/reports/resolved.csv", reports.get_resolved),
    _reads(f"{API}/stats", reports.get_stats),
    _reads(f"{API}/stats/daily", reports.get_daily_stats),
    _writes("POST", f"{TICKET}/notes", notes.add_note),
    _reads(f"{TICKET}/notes", notes.list_notes),
    _reads(f"{TICKET}/history", history.get_history),
    _reads(f"{TICKET}/transcript", transcripts.get_transcript),
)
