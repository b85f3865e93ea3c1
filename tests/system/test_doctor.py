"""The doctor names each fault, and nothing where nothing is wrong; what it makes, it removes."""

import asyncio
import json
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import discord
import pytest
from discord.gateway import DiscordWebSocket

from bot.checks.trying_out import NAME
from bot.program.doctor import examined_by
from chaos.forking import forked
from chaos.house import House, until
from config.env_writing import values_in, with_values
from demo.processes import free_port
from tests.system.empty_guild import emptied, guildesk, program, there

VIEW, SEND, FILES, WEBHOOKS, ADMINISTRATOR = 1 << 10, 1 << 11, 1 << 15, 1 << 29, 1 << 3
ALL_BUT_ADMINISTRATOR = (1 << 53) - 1 - ADMINISTRATOR


@pytest.fixture(autouse=True)
def discord_is_where_it_was() -> Iterator[None]:
    """The doctor works in this process."""
    before = discord.http.Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    yield
    discord.http.Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = before


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A guild in which set-up has made everything; its settings are in ``.env``."""
    async with aiohttp.ClientSession() as session:
        house = House(tmp_path, session)
        try:
            await house.start_sandbox()
            await emptied(house)
            port = str(free_port())
            more = {
                "WEB_SERVER_PORT": port,
                "PUBLIC_URL": f"http://127.0.0.1:{port}",
                "DATA_DIR": str(tmp_path / "store"),
            }
            given = [part for name, value in more.items() for part in ("--set", f"{name}={value}")]
            status, said = await guildesk(house, tmp_path, "setup", "--yes", "--development", *given)
            assert status == 0, said
            yield house
        finally:
            await house.stop()


async def found(house: House, **settings: str) -> list[str]:
    """The codes of what the doctor finds, with other settings than those of set-up."""
    file = house.data_dir / "other.env"
    file.write_text(with_values((house.data_dir / ".env").read_text(), {**api(house), **settings}))
    file.chmod(0o600)
    examined = await examined_by(file, lambda _: None)
    assert NAME not in [it["name"] for it in (await there(house))[0]]
    return sorted(it.code for it in examined.faults)


def api(house: House) -> dict[str, str]:
    return {"DISCORD_API_URL": house.discord["api_base"]}


def ids(house: House) -> dict[str, str]:
    return values_in((house.data_dir / ".env").read_text())


async def overwrite(
    house: House, channel: str, target: str, kind: int, allow: int = 0, deny: int = 0
) -> None:
    body = {"type": kind, "allow": str(allow), "deny": str(deny)}
    await house.somebody("olive").ask("PUT", f"/channels/{channel}/permissions/{target}", json=body)


async def test_nothing_is_wrong_in_a_guild_that_set_up_has_made(house: House) -> None:
    before = [it["id"] for it in (await there(house))[0]]

    assert await found(house) == []

    assert [it["id"] for it in (await there(house))[0]] == before
    assert await house.somebody("olive").read(ids(house)["TRANSCRIPT_CHANNEL_ID"]) == []
    assert not (house.data_dir / "store").exists()


async def test_every_wrong_id_is_named(house: House) -> None:
    elsewhere = await house.ask_sandbox("POST", "guilds", {"name": "Elsewhere"})
    lobby = house.discord["public_channel_id"]

    assert await found(
        house,
        GENERAL_TICKET_CATEGORY_ID=lobby,
        URGENT_TICKET_CATEGORY_ID=elsewhere["category"],
        CRITICAL_TICKET_CATEGORY_ID="999",
        SUPPORT_TEAM_ROLE_ID="998",
        DEVELOPER_ROLE_ID=elsewhere["role"],
        MANAGER_ROLE_ID=ids(house)["ADMIN_ROLE_ID"],
        BOARD_CHANNEL_ID="997",
        LOG_CHANNEL_ID=lobby,
        TRANSCRIPT_CHANNEL_ID="996",
        TRANSCRIPT_CHANNEL_TECHNICAL_ID="",
        TRANSCRIPT_CHANNEL_MANAGER_ID="",
    ) == [
        "category_elsewhere",
        "category_missing",
        "channel_missing",
        "channel_public",
        "not_a_category",
        "role_elsewhere",
        "role_missing",
        "roles_equal",
        "transcripts_missing",
    ]
    assert await found(
        house, SUPPORT_TEAM_ROLE_ID=house.discord["guild_id"], TRANSCRIPT_CHANNEL_ID=elsewhere["channel"]
    ) == ["role_is_everyone", "transcripts_elsewhere"]
    category = ids(house)["GENERAL_TICKET_CATEGORY_ID"]
    assert await found(house, TRANSCRIPT_CHANNEL_ID=category) == ["not_a_text_channel"]


async def test_every_wrong_permission_is_named(house: House) -> None:
    named, olive, guild = ids(house), house.somebody("olive"), house.discord["guild_id"]
    bot, everyone = house.discord["bot_id"], guild
    panel = next(it["id"] for it in (await there(house))[0] if it["name"] == "open-a-ticket")

    await house.ask_sandbox("PATCH", f"roles/{named['ADMIN_ROLE_ID']}", {"managed": True})
    await olive.ask(
        "PATCH",
        f"/guilds/{guild}/roles/{named['DEVELOPER_ROLE_ID']}",
        json={"permissions": str(ADMINISTRATOR)},
    )
    positions = [{"id": named["SUPPORT_TEAM_ROLE_ID"], "position": 9}]
    await olive.ask("PATCH", f"/guilds/{guild}/roles", json=positions)
    await overwrite(house, named["GENERAL_TICKET_CATEGORY_ID"], everyone, 0, allow=VIEW)
    await overwrite(house, named["URGENT_TICKET_CATEGORY_ID"], bot, 1, deny=VIEW)
    await overwrite(house, named["TRANSCRIPT_CHANNEL_ID"], everyone, 0, allow=VIEW)
    await overwrite(house, named["BOARD_CHANNEL_ID"], bot, 1, allow=VIEW, deny=SEND)
    await overwrite(house, panel, bot, 1, allow=VIEW, deny=SEND)

    assert await found(house) == [
        "category_closed",
        "category_public",
        "channel_closed",
        "panel_closed",
        "role_is_managed",
        "role_sees_all",
        "roles_out_of_order",
        "transcripts_public",
        "transcripts_read_by_more",
    ]


async def test_what_does_not_work_when_it_is_tried_is_named(house: House) -> None:
    named, bot = ids(house), house.discord["bot_id"]
    await overwrite(house, named["TRANSCRIPT_CHANNEL_ID"], bot, 1, allow=VIEW, deny=FILES)
    await house.fault(method="POST", path="/webhooks$", count=1, status=403, code=50013)
    await house.fault(method="GET", path="/commands", count=1, status=403, code=50001)

    assert await found(house) == ["commands_refused", "transcripts_closed", "trial_failed"]

    await house.portal(permissions=str(ALL_BUT_ADMINISTRATOR & ~WEBHOOKS))
    assert "permissions_missing" in await found(house)
    await house.portal(permissions=str(ADMINISTRATOR))
    assert await found(house) == ["bot_is_administrator"]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"privileged": []}, "intent_missing"),
        ({"in_guild": False}, "guild_missing"),
        ({"identifies": 960}, "sessions_spent"),
        ({"token": "another.one.by-reset"}, "token_refused"),
        ({}, "gateway_refuses"),
    ],
    ids=lambda it: it if isinstance(it, str) else "",
)
async def test_what_keeps_the_bot_away_is_named(house: House, wrong: dict[str, Any], code: str) -> None:
    if wrong:
        await house.portal(**wrong)
    else:
        await house.gateway("refuse", code=4013)

    assert await found(house) == [code]


async def test_a_discord_that_does_not_answer_is_named(house: House) -> None:
    await house.sandbox.stop()

    file = house.data_dir / ".env"
    examined = await examined_by(file, lambda _: None)

    assert [it.code for it in examined.faults] == ["discord_away"]


async def test_settings_that_are_wrong_are_named(house: House) -> None:
    (house.data_dir / "bad.toml").write_text("[nonsense]\n")

    assert await found(house, DESK_FILE=str(house.data_dir / "bad.toml"), GUILD_ID="none") == [
        "desk_file_wrong",
        "setting_wrong",
    ]


async def test_it_works_beside_guildesk_and_tells_programs(house: House) -> None:
    settings = ids(house)
    house.api_url = settings["PUBLIC_URL"]
    running = await forked(program(house, house.data_dir, "run"))
    try:
        await until(house.is_ready, 30)
        status, said = await guildesk(house, house.data_dir, "doctor", "--json")
    finally:
        running.send_signal(signal.SIGTERM)
        await running.wait()

    report = json.loads(said[said.index("{") :])  # behind what it says meanwhile where that takes long
    tried = {it["name"] for it in report["checks"] if it["skipped"] is None}
    assert (status, report["status"], [it for check in report["checks"] for it in check["faults"]]) == (
        0,
        0,
        [],
    )
    assert {"address", "channel_normal", "clock", "panels", "running", "store", "transcript"} <= tried
    sees = {it["place"]: [*it["sees"].values()] for it in report["who_sees"]}
    assert sees["tickets of MANAGER"] == [False, False, False, True, True]


async def test_ctrl_c_leaves_nothing_behind(house: House) -> None:
    await house.fault(method="POST", path="/webhooks$", count=1, delay=20.0, cut="before")
    doctor = await forked(program(house, house.data_dir, "doctor"))
    await until(lambda: _is_there(house, NAME), 30)

    doctor.send_signal(signal.SIGINT)

    async with asyncio.timeout(30):
        assert await doctor.wait() == 130
    assert not await _is_there(house, NAME)
    assert "Traceback" not in (house.data_dir / "doctor.log").read_text()


async def _is_there(house: House, name: str) -> bool:
    return name in [it["name"] for it in (await there(house))[0]]
