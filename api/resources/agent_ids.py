"""Finds whom an agent's id means: an agent, or somebody of staff in Discord or of the caller's issuer."""

from api.door.errors import BadRequest, Fault
from tickets.model import Caller, Person, UserKey
from tickets.ports.agents import agent_called
from tickets.ports.store import Store


async def keys_of_agent(store: Store, caller: Caller, agent_id: str) -> frozenset[UserKey]:
    """Every key under which tickets may be assigned to them."""
    agent = agent_called(await store.agents.all(), agent_id, caller.key.issuer)
    return frozenset((*_may_be(agent_id, caller), *(agent.keys if agent else ())))


async def agent_named(store: Store, caller: Caller, agent_id: str) -> UserKey:
    """Who is meant, or BadRequest: an agent, somebody of staff whom Guildesk has heard of, or the caller."""
    agent = agent_called(await store.agents.all(), agent_id, caller.key.issuer)
    if agent is not None:
        return agent.key
    keys = _may_be(agent_id, caller)
    known = {**await store.people.people(keys), caller.key: caller.person}
    for key in keys:
        if key in known and _is_heard_of(known[key]):
            return key
    raise BadRequest([Fault(location="assignee", message="There is no such agent", type="unknown_agent")])


def _is_heard_of(person: Person) -> bool:
    """Of staff, not a service, and not only because somebody once made an agent of this name."""
    if person.is_service or not person.role.is_staff:
        return False
    return person.key.issuer == UserKey.DISCORD or person.email is not None


def _may_be(agent_id: str, caller: Caller) -> tuple[UserKey, UserKey]:
    """Agents in Discord go first."""
    return UserKey(UserKey.DISCORD, agent_id), UserKey(caller.key.issuer, agent_id)
