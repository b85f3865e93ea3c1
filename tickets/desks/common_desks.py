"""The desks that people use both over the API and in Discord, built in one place for both."""

from dataclasses import dataclass, fields
from typing import Any

from tickets.desks.agent_desk import AgentDesk
from tickets.desks.canned_desk import CannedDesk
from tickets.desks.feedback_desk import FeedbackDesk
from tickets.desks.label_desk import LabelDesk
from tickets.desks.link_desk import LinkDesk
from tickets.desks.merge_desk import MergeDesk
from tickets.desks.part_desk import PartDesk
from tickets.desks.routing_desk import RoutingDesk
from tickets.desks.staff_desk import StaffDesk
from tickets.desks.ticket_desk import Desk
from tickets.desks.time_desk import TimeDesk
from tickets.desks.user_desk import UserDesk
from tickets.ports.store import Clock, Store
from tickets.staff_names import StaffNames


@dataclass(frozen=True, slots=True, kw_only=True)
class CommonDesks:
    """Handlers and actions find these desks under the same names."""

    agents: AgentDesk
    routing: RoutingDesk
    times: TimeDesk
    canned: CannedDesk
    labels: LabelDesk
    merging: MergeDesk
    links: LinkDesk
    parts: PartDesk
    feedback: FeedbackDesk
    users: UserDesk

    def common(self) -> dict[str, Any]:
        """All of these desks by name, for objects that have further desks."""
        return {it.name: getattr(self, it.name) for it in fields(CommonDesks)}


def common_desks(desk: Desk, store: Store, clock: Clock, staff_names: StaffNames | None) -> CommonDesks:
    agents = AgentDesk(desk, store)
    return CommonDesks(
        agents=agents,
        routing=RoutingDesk(desk, StaffDesk(desk, store), agents, store),
        times=TimeDesk(desk, clock),
        canned=CannedDesk(desk, store, clock, staff_names),
        labels=LabelDesk(desk, store),
        merging=MergeDesk(desk, store),
        links=LinkDesk(desk, store),
        parts=PartDesk(desk, store),
        feedback=FeedbackDesk(desk, store),
        users=UserDesk(desk, store),
    )
