"""SIGTERM ends the process soon, whatever it is doing."""

import asyncio
import os
import random
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from chaos.house import House, until
from storage.sqlite.store import open_sqlite
from tickets.ports.lease import Term
from tickets.ports.store import Store

WITHIN = 9.5
"""Seconds; Docker and systemd kill later."""
A_BEAT = 2.0
"""Seconds after which a leader has noticed at the latest that another has taken the lease."""


@pytest.mark.parametrize("seed", [0])
async def test_it_ends_at_any_moment_of_a_term(tmp_path: Path, seed: int) -> None:
    await _stopped_at_random_moments(tmp_path, seed, 5)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 11))
async def test_it_ends_at_any_of_200_moments_of_a_term(tmp_path: Path, seed: int) -> None:
    await _stopped_at_random_moments(tmp_path, seed, 20)


async def _stopped_at_random_moments(data_dir: Path, seed: int, times: int) -> None:
    chance = random.Random(seed)  # noqa: S311  repeatable
    async with aiohttp.ClientSession() as session:
        house = House(data_dir, session, RATE_LIMITS="off")
        await house.start_sandbox()
        try:
            for number in range(times):
                moment = chance.choice((_while_it_starts, _while_it_leads, _while_its_term_ends))
                await house.start_guildesk(wait_for_discord=False)
                async with moment(house, chance):
                    code, seconds = await _stopped(house)
                what = f"{moment.__name__}, seed {seed}, number {number}"
                assert code == 0, f"{what}: ended with {code}"
                assert seconds < WITHIN, f"{what}: ended after {seconds:.1f} s"
        finally:
            await house.stop()


@asynccontextmanager
async def _while_it_starts(house: House, chance: random.Random) -> AsyncIterator[None]:
    await asyncio.sleep(chance.uniform(0, 0.5))
    yield


@asynccontextmanager
async def _while_it_leads(house: House, chance: random.Random) -> AsyncIterator[None]:
    await until(house.is_ready)
    await asyncio.sleep(chance.uniform(0, 0.5))
    yield


@asynccontextmanager
async def _while_its_term_ends(house: House, chance: random.Random) -> AsyncIterator[None]:
    """Another process has taken the lease, and Discord answers nothing, so that the end takes its time."""
    await until(house.is_ready)
    async with open_sqlite(house.data_dir, lambda: time.time_ns() // 1_000_000) as store:
        os.kill(house.sandbox.pid, signal.SIGSTOP)
        try:
            taken = await until(lambda: _take(store))
            await asyncio.sleep(chance.uniform(0, A_BEAT + 1))
            yield
        finally:
            os.kill(house.sandbox.pid, signal.SIGCONT)
            await store.lease.release(taken)


async def _take(store: Store) -> Term | None:
    return await store.lease.acquire("another", await store.lease.observe())


async def _stopped(house: House) -> tuple[int | None, float]:
    """How the process ended after SIGTERM, and after how many seconds."""
    assert house.guildesk is not None
    began_at = time.monotonic()
    os.kill(house.guildesk.pid, signal.SIGTERM)
    await until(lambda: _has_ended(house), WITHIN + 2)
    return house.guildesk.exit_code, time.monotonic() - began_at


async def _has_ended(house: House) -> bool:
    assert house.guildesk is not None
    return house.guildesk.exit_code is not None
