"""What handlers find in their application and in their request."""

from collections.abc import Callable
from enum import StrEnum

from aiohttp import web

from api.objects import Objects
from tickets.desks.agent_desk import AgentDesk
from tickets.desks.feedback_desk import FeedbackDesk
from tickets.desks.file_desk import FileDesk
from tickets.desks.report_desk import ReportDesk
from tickets.desks.staff_desk import StaffDesk
from tickets.desks.ticket_desk import Desk
from tickets.desks.user_desk import UserDesk
from tickets.file_urls import FileUrls
from tickets.ports.store import Clock, Store


class Role(StrEnum):
    """What this process does for Discord: it leads, it would take over, or it leaves that to others."""

    LEADER = "leader"
    FOLLOWER = "follower"
    API = "api"


DESK = web.AppKey("DESK", Desk)
AGENT_DESK = web.AppKey("AGENT_DESK", AgentDesk)
USER_DESK = web.AppKey("USER_DESK", UserDesk)
FILE_DESK = web.AppKey("FILE_DESK", FileDesk)
FEEDBACK_DESK = web.AppKey("FEEDBACK_DESK", FeedbackDesk)
REPORT_DESK = web.AppKey("REPORT_DESK", ReportDesk)
CLOCK: web.AppKey[Clock] = web.AppKey("CLOCK")
STAFF_DESK = web.AppKey("STAFF_DESK", StaffDesk)
STORE = web.AppKey("STORE", Store)
OBJECTS = web.AppKey("OBJECTS", Objects)
FILE_URLS = web.AppKey("FILE_URLS", FileUrls)
PUBLIC_URL = web.AppKey("PUBLIC_URL", str)
STANDING_FAULTS: web.AppKey[Callable[[], list[str]]] = web.AppKey("STANDING_FAULTS")
DISCORD_FAULT: web.AppKey[Callable[[], str | None]] = web.AppKey("DISCORD_FAULT")
ROLE: web.AppKey[Callable[[], Role]] = web.AppKey("ROLE")
