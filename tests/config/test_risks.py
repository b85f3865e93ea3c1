"""Settings that are dangerous are told with their risk and cure."""

import pytest

from config.risks import risks
from tests.docs.conftest import bare
from tests.docs.settings import FILLED_IN, loaded

__all__ = ["bare"]

HOOK = "http://hooks.example/1/secret-token"
DANGEROUS = (
    ("PUBLIC_URL", "http://support.example.com", "reads and changes tokens", "HTTPS in front"),
    ("DISCORD_API_URL", "http://discord.internal/api", "reads the bot's token", "use https"),
    ("ERROR_WEBHOOK_URL", HOOK, "can post there", "use https"),
    ("ERROR_BOT_WEBHOOK_URL", HOOK, "can post there", "use https"),
    ("TRUSTED_PROXIES", "10.0.0.1, 0.0.0.0/0", "trusts everybody", "your proxies alone"),
    ("ACCOUNTS", "on", "anybody takes anybody's", "set MAIL_URL and MAIL_FROM"),
    ("SMS_URL", "http://name:secret-token@sms.example/send", "reads the gateway's word", "use https"),
    ("WIDGET_ORIGINS", "https://a.example,http://shop.example", "has the tokens", "use https"),
    ("WEBHOOK_PRIVATE", "on", "reaches your own network", "switch it off"),
    ("TRUSTED_PROXIES", "0.0.0.0/1, 128.0.0.0/1", "trusts everybody", "your proxies alone"),
    ("TRUSTED_PROXIES", "::/0", "trusts everybody", "your proxies alone"),
)


@pytest.mark.parametrize(("name", "value", "risk", "cure"), DANGEROUS)
def test_a_risk_has_its_line(name: str, value: str, risk: str, cure: str, bare: pytest.MonkeyPatch) -> None:
    (line,) = risks(loaded(bare, {**FILLED_IN, name: value}))

    assert line.startswith(f"{name}: ")
    assert risk in line
    assert cure in line
    assert "secret-token" not in line


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PUBLIC_URL", "http://localhost:5000"),
        ("PUBLIC_URL", "http://[::1]:5000"),
        ("PUBLIC_URL", "https://support.example.com"),
        ("DISCORD_API_URL", "http://127.0.0.9:8080"),
        ("ERROR_WEBHOOK_URL", HOOK.replace("http:", "https:")),
        ("TRUSTED_PROXIES", "10.0.0.0/8, fd00::/8"),
        ("SMS_URL", "http://127.0.0.1:9/send"),
        ("SMS_URL", "log:"),
        ("WIDGET_ORIGINS", "http://localhost:3000"),
    ],
)
def test_what_is_no_risk_is_not_told(name: str, value: str, bare: pytest.MonkeyPatch) -> None:
    assert risks(loaded(bare, {**FILLED_IN, name: value})) == []


def test_a_mailbox_that_is_read_in_the_open_is_a_risk(bare: pytest.MonkeyPatch) -> None:
    mail = {
        "MAIL_URL": "smtps://mail.example",
        "MAIL_FROM": "desk@example.com",
        "MAIL_REPLY_DOMAIN": "reply.example.com",
    }
    plain, safe = "imap://me:secret-token@mail.example", "imaps://me:secret-token@mail.example"

    (line,) = risks(loaded(bare, {**FILLED_IN, **mail, "MAIL_INBOUND": plain}))

    assert line.startswith("MAIL_INBOUND: is imap")
    assert "secret-token" not in line
    assert risks(loaded(bare, {**FILLED_IN, **mail, "MAIL_INBOUND": safe})) == []
