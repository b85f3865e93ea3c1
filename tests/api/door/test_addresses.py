"""Where requests come from: proxies are believed, clients are not."""

from ipaddress import ip_network

import pytest
from aiohttp.test_utils import make_mocked_request
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict

from api.door.addresses import Proxies
from tests.api.stage import TICKETS, Clock, Stage
from tickets.ports.store import Store

TRUSTED = Proxies([ip_network("10.0.0.0/8"), ip_network("2001:db8::/32")])
X, F = "X-Forwarded-For", "Forwarded"

CASES: dict[str, tuple[str, list[tuple[str, str]], str]] = {
    "a stranger who tells stories": ("192.0.2.1", [(X, "203.0.113.9")], "192.0.2.1"),
    "no story": ("10.0.0.1", [], "10.0.0.1"),
    "one proxy": ("10.0.0.1", [(X, "203.0.113.9")], "203.0.113.9"),
    "a client that tells stories": ("10.0.0.1", [(X, "1.1.1.1, 203.0.113.9")], "203.0.113.9"),
    "two proxies": ("10.0.0.1", [(X, "1.1.1.1, 203.0.113.9, 10.0.0.2")], "203.0.113.9"),
    "two lines": ("10.0.0.1", [(X, "1.1.1.1"), (X, "203.0.113.9")], "203.0.113.9"),
    "from inside": ("10.0.0.1", [(X, "10.0.0.7, 10.0.0.2")], "10.0.0.7"),
    "a port": ("10.0.0.1", [(X, "203.0.113.9:4711")], "203.0.113.9"),
    "IPv6": ("2001:db8::1", [(X, "2a00::1")], "2a00::1"),
    "IPv6 with a port": ("10.0.0.1", [(X, "[2a00::1]:4711")], "2a00::1"),
    "IPv4 in IPv6": ("::ffff:10.0.0.1", [(X, "::ffff:203.0.113.9")], "203.0.113.9"),
    "nonsense": ("10.0.0.1", [(X, "evil")], "10.0.0.1"),
    "nonsense behind a proxy": ("10.0.0.1", [(X, "203.0.113.9, unknown, 10.0.0.2")], "10.0.0.2"),
    "empty": ("10.0.0.1", [(X, "")], "10.0.0.1"),
    "Forwarded": ("10.0.0.1", [(F, "for=1.1.1.1, For=203.0.113.9;proto=https")], "203.0.113.9"),
    "Forwarded, quoted": ("10.0.0.1", [(F, 'proto=https; for="[2a00::1]:80";by=10.0.0.1')], "2a00::1"),
    "Forwarded, hidden": ("10.0.0.1", [(F, "for=_secret")], "10.0.0.1"),
    "Forwarded, without for": ("10.0.0.1", [(F, "proto=https")], "10.0.0.1"),
    "both agree": ("10.0.0.1", [(X, "203.0.113.9"), (F, "for=203.0.113.9")], "203.0.113.9"),
    "one is an invention": ("10.0.0.1", [(X, "203.0.113.9"), (F, "for=1.1.1.1")], "10.0.0.1"),
}


@pytest.mark.parametrize(("peer", "headers", "client"), CASES.values(), ids=CASES.keys())
def test_whose_request_it_is(peer: str, headers: list[tuple[str, str]], client: str) -> None:
    request = make_mocked_request("GET", "/", headers=CIMultiDict(headers)).clone(remote=peer)

    assert TRUSTED.client(request) == client


def test_without_trusted_proxies_nobody_is_believed() -> None:
    request = make_mocked_request("GET", "/", headers={X: "1.1.1.1"}).clone(remote="10.0.0.1")

    assert Proxies().client(request) == "10.0.0.1"


@given(st.sampled_from([X, F]), st.text(st.characters(codec="latin-1", exclude_characters="\r\n\0")))
def test_any_story_gives_an_address(name: str, story: str) -> None:
    request = make_mocked_request("GET", "/", headers={name: story}).clone(remote="10.0.0.1")

    assert TRUSTED.client(request)


async def test_strangers_behind_a_proxy_are_limited_one_by_one(
    store: Store, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "api.door.server")
    async with Stage(store, clock).open(trusted_proxies=[ip_network("127.0.0.0/8")]) as stage:

        async def ask(address: str) -> int:
            return (await stage.ask("GET", TICKETS, None, headers={X: address})).status

        statuses = [await ask("203.0.113.9") for _ in range(61)]
        other = await ask("203.0.113.10")

    assert statuses == [401] * 60 + [429]
    assert other == 401
    assert "203.0.113.10 - GET" in caplog.text
    assert "127.0.0.1 -" not in caplog.text


@pytest.mark.parametrize("header", [X, F])
def test_a_proxy_that_nobody_has_told_us_of_is_told_once(
    header: str, caplog: pytest.LogCaptureFixture
) -> None:
    def heard(proxies: Proxies, headers: list[tuple[str, str]]) -> int:
        caplog.clear()
        for _ in range(3):
            proxies.notice(make_mocked_request("GET", "/", headers=CIMultiDict(headers)))
        return len([it for it in caplog.records if "TRUSTED_PROXIES is not set" in it.getMessage()])

    assert heard(Proxies(), [(header, "203.0.113.9")]) == 1
    assert heard(Proxies(), []) == 0
    assert heard(TRUSTED, [(header, "203.0.113.9")]) == 0


async def test_any_request_with_a_proxys_header_is_noticed(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    await stage.ask("GET", TICKETS, headers={X: "203.0.113.9"})

    assert [it.levelname for it in caplog.records if "TRUSTED_PROXIES" in it.getMessage()] == ["WARNING"]
