"""The desk file of real processes: read again on change and on SIGHUP, and compared between processes."""

import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from chaos.house import Customer, House, housed, until
from demo.processes import DidNotStart
from tests.system.test_slips import codes, readyz
from tests.system.test_two import another, readiness

RIGHT = "[pings]\nnew = true\n"
FORM = '[[forms]]\nslug = "bug"\nname = "Bug"\ndefault = true\nlevel = "URGENT"\n'
WRONG = "[pings]\nnew = 3\n"


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    file = tmp_path / "desk.toml"
    file.write_text(RIGHT)
    return file


@pytest.fixture
async def house(tmp_path: Path, desk: Path) -> AsyncIterator[House]:
    async with housed(tmp_path, RATE_LIMITS="off", DESK_FILE=str(desk)) as opened:
        yield opened


async def _are(house: House, *wanted: str) -> bool:
    return await codes(house) == set(wanted)


async def _told(house: House, text: str) -> bool:
    return any(text in it["content"] for it in await house.happened("MESSAGE_CREATE"))


async def test_a_changed_file_is_read_without_a_restart_and_a_wrong_one_is_told(
    house: House, desk: Path
) -> None:
    desk.write_text(WRONG)
    await until(lambda: _are(house, "desk_file_wrong"))
    _, body = await readyz(house)
    await until(lambda: _told(house, "line 2: pings, new: must be true or false"))
    desk.write_text("[pings]\nnew = false\n")
    await until(lambda: _are(house))

    assert "line 2: pings, new: must be true or false" in body["faults"][0]
    assert (await readyz(house, "?strict=1"))[0] == 200


async def test_own_words_and_forms_count_without_a_restart(house: House, desk: Path) -> None:
    ann = Customer(house, "ann")
    desk.write_text(FORM + '[texts.en]\nticket-was-reopened = "Here we go again, says { $who }."\n')

    async def has_form() -> bool:
        return [it["slug"] for it in (await ann.ask("GET", "/forms"))[1]] == ["bug"]

    await until(has_form)
    ticket = await ann.open(category="bug")
    await ann.ask("PATCH", f"/tickets/{ticket['id']}", {"status": "CANCELED"})
    await ann.ask("PATCH", f"/tickets/{ticket['id']}", {"status": "OPEN"})

    assert (ticket["category"], ticket["issue_level"]) == ("bug", "URGENT")
    await until(lambda: _told(house, "Here we go again, says Ann"))


async def test_sighup_reads_every_section_again_and_ends_nothing(house: House, desk: Path) -> None:
    """Each row changes one section, and says what people see of it. Of board, texts and webhooks there are
    tests elsewhere."""
    ann, boss = Customer(house, "ann"), Customer(house, "boss", "ADMIN")
    panel_channel = house.discord["public_channel_id"]

    async def form() -> dict[str, object]:
        return dict((await ann.ask("GET", "/forms"))[1][0])

    async def is_renamed() -> bool:
        return (await form())["name"] == "A fault"

    async def is_closed() -> bool:
        return (await form())["open"] is False

    async def has_target() -> bool:
        opened = await ann.open()
        seen = (await boss.ask("GET", f"/tickets/{opened['id']}"))[1]
        return bool(seen["sla"])

    async def pings_nobody() -> bool:
        channel = await house.channel_of(await ann.open())
        posted = await house.happened("MESSAGE_CREATE", channel)
        return all(not it["mention_roles"] for it in posted)

    async def has_panel() -> bool:
        return any(it["components"] for it in await house.happened("MESSAGE_CREATE", panel_channel))

    night = '[hours]\nzone = "UTC"\nopen = ["mon 03:00-03:01"]\nholidays = []\n'

    async def says_the_same() -> bool:
        return await _logged(house, "DESK_FILE: read again, it says the same")

    rows = {
        RIGHT: says_the_same,
        FORM.replace("Bug", "A fault"): is_renamed,
        night + FORM + 'open = "hours"\n': is_closed,
        '[sla.NORMAL]\nfirst_response = "8h"\n': has_target,
        "[pings]\nnew = false\n": pings_nobody,
        f"[[panels]]\nchannel = {panel_channel}\n": has_panel,
    }
    for file, is_seen in rows.items():
        assert not await is_seen(), file
        desk.write_text(file)
        assert house.guildesk is not None
        os.kill(house.guildesk.pid, signal.SIGHUP)
        await until(is_seen)
    assert (await readiness(house))["role"] == "leader"


async def _logged(house: House, text: str) -> bool:
    return text in (house.data_dir / "guildesk.log").read_text()


async def test_a_start_with_a_wrong_file_is_refused_with_a_line_for_each_fault(
    house: House, desk: Path
) -> None:
    assert house.guildesk is not None
    await house.guildesk.stop()
    desk.write_text(WRONG + "old = 1\n")

    with pytest.raises(DidNotStart):
        await house.start_guildesk()

    said = (house.data_dir / "guildesk.log").read_text()
    assert "  DESK_FILE: line 2: pings, new: must be true or false" in said
    assert "  DESK_FILE: line 3: pings, old: there is no such key" in said


async def test_two_processes_with_different_files_are_told_by_both_and_to_the_admins(
    house: House, desk: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.toml"
    other.write_text("[pings]\nnew = false\n")
    house.settings["DESK_FILE"] = str(other)
    async with another(house) as second:
        await until(lambda: _are(house, "desk_files_differ"), 30)
        await until(lambda: _are(second, "desk_files_differ"))
        await until(lambda: _told(house, "works with another desk file"))
        other.write_text(RIGHT)
        await until(lambda: _are(house))
        await until(lambda: _are(second))
