"""What is wrong with a setting is told so that it can be put right."""

from pathlib import Path

import pytest

from config.loading import SettingsAreWrong, doubts
from tests.docs.conftest import bare
from tests.docs.settings import FILLED_IN, loaded

__all__ = ["bare"]

WRONG = {
    "LOG_LEVEL": ("LOUD", "must be DEBUG, INFO, WARNING or ERROR"),
    "LOG_FORMAT": ("yaml", "must be text or json"),
    "SERVER_MODE": ("TEST", "must be PRODUCTION or DEVELOPMENT"),
    "RATE_LIMITS": ("no", "must be on or off"),
    "ON_CHANNEL_DELETED": ("x", "must be rebuild or close"),
    "JWT_REQUIRE_EXP": ("perhaps", "must be true or false"),
    "WEB_SERVER_PORT": ("70000", "must be less than or equal to 65535"),
    "GUILD_ID": ("my guild", "must be a whole number"),
    "MAX_FILE_MB": ("much", "must be a number"),
    "REOPEN_WINDOW": ("inf", "must be less than or equal to 36600"),
    "CLOSE_GRACE": ("-1", "must be greater than or equal to 0"),
    "NOTE_PREFIX": ("x" * 11, "must have at most 10 characters"),
    "PUBLIC_URL": ("support.example.com", "must be a URL, as https://support.example.com"),
    "TRUSTED_PROXIES": ("10.0.0.0/33", "must be addresses or networks, as 10.0.0.0/8, separated by commas"),
    "CORS_ORIGINS": (
        "app.example.com",
        "must be * or origins, as https://app.example.com, separated by commas",
    ),
    "DISCORD_API_URL": (
        "https://discord.example/api?v=10",
        "must have no query, no fragment and no name of a user",
    ),
    "STAFF_SIGNUP_KEY": ("x" * 15, "must have 16 characters or more: whoever guesses it becomes an agent"),
    "MAIL_FROM": (
        "support@example.com\nBcc: all@example.com",
        "must be an address, as Support <support@example.com>",
    ),
    "ERROR_WEBHOOK_URL": ("ftp://example.com", "must be a URL, as https://support.example.com"),
    "URGENT_TICKET_CATEGORY_ID": (
        FILLED_IN["GENERAL_TICKET_CATEGORY_ID"],
        "is that of GENERAL_TICKET_CATEGORY_ID too; each level needs a category of its own",
    ),
    "ISSUERS_FILE": ("nowhere.toml", "cannot be read: No such file or directory"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_value_is_told_with_what_is_right(name: str, bare: pytest.MonkeyPatch) -> None:
    value, told = WRONG[name]

    with pytest.raises(SettingsAreWrong) as wrong:
        loaded(bare, {**FILLED_IN, name: value})

    assert wrong.value.faults == [f"{name}: {told}"]


def test_a_token_needs_somebody_who_signs_it(bare: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsAreWrong) as wrong:
        loaded(bare, {**FILLED_IN, "JWT_SECRET_KEY": ""})

    assert wrong.value.faults == ["JWT_SECRET_KEY: is missing, and ISSUERS_FILE too"]


def test_the_file_of_issuers_makes_the_secret_optional(bare: pytest.MonkeyPatch, tmp_path: Path) -> None:
    issuers = tmp_path / "issuers.toml"
    issuers.write_text(
        '[[issuer]]\niss = "shop"\naud = "desk"\nalgorithms = ["RS256"]\nroles = ["CUSTOMER"]\n'
        'jwks_url = "https://shop.example/jwks"\n'
    )

    settings = loaded(bare, {**FILLED_IN, "JWT_SECRET_KEY": "", "ISSUERS_FILE": str(issuers)})

    assert settings.jwt_secret_key is None
    assert settings.weakness_of_secret is None


def test_spaces_around_a_setting_are_nobodys_meaning(bare: pytest.MonkeyPatch) -> None:
    spaced = {name: f" {value}\t" for name, value in FILLED_IN.items()}
    more = {"SERVER_MODE": " DEVELOPMENT ", "RATE_LIMITS": " off", "CLOSE_GRACE": "5 ", "LOG_LEVEL": "   "}

    settings = loaded(bare, {**spaced, **more})

    assert (settings.server_mode, settings.rate_limits.value, settings.close_grace) == (
        "DEVELOPMENT",
        "off",
        5,
    )
    assert settings.log_level == "INFO"
    assert settings.public_url == FILLED_IN["PUBLIC_URL"]
    assert settings.discord_bot_token.get_secret_value() == FILLED_IN["DISCORD_BOT_TOKEN"]
    assert settings.jwt_secret_key is not None
    assert settings.jwt_secret_key.get_secret_value() == spaced["JWT_SECRET_KEY"], "a secret is what it is"


def test_trusted_proxies_are_addresses_and_networks(bare: pytest.MonkeyPatch) -> None:
    settings = loaded(bare, {**FILLED_IN, "TRUSTED_PROXIES": "127.0.0.1, 10.0.0.0/8,fd00::/8"})

    assert [str(it) for it in settings.trusted_proxies or ()] == ["127.0.0.1/32", "10.0.0.0/8", "fd00::/8"]


def test_origins_are_those_of_browsers_and_of_apps(bare: pytest.MonkeyPatch) -> None:
    origins = "https://app.example.com, http://localhost:3000/,capacitor://localhost,null"

    settings = loaded(bare, {**FILLED_IN, "CORS_ORIGINS": origins})

    assert len(settings.cors_origins) == 4


def test_slips_in_the_settings_file_are_told_and_names_of_other_programs_are_not(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text(
        "CLOSE_GRAC=5\nclose_grace=6\nPOSTGRES_PASSWORD=x\n# a comment\n\nthis is nothing\noops\n"
    )

    told = doubts(env_file)

    assert told == [
        f"{env_file}: CLOSE_GRAC is no setting; is CLOSE_GRACE meant?",
        f"{env_file}: line 6 is not NAME=value, and is not heeded",
        f"{env_file}: line 7 is not NAME=value, and is not heeded",
    ]


def test_a_setting_that_is_set_twice_is_told_with_the_line_that_counts(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text("LANGUAGE=en\nGUILD_ID=1\nGUILD_ID=1\nOTHERS=1\nOTHERS=2\n\nlanguage=de\n")

    assert doubts(env_file) == [f"{env_file}: language is set twice; only line 7 counts"]


def test_no_settings_file_is_no_slip(tmp_path: Path) -> None:
    assert doubts(None) == doubts(tmp_path / ".env") == []


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        ("RELAY_BOTS", "466378653216014359", (466378653216014359,)),
        ("RELAY_BOTS", "1, 2", (1, 2)),
        ("FURTHER_ROLE_IDS", "77", (77,)),
        ("INDEXED_METADATA", "1", ("1",)),
        ("INDEXED_METADATA", "true", ("true",)),
    ],
)
def test_a_list_may_have_one_entry(
    name: str, value: str, read: tuple[object, ...], bare: pytest.MonkeyPatch
) -> None:
    assert getattr(loaded(bare, {**FILLED_IN, name: value}), name.lower()) == read


@pytest.mark.parametrize("url", ["https://x.test/?a=1", "https://x.test/#a", "https://me:word@x.test"])
def test_links_can_be_made_of_the_public_url(url: str, bare: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsAreWrong, match="PUBLIC_URL: must have no query"):
        loaded(bare, {**FILLED_IN, "PUBLIC_URL": url})


@pytest.mark.parametrize("name", ["a b", "a.b", "a$b", "x" * 64])
def test_a_database_has_a_name_that_mongodb_takes(name: str, bare: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsAreWrong, match="DB_NAME: must be at most 63 characters"):
        loaded(bare, {**FILLED_IN, "MONGO_URI": "mongodb://x", "DB_NAME": name})
