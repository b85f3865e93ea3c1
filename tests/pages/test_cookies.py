"""Of a Cookie header, only our own cookie is read."""

import timeit

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from pages.frame.cookies import PORTAL, cookie_of


def with_cookies(header: str) -> web.Request:
    return make_mocked_request("GET", "/portal", headers={"Cookie": header})


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("guildesk_portal=a.b-c", "a.b-c"),
        ('x=";;"; guildesk_portal=a; y=2', "a"),
        (";;guildesk_portal = no; guildesk_portal=a ", "a"),
        ("guildesk_portal=of-the-longest-path; guildesk_portal=of-another", "of-the-longest-path"),
        ("not_guildesk_portal=1; guildesk_portals=2", None),
        ("guildesk_portal=", None),
        ("guildesk_portal=" + "x" * 600, None),
    ],
)
def test_our_cookie_is_found_among_others(header: str, found: str | None) -> None:
    assert cookie_of(with_cookies(header), PORTAL) == found


@pytest.mark.parametrize("part", [";", "a;", "; ", " ;guildesk_portal", 'a="', "=", "\\"])
def test_a_cookie_header_that_is_made_to_hurt_costs_nothing(part: str) -> None:
    """Reading all cookies took up to 100 ms."""
    request = with_cookies(part * (8_000 // len(part)))

    assert min(timeit.repeat(lambda: cookie_of(request, PORTAL), number=1, repeat=5)) < 0.005
