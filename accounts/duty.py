"""Whoever has an AGENT account is an agent on duty."""

from dataclasses import replace

from tickets.model import SupportRole, UserRole
from tickets.ports.accounts import Account
from tickets.ports.agents import Agent, agent_with
from tickets.ports.store import Store


async def put_on_duty(store: Store, account: Account) -> None:
    """Make the account an agent on duty if its role is AGENT, and end that if it is not. Support roles that
    an admin gave stay."""
    agents = store.agents
    agent = agent_with(await agents.all(), account.key)
    works = account.role is UserRole.AGENT and not account.disabled
    if agent is None and works:
        roles = (SupportRole.GENERAL,)
        await store.people.remember(account.person)
        await agents.add(Agent(key=account.key, name=account.username, support_roles=roles, on_duty=True))
    elif agent is not None and agent.on_duty != works:
        await agents.change(agent.key, lambda now: replace(now, on_duty=works))
