"""Finds the person for an agent's id: an agent, or staff in Discord or of the caller's issuer."""

from api.door.errors import BadRequest, Fault
from tickets.model import Caller, Person, UserKey, UserRole
from tickets.ports.agents import agent_called
from tickets.ports.store import Store


async def keys_of_agent(store: Store, caller: Caller, agent_id: str) -> frozenset[UserKey]:
    """Every key under which tickets may be assigned to them."""
    agent = agent_called(await store.agents.all(), agent_id, caller.key.issuer)
    return frozenset((*_may_be(agent_id, caller), *(agent.keys if agent else ())))


async def agent_named(store: Store, caller: Caller, agent_id: str) -> UserKey:
    """The person with this id, or BadRequest."""
    agent = await agent_found(store, caller, agent_id)
    if agent is None:
        fault = Fault(location="assignee", message="There is no such agent", type="unknown_agent")
        raise BadRequest([fault])
    return agent.key


async def agent_found(store: Store, caller: Caller, agent_id: str) -> Person | None:
    """The person with this id: an agent, staff whom Guildesk knows, or the caller."""
    agent = agent_called(await store.agents.all(), agent_id, caller.key.issuer)
    keys = _may_be(agent_id, caller) if agent is None else (agent.key,)
    known = {**await store.people.people(keys), caller.key: caller.person}
    if agent is not None:
        return known.get(agent.key) or Person(agent.key, agent.name, UserRole.AGENT)
    return next((known[it] for it in keys if it in known and _is_heard_of(known[it])), None)


def _is_heard_of(person: Person) -> bool:
    """Whether the person is staff and no service, and is known for more than a former agent of this id."""
    if person.is_service or not person.role.is_staff:
        return False
    return person.key.issuer == UserKey.DISCORD or person.email is not None


def _may_be(agent_id: str, caller: Caller) -> tuple[UserKey, UserKey]:
    """The keys that the id may stand for. Agents in Discord come first."""
    return UserKey(UserKey.DISCORD, agent_id), UserKey(caller.key.issuer, agent_id)
