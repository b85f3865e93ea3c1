"""The agents: who is on duty, and how many tickets each has."""

from collections.abc import Mapping
from typing import Final

from aiohttp import web

from api.desks import DESKS
from pages.desk.acting import acts, facts_of
from pages.desk.tickets import name_of
from pages.frame.page import render
from pages.frame.sign_in import Visitor
from texts.text import Text
from tickets.desks.agent_desk import AgentChanges
from tickets.model import SupportRole
from tickets.ports.agents import agent_with

LIST: Final = "/desk/agents"


async def show_agents(
    request: web.Request, visitor: Visitor, *, problem: Text | None = None, status: int = 200
) -> web.Response:
    desks = request.app[DESKS]
    agents = await desks.agents.agents(visitor.caller)
    own = agent_with([it.agent for it in agents], visitor.caller.key)
    return render(
        request,
        "desk/agents.html.jinja",
        status=status,
        **facts_of(request, visitor, "agents", problem),
        agents=sorted(agents, key=lambda it: (not it.agent.on_duty, it.agent.name.casefold())),
        own=own,
        capacity=desks.tickets.rules.agent_capacity,
        roles=list(SupportRole),
        name=name_of,
    )


@acts(show_agents)
async def go(request: web.Request, visitor: Visitor, form: Mapping[str, str]) -> str:
    """``POST /desk/agents``: on or off duty, oneself."""
    desks, caller = request.app[DESKS], visitor.caller
    own = agent_with([it.agent for it in await desks.agents.agents(caller)], caller.key)
    roles = own.support_roles if own is not None else ()
    await desks.agents.go(caller, on_duty=form.get("duty") == "on", support_roles=roles)
    return f"{LIST}?done=1"


@acts(show_agents)
async def change_agent(request: web.Request, visitor: Visitor, form: Mapping[str, str]) -> str:
    """``POST /desk/agents/{agent}``: an admin says what they may be given."""
    agents, agent = request.app[DESKS].agents, request.match_info["agent"]
    if form.get("do") == "remove":
        await agents.remove(visitor.caller, agent)
        return f"{LIST}?done=1"
    given = form.get("capacity", "").strip()
    changes = AgentChanges(
        on_duty="duty" in form,
        support_roles=tuple(it for it in SupportRole if f"role-{it}" in form),
        capacity=max(1, min(int(given), 10_000)) if given.isdecimal() and len(given) < 6 else None,
        sets_capacity=True,
    )
    await agents.agent(visitor.caller, agent)  # pages make no new ones
    await agents.put(visitor.caller, agent, changes)
    return f"{LIST}?done=1"
