"""A running Guildesk backs up by schedule, and says where it cannot."""

import asyncio
from pathlib import Path

from chaos.house import House, until
from tests.keeping.test_commands import guildesk
from tests.system.test_slips import codes, readyz, started


async def test_it_makes_one_at_once_where_there_is_none(tmp_path: Path) -> None:
    backups = tmp_path / "backups"
    async with started(tmp_path, BACKUP_EVERY="24", BACKUP_DIR=str(backups)) as house:
        await house.start_guildesk()

        async def made() -> list[Path]:
            return list(backups.glob("guildesk-*.tar"))

        (file,) = await until(made)

    code, printed, _ = await asyncio.to_thread(guildesk, tmp_path / "elsewhere", "restore", str(file))
    assert (code, "0 tickets, 0 events, 0 files" in printed) == (0, True)


async def test_where_none_can_be_made_readyz_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    async with started(tmp_path, BACKUP_EVERY="24", BACKUP_DIR=str(tmp_path / "file" / "in-it")) as house:
        await house.start_guildesk()

        await until(lambda: _is_named(house))
        _, body = await readyz(house)
        assert "BACKUP_EVERY: no back-up could be made: " in body["faults"][0]


async def _is_named(house: House) -> bool:
    return "backup_failed" in await codes(house)
