"""From an empty guild to a first ticket by one command, and nothing is made twice."""

import signal
import stat
from pathlib import Path

from chaos.forking import forked
from chaos.house import House, until
from config.env_writing import values_in
from demo.processes import free_port
from tests.system.empty_guild import answered, guildesk, program, there

SET_UP = ("setup", "--yes", "--development")


async def test_one_command_leads_from_an_empty_guild_to_a_first_ticket(empty: House, folder: Path) -> None:
    port = str(free_port())
    data = ("--set", f"DATA_DIR={folder}", "--set", f"WEB_SERVER_PORT={port}")
    running = await forked(program(empty, folder, *SET_UP, "--run", *data))
    try:
        channel = await until(lambda: _ticket_channel(empty), 30)
        await until(lambda: empty.somebody("olive").read(channel))
    finally:
        running.send_signal(signal.SIGTERM)
        assert await running.wait() == 0

    names = {it["name"] for it in await empty.somebody("otto").ask("GET", _channels(empty))}
    assert {"lobby", "open-a-ticket"} == names
    file = folder / ".env"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    settings = values_in(file.read_text())
    assert len(settings["JWT_SECRET_KEY"]) >= 32

    before = (file.read_bytes(), (folder / "desk.toml").read_bytes(), await there(empty))
    status, said = await guildesk(empty, folder, *SET_UP)
    assert (status, "Nothing was missing" in said) == (0, True), said
    assert (file.read_bytes(), (folder / "desk.toml").read_bytes(), await there(empty)) == before


def _channels(house: House) -> str:
    return f"/guilds/{house.discord['guild_id']}/channels"


async def _ticket_channel(house: House) -> str | None:
    channels, _ = await there(house)
    return next((str(it["id"]) for it in channels if it["name"] == "ticket-0001"), None)


async def test_everything_is_for_those_alone_whom_it_concerns(empty: House, folder: Path) -> None:
    status, said = await guildesk(empty, folder, *SET_UP)

    assert status == 0, said
    channels, roles = await there(empty)
    settings, by_id = values_in((folder / ".env").read_text()), {it["id"]: it for it in channels}
    role = {name: settings[f"{name}_ROLE_ID"] for name in ("SUPPORT_TEAM", "DEVELOPER", "MANAGER", "ADMIN")}
    staff, everyone = set(role.values()), empty.discord["guild_id"]
    for name in ("GENERAL_TICKET_CATEGORY_ID", "URGENT_TICKET_CATEGORY_ID", "CRITICAL_TICKET_CATEGORY_ID"):
        assert _who(by_id[settings[name]], "allow") == {role["ADMIN"], empty.discord["bot_id"]}
        assert everyone in _who(by_id[settings[name]], "deny")
    roles_of = {
        "TECHNICAL": {"DEVELOPER", "MANAGER", "ADMIN"},
        "MANAGER": {"MANAGER", "ADMIN"},
        "ADMIN": {"ADMIN"},
    }
    for support_role, readers in roles_of.items():
        there_read = _who(by_id[settings[f"TRANSCRIPT_CHANNEL_{support_role}_ID"]], "allow")
        assert there_read == {*(role[it] for it in readers), empty.discord["bot_id"]}
    for name in ("TRANSCRIPT_CHANNEL_ID", "BOARD_CHANNEL_ID", "LOG_CHANNEL_ID"):
        assert _who(by_id[settings[name]], "allow") == {*staff, empty.discord["bot_id"]}
        assert everyone in _who(by_id[settings[name]], "deny")
    assert {it["permissions"] for it in roles if it["id"] in staff} == {"0"}
    places = {it["id"]: it["position"] for it in roles}
    assert [places[it] for it in role.values()] == sorted(places[it] for it in role.values())


def _who(channel: dict[str, object], what: str) -> set[str]:
    """By whom View Channel is had, or not."""
    overwrites = channel["permission_overwrites"]
    assert isinstance(overwrites, list)
    return {it["id"] for it in overwrites if int(it[what]) & (1 << 10)}


async def test_what_was_deleted_is_made_again_and_all_else_stays(empty: House, folder: Path) -> None:
    (folder / ".env").write_text("# mine\nNOTE_PREFIX=!!\nGUILD_ID=\n")
    await guildesk(empty, folder, *SET_UP, "--no-log")
    before = values_in((folder / ".env").read_text())
    olive = empty.somebody("olive")
    await olive.ask("DELETE", f"/channels/{before['URGENT_TICKET_CATEGORY_ID']}")
    panel = next(it for it in (await there(empty))[0] if it["name"] == "open-a-ticket")
    await olive.ask("DELETE", f"/channels/{panel['id']}")

    status, said = await guildesk(empty, folder, *SET_UP, "--no-log")

    assert (status, said.count(" is made")) == (0, 2), said
    text = (folder / ".env").read_text()
    after = values_in(text)
    assert text.startswith("# mine\nNOTE_PREFIX=!!\nGUILD_ID=")
    assert "LOG_CHANNEL_ID" not in after
    assert {it for it in before if after[it] != before[it]} == {"URGENT_TICKET_CATEGORY_ID"}
    assert panel["id"] not in (folder / "desk.toml").read_text()


async def test_a_role_that_others_may_hold_is_not_taken_in_silence(empty: House, folder: Path) -> None:
    guild, olive = empty.discord["guild_id"], empty.somebody("olive")
    made = await olive.ask("POST", f"/guilds/{guild}/roles", json={"name": "Support", "permissions": "0"})
    await olive.ask("POST", f"/guilds/{guild}/channels", json={"name": "transcripts", "type": 0})

    refused, said = await guildesk(empty, folder, *SET_UP)
    assert (refused, "--take-roles" in said) == (1, True), said
    status, said = await guildesk(empty, folder, *SET_UP, "--take-roles")

    assert status == 0, said
    assert values_in((folder / ".env").read_text())["SUPPORT_TEAM_ROLE_ID"] == made["id"]
    assert len([it for it in (await there(empty))[0] if it["name"] == "transcripts"]) == 2


async def test_whoever_answers_at_the_terminal_is_asked(empty: House, folder: Path) -> None:
    answers = f"support.example.com\nhere\nwrong\n\n{empty.discord['bot_token']}\nyes\nno\n"

    status, said = await answered(empty, folder, answers)

    assert status == 0, said
    assert "Discord refuses it" in said
    assert "PUBLIC_URL: must be a URL" in said
    assert empty.discord["bot_token"] not in said
    assert values_in((folder / ".env").read_text())["SERVER_MODE"] == "DEVELOPMENT"
    assert "give yourself the role Support admin" in said


async def test_a_lost_answer_makes_nothing_twice(empty: House, folder: Path) -> None:
    await empty.fault(method="POST", path="/roles", count=1, cut="after")
    await empty.fault(method="POST", path="/channels", count=1, status=502)

    status, said = await guildesk(empty, folder, *SET_UP)

    assert status == 0, said
    channels, roles = await there(empty)
    for names in ([it["name"] for it in channels], [it["name"] for it in roles]):
        assert len(names) == len(set(names))


async def test_what_stands_in_the_way_is_named_with_its_cure(empty: House, folder: Path) -> None:
    async def says(*arguments: str, **more: str) -> str:
        status, said = await guildesk(empty, folder, *SET_UP, *arguments, more=more)
        assert status in (1, 2), said
        assert "Traceback" not in said
        return said

    assert "copy the token again" in await says(DISCORD_BOT_TOKEN="another.one.by-reset")
    assert "cannot be reached" in await says(DISCORD_API_URL=f"http://127.0.0.1:{free_port()}/api/v10")
    assert "the bot is not in guild 12" in await says("--guild", "12")
    assert "LANGUAGE: must be" in await says("--set", "LANGUAGE=fr")
    assert "NAME=value" in await says("--set", "LANGUAG=de")
    (folder / ".env").unlink()
    await empty.portal(in_guild=False)
    assert "https://discord.com/oauth2/authorize" in await says()
    await empty.portal(in_guild=True, permissions=str(1 << 10))
    assert "the bot lacks permissions: " in await says()
    await empty.portal(permissions=str((1 << 53) - 1 - 8), privileged=[])
    assert "switch on MESSAGE CONTENT INTENT" in await says()
    assert values_in((folder / ".env").read_text())["LOG_CHANNEL_ID"]
