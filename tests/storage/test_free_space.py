"""Free disk, as the program watches it."""

import logging
import os
from pathlib import Path

import pytest

from storage.free_space import FreeSpace, bytes_free, unwritable_files
from tests.storage.test_open import settings

MIB = 2**20


def test_what_is_free_is_told_of_a_real_folder(tmp_path: Path) -> None:
    assert FreeSpace(tmp_path, bytes_free(tmp_path) // 2).fault() is None
    assert FreeSpace(tmp_path, 2**62).fault() is not None


def test_a_lack_is_told_as_long_as_it_lasts_and_logged_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    free = 500 * MIB
    space = FreeSpace(tmp_path, 500 * MIB, lambda _: free)
    caplog.set_level(logging.INFO)

    assert space.fault() is None
    free -= 1
    told = [space.fault(), space.fault()]
    free += 1
    assert space.fault() is None

    assert told[0] == told[1]
    assert str(told[0]).startswith("less than 500 MB of disk are free")
    assert str(tmp_path) not in str(told[0])
    assert [it.levelname for it in caplog.records] == ["ERROR", "INFO"]


def test_a_folder_that_is_not_there_keeps_nobody_from_anything(tmp_path: Path) -> None:
    assert FreeSpace(tmp_path / "none", 2**62).fault() is None


def test_a_folder_that_files_cannot_be_written_in_is_a_fault_until_it_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = settings(data_dir=tmp_path)
    closed: set[Path] = set()
    monkeypatch.setattr(os, "access", lambda path, _: path not in closed)

    assert unwritable_files(here) is None
    closed.add(tmp_path)
    assert [it.code for it in [unwritable_files(here)] if it] == ["files_unwritable"]
    (tmp_path / "files").mkdir()
    assert unwritable_files(here) is None
    closed.add(tmp_path / "files")
    assert str(tmp_path) not in str(unwritable_files(here))
    assert unwritable_files(here.model_copy(update={"mongo_uri": "mongodb://h"})) is None
