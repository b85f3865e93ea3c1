"""Finds whom an agent's id means: an agent, or somebody of staff in Discord or of the caller's issuer."""

from api.door.errors import BadRequest, Fault
from tickets.model import Caller, Person, UserKey, UserRole
from tickets.ports.agents import agent_called
from tickets.ports.store import Store


async def keys_of_agent(store: Store, caller: Caller, agent_id: str) -> frozenset[UserKey]:
    """Every key under which tickets may be assigned to them."""
    agent = agent_called(await store.agents.all(), agent_id, caller.key.issuer)
    return frozenset((*_may_be(agent_id, caller), *(agent.keys if agent else ())))


async def agent_named(store: Store, caller: Caller, agent_id: str) -> UserKey:
    """Who is meant, or BadRequest."""
    agent = await agent_found(store, caller, agent_id)
    if agent is None:
        fault = Fault(location="assignee", message="There is no such agent", type="unknown_agent")
        raise BadRequest([fault])
    return agent.key


async def agent_found(store: Store, caller: Caller, agent_id: str) -> Person | None:
    """Who is meant: an agent, somebody of staff whom Guildesk has heard of, or the caller."""
    agent = agent_called(await store.agents.all(), agent_id, caller.key.issuer)
    keys = _may_be(agent_id, caller) if agent is None else (agent.key,)
    known = {**await store.people.people(keys), caller.key: caller.person}
    if agent is not None:
        return known.get(agent.key) or Person(agent.key, agent.name, UserRole.AGENT)
    return next((known[it] for it in keys if it in known and _is_heard_of(known[it])), None)


def _is_heard_of(person: Person) -> bool:
    """Of staff, not a service, and not only because somebody once made an agent of this name."""
    if person.is_service or not person.role.is_staff:
        return False
    return person.key.issuer == UserKey.DISCORD or person.email is not None


def _may_be(agent_id: str, caller: Caller) -> tuple[UserKey, UserKey]:
    """Agents in Discord go first."""
    return UserKey(UserKey.DISCORD, agent_id), UserKey(caller.key.issuer, agent_id)
