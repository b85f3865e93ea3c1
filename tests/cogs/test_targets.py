"""Targets in Discord: the channel is told in time, and the next role up is pinged when one was missed."""

from pathlib import Path

import pytest

from bot.showing.pings import WantedPings
from tests.cards import card_in, read
from tests.office import office
from tests.waiting import until
from tickets.events import SlaChanged
from tickets.model import IssueLevel, SupportRole
from tickets.targets import SlaState, Target, Terms
from tickets.timekeeping import Patience

PATIENCE = Patience()
SOON = Terms(Target(2_000, None), warn_before=1_900, raises_level=True)


@pytest.mark.parametrize("is_wanted", [True, False])
@pytest.mark.parametrize(
    ("asked", "pinged"),
    [(SupportRole.GENERAL, SupportRole.TECHNICAL), (SupportRole.ADMIN, SupportRole.ADMIN)],
)
async def test_a_warning_alerts_nobody_and_a_missed_target_the_next_role_up(
    tmp_path: Path, asked: SupportRole, pinged: SupportRole, is_wanted: bool
) -> None:
    wanted = WantedPings(missed=is_wanted)
    async with office(
        tmp_path, terms=lambda *_: SOON, patience=PATIENCE, pings=lambda: wanted
    ) as desk_office:
        ticket, channel = await desk_office.open(support_role=asked)

        async def is_raised() -> bool:
            return (await desk_office.fresh(ticket)).issue_level is IssueLevel.URGENT

        await until(is_raised)
        await desk_office.shown()

        told = [it for it in await desk_office.store.log.events(ticket.id) if isinstance(it.data, SlaChanged)]
        lines = [it for it in desk_office.ever_posted(channel) if "first answer" in it["content"]]
        assert len(told) == len(lines) == 2
        assert lines[0]["content"].startswith("⏳ The first answer is due <t:")
        role = desk_office.guild_map.roles[pinged]
        mention = f"<@&{role}> " if is_wanted else ""
        assert lines[1]["content"].startswith(f"{mention}⏰ The first answer is late: it was due <t:")
        moved = [it["content"] for it in desk_office.ever_posted(channel)][-1]
        assert moved == "Guildesk set the level from Normal to Urgent."


async def test_lists_say_what_is_late(tmp_path: Path) -> None:
    missed = Terms(Target(500, None))
    async with office(tmp_path, terms=lambda *_: missed, patience=PATIENCE) as desk_office:
        ticket, _ = await desk_office.open()

        async def is_missed() -> bool:
            sla = (await desk_office.fresh(ticket)).sla
            return sla is not None and sla.state is SlaState.BREACHED

        await until(is_missed)
        queue = await desk_office.people["general"].slash(desk_office.transcripts, "queue")

        assert queue.response is not None
        assert queue.response.content.splitlines()[1].endswith(" · ⏰ late")


async def test_the_card_says_what_is_due_and_what_stands_still(tmp_path: Path) -> None:
    agreed = Terms(Target(4 * 3_600_000, 8 * 3_600_000))
    async with office(tmp_path, terms=lambda *_: agreed, patience=PATIENCE) as desk_office:
        ticket, channel = await desk_office.open()
        opened_at = ticket.created_at // 1000
        fresh = read(card_in(channel))

        await desk_office.by_hand(desk_office.people["general"].send(channel, "Is it plugged in?"))

        async def is_paused() -> bool:
            return "Resolution: the clock stands still" in read(card_in(channel))

        await until(is_paused)

        assert f"First answer due <t:{opened_at + 4 * 3600}:R>" in fresh
        assert f"Resolution due <t:{opened_at + 8 * 3600}:R>" in fresh
        assert "First answer" not in read(card_in(channel))
