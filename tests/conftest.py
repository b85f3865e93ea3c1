"""What tests of all packages use; and a line that says how many slow tests a run left out."""

import asyncio
import gc
import os
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from chaos.mongo_server import MongoServer
from tests.clocks import Hands

EXAMPLES = int(os.environ.get("EXAMPLES", "30"))
"""A property is tried with so many; few tests say otherwise."""
AT_ANY_LOAD = "at any load"
settings.register_profile(
    AT_ANY_LOAD,
    settings(),
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile(AT_ANY_LOAD)

LEFT_OUT = pytest.StashKey[int]()
COUNT = "slow_tests_left_out"


@pytest.fixture
def clock() -> Hands:
    """It stands at noon until the test moves it."""
    return Hands()


@pytest.fixture(scope="session")
def mongo_uri(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server that speaks MongoDB's protocol; tests make databases of their own on it."""
    server = MongoServer(tmp_path_factory.mktemp("mongo"))
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        runner.run(server.start())
        yield server.uri
        runner.run(server.stop())


def pytest_configure(config: pytest.Config) -> None:
    config.stash[LEFT_OUT] = 0


def pytest_collection_finish() -> None:
    """What has been collected stays to the end, so the garbage collector need not look at it."""
    gc.collect()
    gc.freeze()


def pytest_deselected(items: Sequence[pytest.Item]) -> None:
    for item in items:
        item.config.stash[LEFT_OUT] += item.get_closest_marker("slow") is not None


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker of pytest-xdist tells it to the process that writes the summary."""
    if (told := getattr(session.config, "workeroutput", None)) is not None:
        told[COUNT] = session.config.stash[LEFT_OUT]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Every worker has left out the same tests."""
    node.config.stash[LEFT_OUT] = getattr(node, "workeroutput", {}).get(COUNT, 0)  # a dead node has none


def pytest_unconfigure(config: pytest.Config) -> None:
    """The last line of all, so that it is seen."""
    if (count := config.stash[LEFT_OUT]) and config.option.markexpr and not hasattr(config, "workerinput"):
        tests = "1 slow test is" if count == 1 else f"{count} slow tests are"
        config.get_terminal_writer().line(f"{tests} left to make test-slow")
