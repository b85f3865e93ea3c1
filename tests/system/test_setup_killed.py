"""Set-up is killed with each of its changes in flight, goes on each time, and makes nothing twice."""

import signal
from itertools import chain, repeat
from pathlib import Path

import pytest

from chaos.forking import forked
from chaos.house import House, until
from config.desk_file import read_desk_file
from config.env_writing import values_in
from tests.system.empty_guild import guildesk, program, there

pytestmark = pytest.mark.slow

SET_UP = ("setup", "--yes", "--development")
CHANGES = {"POST": "/guilds/[0-9]+/(roles|channels)", "PATCH": "/roles/", "PUT": "/roles/"}
"""What set-up asks Discord for: to make things, to name roles, and at last to give one."""
LONG = 60.0


async def killed_at(empty: House, folder: Path, cut: str) -> str:
    """Set up, and kill it while its next change is held, ``before`` or ``after`` it took effect: which
    method that change has."""
    for method, path in CHANGES.items():
        await empty.fault(method=method, path=path, cut=cut, delay=LONG)
    process = await forked(program(empty, folder, *SET_UP))

    async def is_held_or_over() -> bool:
        return process.returncode is not None or await empty.faults_left() < len(CHANGES)

    await until(is_held_or_over)
    process.send_signal(signal.SIGKILL)
    assert await process.wait() == -signal.SIGKILL, (folder / "setup.log").read_text()
    left = {it["method"] for it in await empty.ask_sandbox("GET", "faults")}
    await empty.clear_faults()
    (held,) = CHANGES.keys() - left
    return held


async def test_set_up_may_be_killed_at_any_moment(empty: House, folder: Path) -> None:
    changes = []
    for cut in chain(["before", "after"] * 2, repeat("after", 30)):
        changes.append(await killed_at(empty, folder, cut))
        if changes[-1] == "PUT":  # the last one
            break
    status, said = await guildesk(empty, folder, *SET_UP)

    assert status == 0, said
    assert (changes.count("POST"), changes.count("PATCH")) == (16, 5)
    channels, roles = await there(empty)
    for names in ([it["name"] for it in channels], [it["name"] for it in roles]):
        assert len(names) == len(set(names))
    assert {"Support", "Technical support", "Support manager", "Support admin"} < {it["name"] for it in roles}
    settings, ids = values_in((folder / ".env").read_text()), {it["id"] for it in (*channels, *roles)}
    named = {name for name, value in settings.items() if value in ids and name != "GUILD_ID"}
    assert len(named) == 13
    assert [str(it.channel) in ids for it in read_desk_file(folder / "desk.toml").panels] == [True]
    assert {it.name for it in folder.iterdir()} == {".env", "desk.toml", "setup.log"}


async def test_no_role_of_others_is_taken_for_one_that_was_begun(empty: House, folder: Path) -> None:
    guild, olive = empty.discord["guild_id"], empty.somebody("olive")

    async def others_make(name: str) -> None:
        await olive.ask("POST", f"/guilds/{guild}/roles", json={"name": name, "permissions": "0"})

    await killed_at(empty, folder, "after")
    await others_make("Support admin")
    await killed_at(empty, folder, "before")  # where the role that was begun gets its name
    await others_make("Support manager")
    status, said = await guildesk(empty, folder, *SET_UP)

    assert (status, "--take-roles" in said) == (1, True), said
    assert "roles named Support manager already" in said
