"""Which endpoint hears of what, where webhooks may go, and how patient they are."""

from dataclasses import replace
from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from tickets.event_kinds import EVENT_KINDS
from tickets.webhook_urls import fault_of_url, is_public
from tickets.webhooks import (
    DAY,
    HOUR,
    NAMES,
    Disabled,
    Endpoint,
    EndpointId,
    WebhookType,
    after_failure,
    fault_of_secret,
    is_named,
    new_secret,
    pause_after,
    working,
)

SHOP = Endpoint(
    id=EndpointId("wh_1"),
    url="https://shop.example.com",
    events=("*",),
    issuers=("shop",),
    secret="whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    created_at=0,
    updated_at=0,
)
PRIVATE = (
    *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"),  # noqa: S104
    *("224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1"),
    *("::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "ff02::1", "fec0::1", "2001:db8::1"),
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "::ffff:0:127.0.0.1"),
    *("2002:7f00:1::", "2002:a00:1::1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::808:808"),
    *("2001:0:7f00:1::1", "3fff::1", "2606:4700::5efe:10.0.0.1", "2606:4700::200:5efe:127.0.0.1"),
    *("192.0.0.8", "192.0.0.192", "192.88.99.1", "168.63.129.16", "::ffff:192.0.0.192"),
)
PUBLIC = ("8.8.8.8", "1.1.1.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1")


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_are_found_in_every_disguise(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(ip_address(address))


@given(st.ip_addresses(v=4, network="10.0.0.0/8"))
def test_what_leads_to_a_private_address_by_translation_is_private(address: object) -> None:
    number = int(ip_address(str(address)))
    for high in (0xFFFF << 32, 0x64FF9B << 96, 0xFFFF << 48):
        assert not is_public(ip_address(high | number))
    assert not is_public(ip_address(0x2002 << 112 | number << 80 | 7))


@pytest.mark.parametrize(
    "url",
    [
        "http://shop.example.com/",
        "https://localhost/",
        "https://localhost./",
        "https://desk.localhost/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/x",
        "https://user@shop.example.com/",
        "https://user:pass@shop.example.com/",
        "https://shop.example.com/#part",
        "ftp://shop.example.com/",
        "https:///x",
        "https://shop.example.com:99999/",
        "https://[::1",
        "https://shop.example.com/\r\nX: y",
        "https://shop.example.com/ü",
        "https://shop.example.com/" + "x" * 2000,
        "shop",
        "",
    ],
)
def test_such_urls_are_refused(url: str) -> None:
    assert fault_of_url(url, private=False)


def test_good_urls_are_taken_and_private_ones_where_that_is_allowed() -> None:
    assert fault_of_url("https://shop.example.com:8443/hooks?a=b", private=False) is None
    assert fault_of_url("http://10.0.0.1:8000/hooks", private=True) is None
    assert fault_of_url("http://user@10.0.0.1/", private=True)


def test_every_type_is_of_a_kind_of_event_or_of_something_else_that_happens() -> None:
    of_events = {kind.webhook for kind in EVENT_KINDS.values()}

    assert of_events | {
        WebhookType.SLA_BREACHED,
        WebhookType.USER_MERGED,
        WebhookType.USER_ERASED,
        WebhookType.TEST,
    } == {*WebhookType, None}


def test_names_stand_for_types_and_groups_and_a_star_for_all_but_notes() -> None:
    assert is_named(WebhookType.TICKET_CLOSED, ["ticket.closed"])
    assert is_named(WebhookType.TICKET_CLOSED, ["ticket.*"])
    assert not is_named(WebhookType.TICKET_CLOSED, ["ticket.opened", "message.*"])
    heard = {it for it in WebhookType if is_named(it, ["*"])}
    assert set(WebhookType) - heard == {it for it in WebhookType if it.startswith("note.")}
    assert is_named(WebhookType.NOTE_ADDED, ["*", "note.*"])
    assert is_named(WebhookType.TEST, ["ticket.opened"])
    assert "webhook.*" not in NAMES


def test_only_the_own_issuers_tickets_are_heard_of() -> None:
    everybody = replace(SHOP, issuers=("*",))

    assert SHOP.hears(WebhookType.TICKET_OPENED, "shop")
    assert not SHOP.hears(WebhookType.TICKET_OPENED, "guildesk.discord")
    assert everybody.hears(WebhookType.TICKET_OPENED, "guildesk.discord")
    assert not replace(everybody, disabled_at=1).hears(WebhookType.TICKET_OPENED, "shop")


@given(st.integers(0, 10_000))
def test_pauses_grow_to_hours_and_are_bounded(attempts: int) -> None:
    assert 4 <= pause_after(attempts) <= 6 * 3600
    assert pause_after(attempts + 2) > min(pause_after(attempts), 6 * 3600 * 0.8)


def test_ten_tries_take_hours_and_three_days_hold_more() -> None:
    longest = [sum(5 * 2.5**n for n in range(9))]

    assert 1 * 3600 < longest[0] < 4 * 3600


def test_an_endpoint_is_disabled_after_five_days_and_people_know_a_day_before() -> None:
    it = after_failure(SHOP, 0, "500")
    assert (it.failing_since, it.last_fault) == (0, "500")
    assert after_failure(it, 2 * DAY - 1, "500") == it
    late = after_failure(it, 6 * DAY, "500")
    assert (late.warned_at, late.is_enabled) == (6 * DAY, True)
    assert after_failure(late, 7 * DAY - 1, "500").is_enabled
    assert after_failure(late, 7 * DAY, "503").disabled is Disabled.FAILING
    warned = after_failure(it, 2 * DAY, "500")
    assert after_failure(warned, 5 * DAY - HOUR, "500").is_enabled
    disabled = after_failure(warned, 5 * DAY, "500")
    assert disabled.disabled_at == 5 * DAY
    assert after_failure(disabled, 9 * DAY, "500") == disabled
    assert working(disabled) == SHOP


def test_410_disables_at_once() -> None:
    assert after_failure(SHOP, 7, "410", is_gone=True).disabled is Disabled.GONE


def test_secrets_are_long_random_and_taken_by_libraries() -> None:
    assert len({new_secret() for _ in range(50)}) == 50
    assert fault_of_secret(new_secret()) is None
    Webhook(new_secret())
    for bad in (
        "",
        "secret",
        "whsec_",
        "whsec_c2hvcnQ=",
        "whsec_" + "A" * 100,
        "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    ):
        assert fault_of_secret(bad), bad


def test_two_secrets_sign_until_the_older_one_ends() -> None:
    both = replace(SHOP, old_secret="old", old_secret_until=100)

    assert both.secrets(99) == (SHOP.secret, "old")
    assert both.secrets(100) == (SHOP.secret,)
    assert replace(both, old_secret_until=None).secrets(10**15) == (SHOP.secret, "old")
