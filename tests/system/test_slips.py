"""Operators' slips: each is found, at the start and while running, named with its cure, and told."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from chaos.house import House, housed, until
from config import faults
from config.faults import FaultKind
from tests.system.test_errors import webhooks

pytestmark = pytest.mark.slow

VIEW = 1 << 10
SEND_AND_ATTACH = (1 << 11) | (1 << 15)
IN_A_WHILE = 40
"""Seconds until one that must not lead, or is refused, has tried again and says so."""


@asynccontextmanager
async def started(data_dir: Path, **settings: str) -> AsyncIterator[House]:
    """A house whose Guildesk has slips in its settings."""
    async with aiohttp.ClientSession() as session:
        house = House(data_dir, session, RATE_LIMITS="off")
        try:
            await house.start_sandbox()
            house.settings |= settings
            yield house
        finally:
            await house.stop()


async def readyz(house: House, query: str = "") -> tuple[int, dict[str, Any]]:
    async with house.session.get(f"{house.api_url}/readyz{query}") as answer:
        return answer.status, await answer.json()


async def codes(house: House) -> set[str]:
    _, body = await readyz(house)
    return {fault["code"] for fault in body["fault_details"]}


async def _was_told(house: House, text: str) -> bool:
    """Whether anybody was ever told that in Discord."""
    return any(text in it["content"] for it in await house.happened("MESSAGE_CREATE"))


def words(kind: FaultKind) -> str:
    """By which it is known, whatever its facts."""
    return longest(kind.what)


def longest(text: str) -> str:
    """The longest piece of a text that holds no fact."""
    return max(text.replace("{", "}").split("}")[::2], key=len)


async def named(house: House, *kinds: FaultKind) -> None:
    """Each is in ``/readyz`` with its code, and in the log as an error with its cure."""
    wanted = {kind.code for kind in kinds}
    try:
        await until(lambda: _has(house, wanted), IN_A_WHILE)
    except TimeoutError:
        raise AssertionError(f"{wanted} were to be named, but {await codes(house)}") from None
    for kind in kinds:
        await until(lambda kind=kind: _is_in_the_log(house, kind))  # type: ignore[misc]
    assert (await readyz(house, "?strict=1"))[0] == 503


async def _is_in_the_log(house: House, kind: FaultKind) -> bool:
    log = (house.data_dir / "guildesk.log").read_text()
    errors = [line for line in log.splitlines() if "ERROR" in line]
    return any(words(kind) in line and longest(kind.cure) in line for line in errors)


async def _has(house: House, wanted: set[str]) -> bool:
    return wanted <= await codes(house)


async def _is_free_of(house: House, kind: FaultKind) -> bool:
    return kind.code not in await codes(house)


async def cured(house: House, *kinds: FaultKind) -> None:
    for kind in kinds:
        await until(lambda kind=kind: _is_free_of(house, kind), IN_A_WHILE)  # type: ignore[misc]
    await until(house.is_ready, IN_A_WHILE)


async def test_many_ids_that_are_wrong_at_the_start_are_all_named_and_told(tmp_path: Path) -> None:
    async with started(tmp_path) as house:
        elsewhere = await house.ask_sandbox("POST", "guilds", {"name": "Elsewhere"})
        house.settings |= {
            "GENERAL_TICKET_CATEGORY_ID": house.discord["public_channel_id"],
            "URGENT_TICKET_CATEGORY_ID": elsewhere["category"],
            "CRITICAL_TICKET_CATEGORY_ID": "999",
            "SUPPORT_TEAM_ROLE_ID": "998",
            "DEVELOPER_ROLE_ID": elsewhere["role"],
            "MANAGER_ROLE_ID": house.discord["roles"]["admin"],
        }
        await house.start_guildesk()

        await named(
            house,
            faults.NOT_A_CATEGORY,
            faults.CATEGORY_ELSEWHERE,
            faults.CATEGORY_MISSING,
            faults.ROLE_MISSING,
            faults.ROLE_ELSEWHERE,
            faults.ROLES_EQUAL,
        )
        assert (await readyz(house))[0] == 200
        await until(lambda: _was_told(house, "URGENT_TICKET_CATEGORY_ID"))
        await until(lambda: _was_told(house, "Elsewhere"))


@pytest.mark.parametrize(
    ("what", "kind"),
    [
        ("elsewhere", faults.TRANSCRIPTS_ELSEWHERE),
        ("category", faults.NOT_A_TEXT_CHANNEL),
        ("999", faults.TRANSCRIPTS_MISSING),
    ],
)
async def test_without_a_transcript_channel_the_owner_is_told_directly(
    tmp_path: Path, what: str, kind: FaultKind
) -> None:
    async with started(tmp_path) as house:
        elsewhere = await house.ask_sandbox("POST", "guilds", {})
        ids = {"elsewhere": elsewhere["channel"], "category": house.discord["categories"]["urgent"]}
        house.settings |= {"TRANSCRIPT_CHANNEL_ID": ids.get(what, what)}
        await house.start_guildesk(wait_for_discord=False)

        await named(house, kind)
        await until(lambda: _was_told_directly(house, kind))
        assert (await readyz(house))[1]["role"] == ("follower" if kind.is_dangerous else "leader")
        assert await house.happened("MESSAGE_CREATE", elsewhere["channel"]) == []


async def _was_told_directly(house: House, kind: FaultKind) -> bool:
    guild_channels = {it["id"] for it in await house.channels()}
    return any(
        words(kind) in it["content"] and it["channel"] not in guild_channels
        for it in await house.happened("MESSAGE_CREATE")
    )


async def test_a_support_role_that_is_everyone_refuses_to_lead(tmp_path: Path) -> None:
    async with started(tmp_path) as house:
        house.settings |= {"SUPPORT_TEAM_ROLE_ID": house.discord["guild_id"]}
        await house.start_guildesk(wait_for_discord=False)
        await house.customer().open()

        await named(house, faults.ROLE_IS_EVERYONE)
        status, body = await readyz(house)
        assert (status, body["role"]) == (503, "follower")
        await until(lambda: _was_told(house, words(faults.ROLE_IS_EVERYONE)))
        assert not any(it["name"].startswith("ticket-") for it in await house.channels())
        assert (await house.ask_sandbox("POST", "gateway", {"action": "in_time"}))["identified"] == 0


@pytest.mark.slow
async def test_what_goes_wrong_while_it_runs_is_named_and_over_once_it_is_right(tmp_path: Path) -> None:
    async with housed(tmp_path, RATE_LIMITS="off", CLOSE_GRACE="1") as house:
        discord, olive = house.discord, house.somebody("olive")
        everyone, bot = discord["guild_id"], discord["bot_id"]
        transcripts = f"/channels/{discord['transcript_channel_id']}/permissions"
        category = f"/channels/{discord['categories']['urgent']}/permissions"
        assert (await readyz(house, "?strict=1"))[0] == 200

        await house.portal(permissions=str(VIEW))
        await named(house, faults.PERMISSIONS_MISSING)
        await house.portal(permissions=str((1 << 53) - 1 - 8))
        await cured(house, faults.PERMISSIONS_MISSING)

        await _overwrite(olive, f"{category}/{bot}", kind=1, deny=VIEW)
        await named(house, faults.CATEGORY_CLOSED)
        await olive.ask("DELETE", f"{category}/{bot}")
        await cured(house, faults.CATEGORY_CLOSED)

        casey = house.customer()
        ticket = await casey.open()
        await house.channel_of(ticket)
        await _overwrite(olive, f"{transcripts}/{bot}", kind=1, deny=SEND_AND_ATTACH)
        await named(house, faults.TRANSCRIPTS_CLOSED)
        await until(lambda: _was_told_directly(house, faults.TRANSCRIPTS_CLOSED))
        await casey.ask("PATCH", f"/tickets/{ticket['id']}", {"status": "CANCELED"})
        await named(house, faults.TRANSCRIPT_WAITS)
        await olive.ask("DELETE", f"{transcripts}/{bot}")
        await cured(house, faults.TRANSCRIPTS_CLOSED, faults.TRANSCRIPT_WAITS)

        await _overwrite(olive, f"{transcripts}/{everyone}", kind=0, allow=VIEW)
        await named(house, faults.TRANSCRIPTS_PUBLIC)
        assert (await readyz(house))[1]["role"] == "follower"
        await _overwrite(olive, f"{transcripts}/{everyone}", kind=0, deny=VIEW)
        await cured(house, faults.TRANSCRIPTS_PUBLIC)

        await house.ask_sandbox("PATCH", f"roles/{discord['roles']['developer']}", {"managed": True})
        await named(house, faults.ROLE_IS_MANAGED)
        await house.ask_sandbox("PATCH", f"roles/{discord['roles']['developer']}", {"managed": False})
        await cured(house, faults.ROLE_IS_MANAGED)

        await olive.ask("DELETE", f"/guilds/{discord['guild_id']}/roles/{discord['roles']['manager']}")
        await named(house, faults.ROLE_MISSING)
        await olive.ask("DELETE", f"/channels/{discord['categories']['critical']}")
        await named(house, faults.CATEGORY_MISSING)
        await olive.ask("DELETE", f"/channels/{discord['transcript_channel_id']}")
        await named(house, faults.TRANSCRIPTS_MISSING)


async def _overwrite(olive: Any, path: str, *, kind: int, allow: int = 0, deny: int = 0) -> None:
    await olive.ask("PUT", path, json={"type": kind, "allow": str(allow), "deny": str(deny)})


async def _got(posts: list[tuple[str, str]], text: str) -> bool:
    return any(text in content for _, content in posts)


@pytest.mark.parametrize(
    ("wrong", "right", "kind"),
    [
        ({"privileged": []}, {"privileged": ["message_content"]}, faults.INTENT_MISSING),
        ({"in_guild": False}, {"in_guild": True}, faults.GUILD_MISSING),
        ({"identifies": 499}, {"identifies": 0}, faults.SESSIONS_SPENT),
    ],
    ids=["intent_missing", "guild_missing", "sessions_spent"],
)
@pytest.mark.parametrize(
    ("at_the_start", "is_cured"),
    [
        pytest.param(True, False, id="at_the_start"),
        pytest.param(True, True, id="at_the_start_and_cured", marks=pytest.mark.slow),
        pytest.param(False, True, id="while_it_runs", marks=pytest.mark.slow),
    ],
)
async def test_what_keeps_the_bot_from_connecting_is_named(
    tmp_path: Path,
    wrong: dict[str, Any],
    right: dict[str, Any],
    kind: FaultKind,
    at_the_start: bool,
    is_cured: bool,
) -> None:
    async with started(tmp_path) as house:
        if at_the_start:
            await house.portal(**wrong)
            await house.start_guildesk(wait_for_discord=False)
        else:
            await house.start_guildesk()
            await house.portal(**wrong)
            await house.gateway("drop_no_resume")

        await named(house, kind)
        assert (await readyz(house))[0] == 503
        await until(lambda: _was_told(house, words(kind)))
        if is_cured and kind is not faults.SESSIONS_SPENT:  # that waits for hours
            await house.portal(**right)
            await until(house.is_ready, 90)
            assert await codes(house) == set()


async def test_a_token_that_is_refused_is_told_by_the_error_webhook(tmp_path: Path) -> None:
    async with webhooks() as (url, got), started(tmp_path, ERROR_BOT_WEBHOOK_URL=f"{url}/bot") as house:
        await house.start_guildesk()
        await house.portal(token="another.one.by-reset")

        await named(house, faults.TOKEN_REFUSED)
        await until(lambda: _got(got, words(faults.TOKEN_REFUSED)))


async def test_a_gateway_that_refuses_the_program_is_named(tmp_path: Path) -> None:
    async with started(tmp_path) as house:
        await house.gateway("refuse", code=4013)
        await house.start_guildesk(wait_for_discord=False)

        await named(house, faults.GATEWAY_REFUSES)
        await until(lambda: _was_told(house, "4013"))


async def test_commands_that_are_refused_are_named_and_all_else_works(tmp_path: Path) -> None:
    async with started(tmp_path) as house:
        await house.fault(method="GET", path="/commands", count=2, status=403, code=50001)
        await house.start_guildesk()

        await named(house, faults.COMMANDS_REFUSED)
        await house.channel_of(await house.customer().open())
        await cured(house, faults.COMMANDS_REFUSED)


async def test_a_folder_in_which_files_cannot_be_kept_is_named_until_they_can(tmp_path: Path) -> None:
    async with started(tmp_path) as house:
        await house.start_guildesk()
        folder = house.data_dir / "files"
        if folder.exists():
            folder.rename(house.data_dir / "elsewhere")
        folder.touch(0o600)  # not even root can write in what is no folder

        assert await codes(house) == {faults.FILES_UNWRITABLE.code}
        folder.unlink()
        assert await codes(house) == set()
