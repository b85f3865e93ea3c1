"""The settings of accounts that people have at this desk itself."""

from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, Field, SecretStr

from config.switch import Switch

SHORTEST_KEY: Final = 16


def _long(key: SecretStr) -> SecretStr:
    if len(key.get_secret_value()) < SHORTEST_KEY:
        raise ValueError(f"must have {SHORTEST_KEY} characters or more: whoever guesses it becomes an agent")
    return key


class AccountSettings(BaseModel):
    """A base of ``Settings``."""

    accounts: Switch = Switch.OFF
    guests: Switch = Switch.OFF
    staff_signup_key: Annotated[SecretStr, AfterValidator(_long)] | None = None

    discord_client_id: Annotated[str, Field(pattern="^[0-9]{1,20}$")] | None = None
    discord_client_secret: SecretStr | None = None
    agent_capacity: Annotated[int, Field(ge=1, le=10_000)] | None = None

    @property
    def signs_tokens(self) -> bool:
        """Whether this desk signs tokens itself."""
        return Switch.ON in (self.accounts, self.guests)


def faults_of_accounts(settings: AccountSettings, *, has_desk: bool) -> list[str]:
    faults = []
    if settings.staff_signup_key is not None and settings.accounts is Switch.OFF:
        faults.append("STAFF_SIGNUP_KEY: is set without ACCOUNTS=on; without accounts nobody signs up")
    if settings.discord_client_id is not None and settings.accounts is Switch.OFF and not has_desk:
        faults.append(
            "DISCORD_CLIENT_ID: is set without ACCOUNTS=on and without PAGES=desk; nobody signs in by it"
        )
    if (settings.discord_client_id is None) is not (settings.discord_client_secret is None):
        faults.append(
            "DISCORD_CLIENT_ID: goes with DISCORD_CLIENT_SECRET; set both for signing in with Discord"
        )
    return faults
