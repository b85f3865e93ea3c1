"""Looking whether tokens were ended: a look that fails is not the last one, and a renewed token stays."""

import logging
from dataclasses import replace
from math import inf

import pytest
from aiohttp import web

from api.door.auth import TokenFault, TokenRefused, Verified
from api.live import endings
from api.live.endings import Endings
from api.live.line import Line
from api.live.lines import Lines
from tests.people import AS_ANN
from tests.waiting import until
from tickets.model import UserKey

OF_ACCOUNT = replace(AS_ANN, person=replace(AS_ANN.person, key=UserKey(UserKey.ACCOUNTS, "ann")))


class Ends:
    """Fails with ``faults`` first, then refuses all tokens but ``meanwhile``, which the line has then."""

    def __init__(self, line: Line, faults: list[Exception], meanwhile: str | None = None) -> None:
        self.line, self.faults, self.meanwhile = line, faults, meanwhile
        self.asked: list[str] = []

    async def verify(self, token: str) -> Verified:
        self.asked.append(token)
        if self.faults:
            raise self.faults.pop(0)
        if token == self.meanwhile:
            return Verified(OF_ACCOUNT, 0.0, inf)
        if self.meanwhile is not None:
            self.line.token = self.meanwhile
        raise TokenRefused(TokenFault.ENDED)


async def _nobody_is_told(_: UserKey) -> None:
    raise AssertionError("nobody is blocked")


@pytest.fixture
def line() -> Line:
    made = Line("sid", {}, "192.0.2.1")
    made.token, made.caller = "old", OF_ACCOUNT
    return made


async def looked(line: Line, ends: Ends, times: int, monkeypatch: pytest.MonkeyPatch) -> list[Line]:
    """Whose connections were ended in so many looks."""
    monkeypatch.setattr(endings, "LOOK_EVERY", 0.001)
    lines, ended = Lines(60.0), list[Line]()
    lines.add(line)
    running = Endings(lines, ends, lambda it, _: ended.append(it), _nobody_is_told).running(web.Application())
    await anext(running)
    await until(lambda: len(ends.asked) >= times)
    await anext(running, None)
    return ended


async def test_after_a_look_that_failed_another_one_is_had(
    line: Line, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    ends = Ends(line, [RuntimeError("a bug")])

    ended = await looked(line, ends, 2, monkeypatch)

    assert ended[:1] == [line]
    assert "sockets are not looked at" in caplog.text


async def test_whoever_has_renewed_their_token_meanwhile_stays(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends = Ends(line, [], meanwhile="new")

    ended = await looked(line, ends, 3, monkeypatch)

    assert ends.asked[:3] == ["old", "new", "new"]
    assert ended == []
