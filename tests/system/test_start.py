"""Starting, stopping and the command line, as an operator meets them."""

import asyncio
import json
import os
import signal
import stat
import sys
from pathlib import Path

import jwt
import pytest

from chaos.house import SECRET, House, until
from demo.start import settings_for
from tests import forked_commands

ROOT = Path(__file__).parents[2]


async def guildesk(*arguments: str, **environment: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of the command with these settings."""
    done = await asyncio.to_thread(forked_commands.guildesk, arguments, environment)
    return done.returncode, done.stdout, done.stderr


async def guildesk_from_scratch(*arguments: str, **environment: str) -> tuple[int, str, str]:
    """The same by an interpreter of its own, with this environment alone."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot", *arguments),
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, errors = await asyncio.wait_for(process.communicate(), 90)
    return process.returncode or 0, output.decode(), errors.decode()


async def test_every_missing_or_wrong_setting_has_a_line_of_its_own() -> None:
    code, _, errors = await guildesk(
        "run", "--no-env-file", JWT_SECRET_KEY="swordfish", GUILD_ID="my guild", WEB_SERVER_PORT="70000"
    )

    lines = {line.split(":")[0].strip() for line in errors.splitlines()[1:]}
    assert code == 1
    assert {"GUILD_ID", "WEB_SERVER_PORT", "DISCORD_BOT_TOKEN", "ADMIN_ROLE_ID"} <= lines
    assert "swordfish" not in errors
    assert "Traceback" not in errors


async def test_a_short_secret_is_refused_in_production(tmp_path: Path) -> None:
    environment = _environment(tmp_path) | {"SERVER_MODE": "PRODUCTION", "JWT_SECRET_KEY": "swordfish"}

    code, _, errors = await guildesk("run", "--no-env-file", **environment)

    assert code == 1
    assert "JWT_SECRET_KEY: is shorter than 32 bytes" in errors
    assert "swordfish" not in errors


async def test_a_port_in_use_is_named_with_its_cure(house: House, tmp_path: Path) -> None:
    environment = _environment(tmp_path / "other") | {"WEB_SERVER_PORT": str(house.api_port)}

    code, _, errors = await guildesk("run", "--no-env-file", **environment)

    assert code == 1
    assert "cannot listen on 127.0.0.1" in errors
    assert "WEB_SERVER_PORT" in errors
    assert "Traceback" not in errors


async def test_the_start_names_the_store(house: House) -> None:
    log = (house.data_dir / "guildesk.log").read_text()

    assert "the store is SQLite" in log


async def test_nobody_else_reads_what_the_program_keeps(house: House) -> None:
    kept = [it for it in house.data_dir.rglob("*") if "sqlite3" in it.name]

    assert {"guildesk.sqlite3", "whispers.sqlite3"} <= {it.name for it in kept}
    assert [it.name for it in kept if it.stat().st_mode & 0o077] == []


async def test_a_minted_token_is_good(tmp_path: Path) -> None:
    code, output, _ = await guildesk("token", "--no-env-file", "--id", "u1", **_environment(tmp_path))

    claims = jwt.decode(output.strip(), SECRET, algorithms=["HS256"])
    assert code == 0
    assert (claims["id"], claims["role"]) == ("u1", "CUSTOMER")


async def test_the_demo_plays_the_main_job(tmp_path: Path) -> None:
    code, output, errors = await guildesk_from_scratch("demo", "--play", CLOSE_GRACE="2")

    assert code == 0, output + errors
    assert "All of it held." in output


async def test_the_demo_names_a_port_in_use_and_what_to_do(house: House) -> None:
    code, _, errors = await guildesk("demo", "--play", "--api-port", str(house.api_port))

    assert code == 1
    assert errors.strip() == (
        f"The demo cannot start: port {house.api_port} of 127.0.0.1 is in use; "
        "choose another with --api-port, or none for any free"
    )


async def test_a_token_needs_the_secret_and_no_other_setting() -> None:
    code, output, _ = await guildesk("token", "--no-env-file", JWT_SECRET_KEY=SECRET)

    assert code == 0
    assert jwt.decode(output.strip(), SECRET, algorithms=["HS256"])["role"] == "CUSTOMER"


async def test_all_faults_are_told_at_once_and_a_missing_file_by_name(tmp_path: Path) -> None:
    _, _, errors = await guildesk("run", "--no-env-file", GUILD_ID="x", JWT_SECRET_KEY="short", DB_NAME="d")
    _, _, missing = await guildesk("run", "--env-file", str(tmp_path / "nope"))

    for line in (
        "GUILD_ID",
        "JWT_SECRET_KEY: is shorter",
        "DB_NAME: is set without",
        "PUBLIC_URL: is missing",
    ):
        assert line in errors
    assert "there is no such file" in missing
    assert "GUILD_ID" not in missing


@pytest.mark.slow
async def test_the_demo_says_where_everything_is_starts_what_was_killed_and_leaves_nothing_running(
    tmp_path: Path,
) -> None:
    info_file = tmp_path / "info.json"
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot", "demo", "--info", str(info_file), "--data-dir", str(tmp_path / "data")),
        cwd=ROOT,
        stdout=asyncio.subprocess.DEVNULL,
    )
    try:
        await until(lambda: _exists(info_file), 60)
        info = json.loads(info_file.read_text())
        killed = info["pids"]["guildesk"]

        os.kill(killed, signal.SIGKILL)

        await until(lambda: _pid_changed(info_file, killed), 60)
        again = json.loads(info_file.read_text())
    finally:
        process.send_signal(signal.SIGINT)
        code = await asyncio.wait_for(process.wait(), 60)

    assert code == 0
    assert set(info["categories"]) == {"general", "urgent", "critical"}
    assert set(info["roles"]) == {"support_team", "developer", "manager", "admin"}
    assert {"id", "token", "roles"} <= set(info["people"]["alice"])
    assert any(person["roles"] == [] for person in info["people"].values())
    assert stat.S_IMODE(info_file.stat().st_mode) == 0o600
    for pid in (*info["pids"].values(), *again["pids"].values()):
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


@pytest.mark.parametrize(
    ("command", "moment"),
    [
        (("run", "--no-env-file"), "aiohttp"),
        pytest.param(("demo",), "discord.ext.commands", marks=pytest.mark.slow),
        pytest.param(("run", "--no-env-file"), "bot.program.app", marks=pytest.mark.slow),
    ],
)
async def test_ctrl_c_while_it_is_still_being_imported_ends_it_without_a_traceback(
    command: tuple[str, ...], moment: str
) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-X", "importtime", "-m", "bot", *command),
        cwd=ROOT,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr is not None
    async for line in process.stderr:
        if line.decode().rpartition("|")[2].strip() == moment:
            break
    process.send_signal(signal.SIGINT)
    rest = (await process.stderr.read()).decode()

    assert "Traceback" not in rest
    assert await asyncio.wait_for(process.wait(), 15) in (0, 1, 130)


@pytest.mark.slow
async def test_ctrl_c_while_the_demo_starts_its_programs_ends_them(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot", "demo", "--data-dir", str(tmp_path)),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    await until(lambda: _exists(tmp_path / "guildesk.log"))
    process.send_signal(signal.SIGINT)
    output, errors = await asyncio.wait_for(process.communicate(), 30)

    assert process.returncode == 0
    assert output.decode().endswith("stopping …\n")
    assert errors == b""


def _environment(data_dir: Path) -> dict[str, str]:
    discord = {
        "api_base": "http://127.0.0.1:9/api/v10",
        "bot_token": "none",
        "guild_id": "1",
        "transcript_channel_id": "2",
        "transcript_channels": {"developer": "10", "manager": "11", "admin": "12"},
        "categories": {"general": "3", "urgent": "4", "critical": "5"},
        "roles": {"support_team": "6", "developer": "7", "manager": "8", "admin": "9"},
    }
    return settings_for(discord, SECRET, 0, data_dir)


async def _exists(file: Path) -> bool:
    return file.exists()


async def _pid_changed(info_file: Path, before: int) -> bool:
    return bool(json.loads(info_file.read_text())["pids"]["guildesk"] != before)
