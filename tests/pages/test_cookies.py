"""Of a Cookie header, only our own cookie is read."""

import timeit

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from pages.frame.cookies import PORTAL, cookie_of, forget, keep
from pages.frame.frame import FRAME, Frame
from pages.site import static_files
from texts.language import Language

HTTP, HTTPS = "http://127.0.0.1:5000", "https://support.example.test"


def with_cookies(header: str, public_url: str = HTTP) -> web.Request:
    app = web.Application()
    app[FRAME] = Frame(public_url=public_url, language=Language.EN, on=(), static=static_files(""))
    return make_mocked_request("GET", "/portal", headers={"Cookie": header}, app=app)


@pytest.mark.parametrize(
    ("public_url", "name", "path"),
    [
        (HTTPS, "__Host-guildesk_portal", "/"),
        (f"{HTTPS}/desk", "guildesk_portal", "/desk/portal"),
        (HTTP, "guildesk_portal", "/portal"),
    ],
)
def test_it_is_for_this_host_alone_and_for_no_script(public_url: str, name: str, path: str) -> None:
    request, answer = with_cookies("", public_url), web.Response()
    keep(request, answer, PORTAL, "kept")
    kept = answer.cookies[name]
    shown = (kept.key, kept["path"], kept["domain"], kept["secure"], kept["httponly"], kept["samesite"])
    forget(request, answer, PORTAL)

    assert shown == (name, path, "", True, True, "Lax")
    assert {(it.value, it["max-age"]) for it in answer.cookies.values()} == {("", "0")}


def test_what_another_host_of_the_domain_plants_signs_nobody_in() -> None:
    planted = "guildesk_portal=planted"

    assert cookie_of(with_cookies(planted, HTTPS), PORTAL) is None
    assert cookie_of(with_cookies(f"{planted}; __Host-guildesk_portal=own", HTTPS), PORTAL) == "own"


def test_nor_does_it_where_only_a_part_of_the_host_is_ours() -> None:
    url, answer = f"{HTTPS}/desk", web.Response()
    keep(with_cookies("", url), answer, PORTAL, "own")
    own, proof = (f"{it.key}={it.value}" for it in answer.cookies.values())
    planted = ("guildesk_portal=planted", proof.replace("__Host-", ""))

    assert answer.cookies["__Host-guildesk_portal_desk"]["path"] == "/"
    assert "own" not in proof
    assert cookie_of(with_cookies(f"{own}; {proof}", url), PORTAL) == "own"
    for header in (planted[0], f"{planted[0]}; {planted[1]}", own, f"{planted[0]}; {proof}"):
        assert cookie_of(with_cookies(header, url), PORTAL) is None
    assert cookie_of(with_cookies(f"{planted[0]}; {own}; {proof}", url), PORTAL) == "own"


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
