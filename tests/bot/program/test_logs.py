"""What log lines say of the request in whose service they are written."""

import json
import logging
from collections.abc import Iterator
from io import StringIO

import pytest

from api.door.request_ids import current_request_id
from bot.program.logs import JsonFormatter, RequestIds, TextFormatter

log = logging.getLogger("tests.of.logs")


@pytest.fixture
def request_id() -> Iterator[str]:
    token = current_request_id.set("abc-1")
    yield "abc-1"
    current_request_id.reset(token)


@pytest.fixture(params=["text", "json"])
def written(request: pytest.FixtureRequest) -> Iterator[StringIO]:
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter() if request.param == "json" else TextFormatter())
    handler.addFilter(RequestIds())
    log.addHandler(handler)
    yield stream
    log.removeHandler(handler)


def test_lines_carry_the_id_of_their_request(written: StringIO, request_id: str) -> None:
    log.warning("the store is %s", "away")

    line = written.getvalue().rstrip()
    if line.startswith("{"):
        assert json.loads(line)["request_id"] == request_id
    else:
        assert line.endswith(f"the store is away [{request_id}]")


def test_lines_of_no_request_carry_none(written: StringIO) -> None:
    log.warning("connected")

    line = written.getvalue().rstrip()
    assert "request_id" not in line
    assert line.endswith(("connected", '"message": "connected"}'))


def test_a_line_can_say_of_which_request_it_is(written: StringIO) -> None:
    log.warning("200", extra={"request_id": "other-2"})

    assert "other-2" in written.getvalue()
    assert "abc-1" not in written.getvalue()
