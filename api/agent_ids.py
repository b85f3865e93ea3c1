"""Whom the id of an agent means: somebody of staff, known from Discord or from the caller's own issuer."""

from api.errors import BadRequest, Fault
from tickets.model import Caller, UserKey
from tickets.ports import People


def agents_named(agent_id: str, caller: Caller) -> tuple[UserKey, UserKey]:
    """Who may be meant; agents in Discord go first."""
    return UserKey(UserKey.DISCORD, agent_id), UserKey(caller.key.issuer, agent_id)


async def agent_named(people: People, caller: Caller, agent_id: str) -> UserKey:
    """Who is meant, or BadRequest: staff that Guildesk has heard of, or the caller."""
    keys = agents_named(agent_id, caller)
    known = {**await people.people(keys), caller.key: caller.person}
    for key in keys:
        if key in known and known[key].role.is_staff:
            return key
    raise BadRequest([Fault(location="assignee", message="There is no such agent", type="unknown_agent")])
