"""After a restore: channels that the store does not know are told of, closed to writing, removed or kept."""

import asyncio
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from chaos.house import SECRET, House, housed, until
from demo.start import settings_for
from tests import forked_commands


async def guildesk(house: House, *arguments: str) -> str:
    """What the command line prints."""
    settings = settings_for(house.discord, SECRET, house.api_port, house.data_dir) | house.settings
    done = await asyncio.to_thread(forked_commands.guildesk, [*arguments, "--no-env-file"], settings)
    return done.stdout + done.stderr


async def admins_know(house: House, channel: str) -> bool:
    notices = await house.somebody("olive").read(house.discord["transcript_channel_id"])
    return any("The store does not know" in it["content"] and channel in it["content"] for it in notices)


async def is_told_last(house: House, channel: str, words: str) -> bool:
    return words in (await house.somebody("ada").read(channel))[-1]["content"]


async def may_write(house: House, channel: str, who: str = "alice") -> bool:
    try:
        await house.somebody(who).write(channel, "May I?")
    except aiohttp.ClientResponseError as refused:
        return refused.status != 403
    return True


async def is_listed(house: House, channel: str) -> bool:
    async with house.session.get(f"{house.api_url}/readyz") as answer:
        return channel in str((await answer.json())["faults"])


async def is_listed_no_more(house: House, channel: str) -> bool:
    return not await is_listed(house, channel)


async def restored(house: House, *, to: str) -> tuple[str, str]:
    """The channels of a ticket that the back-up knows, and of one that it does not know."""
    assert house.guildesk is not None
    casey, backup = house.customer(), house.data_dir / "backup.tar"
    channel = await house.channel_of(await casey.open())
    await until(partial(house.has_seen_everything, channel))
    assert "1 tickets" in await guildesk(house, "backup", str(backup))
    lost = await house.channel_of(await casey.open())
    await house.somebody("ada").write(lost, "We are on it")

    await house.guildesk.stop()
    folder = house.store_file.parent
    if to == "a back-up":
        assert "1 tickets" in await guildesk(house, "restore", str(backup), "--replace")
    else:
        for file in folder.glob("guildesk.sqlite3*"):
            file.unlink()
    await house.start_guildesk()
    return channel, lost


@pytest.fixture
async def house_apart(tmp_path: Path) -> Any:
    """Its store has a folder of its own."""
    store = tmp_path / "store"
    store.mkdir(mode=0o700)
    async with housed(tmp_path, RATE_LIMITS="off", CLOSE_GRACE="1", DATA_DIR=str(store)) as opened:
        yield opened


@pytest.mark.parametrize("to", ["a back-up", "nothing"])
async def test_a_channel_that_the_store_does_not_know_is_told_closed_and_removed(
    house_apart: House, to: str
) -> None:
    house, casey = house_apart, house_apart.customer()
    channel, lost = await restored(house, to=to)

    await until(partial(admins_know, house, lost))
    await until(partial(is_listed, house, lost))
    assert not await may_write(house, lost)
    await until(partial(is_told_last, house, lost, "closed to writing"))
    same_number = await casey.open()

    assert f"{house.discord['public_channel_id']} is no channel" in await guildesk(
        house, "remove", house.discord["public_channel_id"]
    )
    assert f"({lost})" in await guildesk(house, "remove", lost)
    await until(partial(is_listed_no_more, house, lost))
    there = {it["id"] for it in await house.channels()}
    assert lost not in there
    assert {house.discord["public_channel_id"], channel} <= there
    if to == "a back-up":
        assert same_number["number"] == 2
        assert await may_write(house, await house.channel_of(same_number))
        assert await may_write(house, channel)
        assert "There is no channel" in await guildesk(house, "remove", "--all")


async def test_what_an_operator_keeps_is_an_ordinary_channel(house_apart: House) -> None:
    house = house_apart
    channel, lost = await restored(house, to="a back-up")
    await until(partial(admins_know, house, lost))

    await house.fault(method="PATCH", path=f"/channels/{lost}$", status=200, says={})
    assert "does not say what it should" in await guildesk(house, "adopt", "--all")
    assert f"({lost})" in await guildesk(house, "adopt", "--all")

    await until(partial(is_listed_no_more, house, lost))
    (kept,) = [it for it in await house.channels() if it["id"] == lost]
    assert kept["name"].startswith("kept-ticket-")
    assert await may_write(house, lost)
    assert await may_write(house, channel)
    assert "There is no channel" in await guildesk(house, "remove", "--all")
