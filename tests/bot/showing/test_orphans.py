"""Which channels belong to no ticket."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bot.showing.channel_marks import Marks
from bot.showing.orphans import Orphan, Orphans
from tests.office import GUILD, Office
from tickets.ports.channels import Channel


async def orphans_in(office: Office) -> list[Orphan]:
    guild = office.client.get_guild(GUILD)
    assert guild is not None
    finder = Orphans(office.store, office.guild_map, Marks(office.store.deployment.id))
    return await finder.among(guild.channels, guild.me.id)


def asked_too_early(office: Office, then: Callable[[], Awaitable[object]]) -> Callable[[int], Any]:
    """The store's answer from just before the channel was recorded, and what happens next."""

    async def at(_: int) -> Channel | None:
        await then()
        return None

    return at


@pytest.mark.parametrize("ends", [False, True])
async def test_a_channel_that_is_recorded_while_it_is_looked_at_is_its_tickets(
    desk_office: Office, monkeypatch: pytest.MonkeyPatch, ends: bool
) -> None:
    ticket, _ = await desk_office.open()

    async def meanwhile() -> None:
        if ends and not (await desk_office.fresh(ticket)).is_closed:
            await desk_office.desk.close(desk_office.caller("admin"), ticket.id)

    monkeypatch.setattr(desk_office.store.channels, "at", asked_too_early(desk_office, meanwhile))

    assert await orphans_in(desk_office) == []
