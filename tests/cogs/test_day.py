"""A day of a desk, from two tickets in the morning to a rating in the evening, with a clock that is moved."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from simcord import ChannelHandle

from tests.api.stage import TICKETS, Clock, Stage
from tests.cogs.counter import all_shown, open_at, say, told, with_panel
from tests.office import Office, office
from tests.waiting import until
from tickets.model import IssueLevel, Status, SupportRole, Ticket
from tickets.targets import Target, Terms
from tickets.timekeeping import Patience

MINUTE, HOUR = 60_000, 3_600_000
PATIENCE = Patience(before_reminder=24 * HOUR, before_closing=48 * HOUR)
AGREED = Terms(Target(8 * HOUR, 12 * HOUR), warn_before=HOUR, raises_level=True)


@dataclass
class Day:
    """An office and its API, and the clock of both."""

    office: Office
    api: Stage
    clock: Clock

    async def pass_by(self, hours: float) -> None:
        """Time passes, for Discord too; what was to happen meanwhile happens."""
        self.clock.ahead += hours * 3600
        self.office.env.backend.clock.elapsed += hours * 3600
        for number in ("1", "2"):
            if (ticket := await self.office.store.views.ticket_at(number)) is not None:
                for opened in await self.office.store.log.events(ticket.id, upto=1):
                    self.office.store.bell.ring(opened, ticket.requester)

    async def ticket(self, number: int) -> Ticket:
        found = await self.office.store.views.ticket_at(str(number))
        assert found is not None
        return found

    async def until_status(self, number: int, status: Status) -> None:
        async def look() -> bool:
            return (await self.ticket(number)).status is status

        await until(look)
        await all_shown(self.office)

    def lines(self, channel: ChannelHandle) -> list[str]:
        return [it["content"] for it in self.office.ever_posted(channel)]

    async def says(self, who: str, channel: ChannelHandle, command: str, **options: str) -> str:
        """What somebody of staff is told who uses a command."""
        answer = told(await self.office.people[who].slash(channel, command, **options))
        await all_shown(self.office)
        return answer


@asynccontextmanager
async def day(folder: Path) -> AsyncIterator[Day]:
    clock = Clock()
    async with office(folder, terms=lambda *_: AGREED, patience=PATIENCE, clock=clock) as desk_office:
        stage = Stage(desk_office.store, clock)
        stage.desk = desk_office.desk
        async with stage.open(rate_limits=False):
            yield Day(desk_office, stage, clock)


async def test_a_day_of_a_desk(tmp_path: Path) -> None:
    async with day(tmp_path) as it:
        agents, member = it.office.people, it.office.people["outsider"]
        lobby = it.office.lobby
        form = await agents["general"].slash(lobby, "canned new")
        await agents["general"].submit_modal(
            form, {"name": "plug", "content": "Hello {name}, is it plugged in?"}
        )
        await with_panel(it.office)

        # In the morning one ticket comes from the app, and one from the panel.
        urgent = {"topic": "No light", "description": "All is dark.", "issue_level": "URGENT"}
        opened = await it.api.ask("POST", TICKETS, "ann", json=urgent)
        ann = f"{TICKETS}/{opened.json['id']}"
        _, second, thread = await open_at(it.office, member)
        first = it.office.guild.channels["ticket-0001"]

        # The first of the queue is taken next, and answered with a canned text.
        taken = await it.says("general", lobby, "next")
        looked_at = await agents["general"].slash(first, "canned send", name="plug")
        assert looked_at.response is not None
        await agents["general"].click(looked_at.response, label="Send")
        await all_shown(it.office)
        heard = await it.api.messages(opened.json["id"])
        assert taken.startswith("This is yours now:\n**#1** ")
        assert [message["content"] for message in heard] == ["Hello Ann, is it plugged in?"]
        await it.api.posted(opened.json["id"], "It is. Still dark.")

        # It needs somebody else.
        await it.says("general", first, "escalate", note="Not the plug")
        escalated = await it.ticket(1)
        await it.says("technical", first, "claim")
        assert (escalated.support_role, escalated.assignee) == (SupportRole.TECHNICAL, None)

        # It waits for a part until the afternoon; meanwhile nobody sees it in the queue.
        await it.says("technical", first, "snooze", time="5h")
        queue = await it.says("admin", lobby, "queue")
        assert "#1" not in queue
        assert "#2" in queue
        await it.pass_by(5.1)

        async def is_taken_up() -> bool:
            return (await it.ticket(1)).snoozed_until is None

        await until(is_taken_up)

        # Nobody has answered the second one: first a warning, then the next role up.
        await it.pass_by(2.2)
        await until(lambda: any(line.startswith("⏳") for line in it.lines(second)))
        await it.pass_by(1.0)

        async def is_raised() -> bool:
            return (await it.ticket(2)).issue_level is IssueLevel.URGENT

        await until(is_raised)
        technical = it.office.guild_map.roles[SupportRole.TECHNICAL]
        assert [line for line in it.lines(second) if line.startswith(f"<@&{technical}> ⏰")]
        assert not [line for line in it.lines(first) if "⏳" in line or "⏰" in line]

        # Both get an answer. One requester is asked whether it is done; the other says nothing more.
        await say(it.office, agents["technical"], first, "I have sent you a new lamp.")
        await say(it.office, agents["general"], second, "Does it hurt here?")
        await it.says("technical", first, "ask-close")
        agreed = await it.api.ask("POST", f"{ann}/ask-close/answer", "ann", json={"accept": True})
        await it.until_status(1, Status.RESOLVED)
        assert agreed.json["status"] == "RESOLVED"
        await it.pass_by(24.5)
        await until(lambda: any("We have not heard from you" in line for line in it.lines(second)))
        await it.pass_by(24.0)
        await it.until_status(2, Status.RESOLVED)
        assert it.lines(second)[-1].startswith(
            "Closed as Resolved by Guildesk: There was no answer for 2 days."
        )

        # The first one is not done after all.
        again = await it.api.ask("PATCH", ann, "ann", json={"status": "OPEN"})
        await it.api.posted(opened.json["id"], "Dark again.")
        await all_shown(it.office)
        assert again.json["status"] == "OPEN"
        channel = it.office.guild.channels["ticket-0001"]
        assert it.office.ever_said_by_requesters(channel)[-1].endswith("Dark again.")
        await say(it.office, agents["technical"], channel, "This one will last.")
        await it.says("technical", channel, "close", outcome="RESOLVED")

        # And both requesters say how it was.
        given = await it.api.ask("POST", f"{ann}/feedback", "ann", json={"rating": 5})
        closing = next(message for message in reversed(thread.history()) if message.components)
        stars = await member.click(closing, label="4 ⭐")
        await member.submit_modal(stars, {"comment": "Slow, but kind"})
        rated = [(await it.ticket(number)).feedback for number in (1, 2)]
        assert given.status == 201
        assert [(feedback.rating, feedback.comment) for feedback in rated if feedback] == [
            (5, None),
            (4, "Slow, but kind"),
        ]
