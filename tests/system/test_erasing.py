"""Erasing over real sockets: channels, transcripts, files, store, while Guildesk runs and is killed."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from chaos.house import House, housed, until
from tests.system.test_restore import guildesk
from tests.system.test_staff_channels import staffed

__all__ = ["staffed"]

NAMES = (b"zebra", b"Casey", b"casey@", b'"casey"', b"default casey")


def told_in(folder: Path) -> list[str]:
    """The files that tell of Casey, but for the log and what the sandbox writes down of all calls."""
    files = [
        path for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix not in (".log", ".state")
    ]
    return [path.name for path in files if any(name in path.read_bytes() for name in NAMES)]


async def discord_tells(house: House) -> list[str]:
    """The channels in which an admin can read anything of Casey's."""
    olive = house.somebody("olive")
    found = []
    for channel in await olive.ask("GET", f"/guilds/{house.discord['guild_id']}/channels"):
        told = str(channel)
        if channel["type"] == 0:
            told += str(await olive.read(channel["id"]))
        if "zebra" in told or "Casey" in told:
            found.append(str(channel["name"]))
    return found


async def lived(house: House) -> tuple[dict[str, Any], dict[str, Any], str]:
    """A closed ticket of Casey's whose transcript is filed, and an open one with its channel."""
    casey, ada = house.customer(), house.somebody("ada")
    closed = await casey.open(topic="zebra one", description="The zebra is ill")
    first = await house.channel_of(closed)
    await ada.write(first, "which zebra, Casey?")
    await ada.write(first, "// zebra, again")
    await until(lambda: house.has_seen_everything(first))
    await ada.command(house.discord["guild_id"], first, "close")
    await until(lambda: house.is_removed(first))
    opened = await casey.open(topic="zebra two", description="Another zebra")
    second = await house.channel_of(opened)
    await casey.upload(b"zebra")
    await ada.write(second, "no more zebra")
    await until(lambda: house.has_seen_everything(second))
    return closed, opened, second


async def test_nothing_tells_of_them_any_more_on_either_side(tmp_path: Path) -> None:
    async with housed(tmp_path, RATE_LIMITS="off", CLOSE_GRACE="0") as house:
        closed, opened, channel = await lived(house)
        assert told_in(house.store_file.parent)
        transcripts = house.discord["transcript_channel_id"]
        assert closed["id"] in str(await house.somebody("olive").read(transcripts))
        assert "ticket-0002" in await discord_tells(house)

        printed = await guildesk(house, "erase", "casey", "--yes")

        assert ": done" in printed, printed
        assert "tickets: 2" in printed
        assert await house.is_removed(channel)
        assert await discord_tells(house) == []
        assert closed["id"] not in str(await house.somebody("olive").read(transcripts))
        assert told_in(house.store_file.parent) == []
        status, _ = await house.agent().ask("GET", f"/tickets/{opened['id']}")
        assert status == 200
        assert "All is as the log makes it" in await guildesk(house, "verify")


@pytest.mark.slow
async def test_killed_while_it_erases_it_ends_after_the_next_start(tmp_path: Path) -> None:
    async with housed(tmp_path, RATE_LIMITS="off", CLOSE_GRACE="0") as house:
        _, _, channel = await lived(house)

        erasing = asyncio.create_task(guildesk(house, "erase", "casey", "--yes"))
        await until(lambda: _is_asked_for(house))
        await house.kill_guildesk()
        await house.start_guildesk()
        await erasing

        async def is_gone() -> bool:
            return await house.is_removed(channel) and await discord_tells(house) == []

        await until(is_gone, 40)
        await until(lambda: _is_done(house), 40)
        assert told_in(house.store_file.parent) == []


async def log_lines(house: House) -> list[str]:
    """What staff reads in the log channel now."""
    return [it["content"] for it in await house.somebody("olive").read(house.settings["LOG_CHANNEL_ID"])]


async def worked_on(house: House, who: str) -> dict[str, Any]:
    """A ticket of Casey's that somebody of staff has claimed, answered and closed."""
    ticket = await house.customer().open()
    channel, agent, guild = await house.channel_of(ticket), house.somebody(who), house.discord["guild_id"]
    await agent.command(guild, channel, "claim")
    await agent.write(channel, "Two drops of oil")
    await until(lambda: house.has_seen_everything(channel))
    await agent.command(guild, channel, "close")
    await until(lambda: _is_logged(house, f"The channel was removed, as {who} closed this ticket."))
    return ticket


async def test_posts_that_name_somebody_of_staff_go_and_what_names_others_stays(staffed: House) -> None:
    await staffed.start_guildesk()
    hers, his = await worked_on(staffed, "ada"), await worked_on(staffed, "alice")
    ada, transcripts = staffed.somebody("ada").id, staffed.discord["transcript_channel_id"]
    before = await log_lines(staffed)
    assert sum("ada " in it for it in before) == 3  # claimed, closed, and why the channel was removed
    assert hers["id"] in str(await staffed.somebody("olive").read(transcripts))

    printed = await guildesk(staffed, "erase", ada, "--yes")

    assert ": done" in printed, printed
    assert await log_lines(staffed) == [it for it in before if "ada " not in it]
    filed = str(await staffed.somebody("olive").read(transcripts))
    assert hers["id"] not in filed
    assert his["id"] in filed
    assert await staffed.customer().messages(hers) != []
    assert "All is as the log makes it" in await guildesk(staffed, "verify")


async def _is_logged(house: House, line: str) -> bool:
    return any(line in it for it in await log_lines(house))


async def _is_asked_for(house: House) -> bool:
    return bool(house._stored("SELECT 1 FROM erasures"))


async def _is_done(house: House) -> bool:
    return bool(house._stored("SELECT 1 FROM erasures WHERE done"))
