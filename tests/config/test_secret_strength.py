"""Secrets that are refused in production, in every place where there is one."""

import re
import secrets

import pytest

from config.loading import SettingsAreWrong
from config.secret_strength import weakness
from tests.docs.conftest import bare
from tests.docs.pages import ROOT
from tests.docs.settings import FILLED_IN, loaded

__all__ = ["bare"]

DOCUMENTS = sorted([ROOT / "README.md", ROOT / ".env.example", *(ROOT / "docs").rglob("*.md")])


@pytest.mark.parametrize(
    ("secret", "why"),
    [
        ("x" * 31, "is shorter than 32 bytes"),
        ("x" * 64, "is a few characters over and over"),
        ("ab" * 16, "is a few characters over and over"),
        ("swordfish" * 4, "is a few characters over and over"),
        ("12345678" * 8 + "1234", "is a few characters over and over"),
        ("ü" * 16, "is a few characters over and over"),
        ("a secret of more than thirty-two bytes\n", "stands in public documents"),
        ("a-string-secret-at-least-256-bits-long", "stands in public documents"),
        ("swordfish, and a little longer than that", None),
    ],
)
def test_what_is_wrong_with_a_secret(secret: str, why: str | None) -> None:
    assert weakness(secret) == why


def test_random_secrets_are_good() -> None:
    made = [it for _ in range(200) for it in (secrets.token_hex(16), secrets.token_urlsafe(48))]

    assert {weakness(it) for it in made} == {None}


def test_every_secret_of_our_documents_is_known() -> None:
    shown = {
        secret
        for page in DOCUMENTS
        for line in page.read_text("utf-8").splitlines()
        for secret in re.findall(r"""(?:secret["']? ?[=:] ?["']|^JWT_SECRET_KEY=)([^"']{32,})""", line)
    }

    assert shown
    assert {it: weakness(it) for it in shown if weakness(it) is None} == {}


@pytest.mark.parametrize("secret", ["short", "x" * 40, "a secret of more than thirty-two bytes"])
def test_production_refuses_them_and_development_does_not(secret: str, bare: pytest.MonkeyPatch) -> None:
    settings = {**FILLED_IN, "JWT_SECRET_KEY": secret}
    with pytest.raises(SettingsAreWrong) as wrong:
        loaded(bare, settings)

    assert wrong.value.faults == [f"JWT_SECRET_KEY: {weakness(secret)}, which SERVER_MODE=PRODUCTION refuses"]
    assert loaded(bare, {**settings, "SERVER_MODE": "DEVELOPMENT"}).weakness_of_secret == weakness(secret)


@pytest.mark.parametrize("key", ["x" * 40, "changeme" * 5])
def test_a_signup_key_is_no_easier_to_guess(key: str, bare: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsAreWrong, match="STAFF_SIGNUP_KEY: is a few characters over and over"):
        loaded(bare, {**FILLED_IN, "ACCOUNTS": "on", "STAFF_SIGNUP_KEY": key})
