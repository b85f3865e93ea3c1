"""Every setting of Guildesk, as one frozen class; nothing is read at import."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import NoDecode

from config.account_settings import AccountSettings, faults_of_accounts
from config.desk_file import DeskFileIsWrong, read_desk_file
from config.issuers import IssuersAreWrong, read_issuers
from config.notify_settings import NotifySettings, faults_of_notifying
from config.page_settings import PageName, faults_of_pages
from config.retention_settings import RetentionSettings
from config.secret_strength import guessable, weakness
from config.setting_types import AT_COMMAS, Networks, Origin, Permission, Snowflake, Snowflakes, Url, Webhook
from config.store_settings import ExportSettings, faults_of_store
from config.switch import Switch
from config.transcript_settings import TranscriptSettings
from config.webhook_settings import WebhookSettings
from config.widget_settings import WidgetSettings, faults_of_widget
from tickets.model import IssueLevel, SupportRole
from tickets.ports.agents import Assignment


class ServerMode(StrEnum):
    PRODUCTION = "PRODUCTION"
    DEVELOPMENT = "DEVELOPMENT"


class ChannelDeleted(StrEnum):
    """What happens to an open ticket whose channel was deleted by hand."""

    REBUILD = "rebuild"
    CLOSE = "close"


class ChannelNames(StrEnum):
    """How channels of tickets are named."""

    NUMBER = "number"
    TOPIC = "topic"


class LogLevel(StrEnum):
    DEBUG = "DEBUG"
    INFO = "INFO"
    WARNING = "WARNING"
    ERROR = "ERROR"


class LogFormat(StrEnum):
    TEXT = "text"
    JSON = "json"


class Settings(
    ExportSettings,
    AccountSettings,
    WidgetSettings,
    NotifySettings,
    TranscriptSettings,
    WebhookSettings,
    RetentionSettings,
):
    """What an operator can set."""

    server_mode: ServerMode = ServerMode.PRODUCTION
    web_server_host: str = "127.0.0.1"
    web_server_port: Annotated[int, Field(ge=0, le=65535)] = 5000
    public_url: Url | None = None
    cors_origins: Annotated[tuple[Origin, ...], NoDecode, AT_COMMAS] = ("*",)
    rate_limits: Switch = Switch.ON
    trusted_proxies: Networks = None
    max_connections: Annotated[int, Field(ge=16, le=100_000)] = 5_000
    max_connections_per_address: Annotated[int, Field(ge=4, le=100_000)] = 1_000
    metrics: Switch = Switch.ON
    docs: Switch = Switch.ON

    jwt_secret_key: SecretStr | None = None
    issuers_file: Path | None = None
    jwt_require_exp: bool | None = None
    jwt_max_age: Annotated[int, Field(ge=60)] | None = None
    service_tokens: Switch = Switch.OFF
    service_limit: Annotated[int, Field(ge=1, le=1000)] = 20

    discord_bot_token: SecretStr
    guild_id: Snowflake
    general_ticket_category_id: Snowflake
    urgent_ticket_category_id: Snowflake
    critical_ticket_category_id: Snowflake
    support_team_role_id: Snowflake
    developer_role_id: Snowflake
    manager_role_id: Snowflake
    admin_role_id: Snowflake
    board_channel_id: Snowflake | None = None
    log_channel_id: Snowflake | None = None
    further_role_ids: Snowflakes = None
    relay_bots: Snowflakes = None
    discord_api_url: Url | None = None

    desk_file: Path | None = None
    note_prefix: Annotated[str, Field(min_length=1, max_length=10)] = "//"
    mention_is_note: Switch = Switch.ON
    mark_stored: Switch = Switch.ON
    ping_new: Switch = Switch.ON
    ping_message: Switch = Switch.ON
    ping_assigned: Switch = Switch.ON
    ping_transferred: Switch = Switch.ON
    ping_critical: Switch = Switch.ON
    channel_names: ChannelNames = ChannelNames.NUMBER
    ping_missed: Switch = Switch.ON
    close_grace: Annotated[float, Field(ge=0, le=86_400)] = 60.0
    on_channel_deleted: ChannelDeleted = ChannelDeleted.REBUILD
    indexed_metadata: Annotated[tuple[str, ...] | None, NoDecode, AT_COMMAS] = None
    max_file_mb: Annotated[float, Field(gt=0, le=500)] = 10.0
    assignment: Assignment = Assignment.NONE
    require_staff_reply_first: bool = False
    claim_on_answer: Switch = Switch.OFF
    weekly_stats: Switch = Switch.OFF
    commands_need: Permission | None = None
    reopen_window: Annotated[float, Field(ge=0, le=36_600)] = 7.0
    remind_after_silence: Annotated[float, Field(ge=0, le=366)] = 0.0
    close_after_silence: Annotated[float, Field(ge=0, le=366)] = 0.0
    max_open_tickets: Annotated[int, Field(ge=1)] = 50
    guest_max_level: IssueLevel = IssueLevel.NORMAL
    guest_max_role: SupportRole = SupportRole.GENERAL
    min_free_mb: Annotated[int, Field(ge=0)] = 500

    error_webhook_url: Webhook | None = None
    error_bot_webhook_url: Webhook | None = None
    log_level: LogLevel = LogLevel.INFO
    log_format: LogFormat = LogFormat.TEXT

    @model_validator(mode="after")
    def _belong_together(self) -> Self:
        faults = [
            *_faults_of_tokens(self),
            *faults_of_store(self),
            *faults_of_accounts(self, has_desk=PageName.DESK in self.pages),
            *faults_of_pages(self, has_accounts=self.accounts is Switch.ON, public_url=self.public_url),
            *faults_of_widget(self),
            *faults_of_notifying(self),
            *_faults_of_desk_file(self),
            *_faults_of_categories(self),
            *_faults_of_further_roles(self),
            *_faults_of_weekly_stats(self),
            *(_faults_in_production(self) if self.in_production else ()),
        ]
        if faults:
            raise ValueError("\n".join(faults))
        return self

    @property
    def requires_exp(self) -> bool:
        """Whether tokens without ``exp`` are refused."""
        if self.jwt_require_exp is None:
            return self.in_production
        return self.jwt_require_exp

    @property
    def in_production(self) -> bool:
        return self.server_mode is ServerMode.PRODUCTION

    @property
    def url(self) -> str:
        """Where clients reach the API. Without PUBLIC_URL, that is on this machine."""
        return self.public_url or f"http://127.0.0.1:{self.web_server_port}"

    @property
    def own_host(self) -> str:
        """The host under which this machine reaches the API."""
        return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.web_server_host, self.web_server_host)  # noqa: S104

    @property
    def weakness_of_secret(self) -> str | None:
        """Why JWT_SECRET_KEY is unfit for production."""
        return weakness(self.jwt_secret_key.get_secret_value()) if self.jwt_secret_key else None

    @property
    def secrets(self) -> tuple[SecretStr | None, ...]:
        """The secrets, which must never be shown."""
        return (
            self.jwt_secret_key,
            self.staff_signup_key,
            self.discord_client_secret,
            self.discord_bot_token,
            self.mongo_uri,
            self.error_webhook_url,
            self.error_bot_webhook_url,
            self.mail_url,
            self.sms_url,
            self.mail_inbound,
        )

    @property
    def categories(self) -> dict[IssueLevel, int]:
        """The category in which channels of each level are opened."""
        return {
            IssueLevel.NORMAL: self.general_ticket_category_id,
            IssueLevel.URGENT: self.urgent_ticket_category_id,
            IssueLevel.CRITICAL: self.critical_ticket_category_id,
        }

    @property
    def roles(self) -> dict[SupportRole, int]:
        """The Discord role for each support role."""
        return {
            SupportRole.GENERAL: self.support_team_role_id,
            SupportRole.TECHNICAL: self.developer_role_id,
            SupportRole.MANAGER: self.manager_role_id,
            SupportRole.ADMIN: self.admin_role_id,
        }


def _faults_of_tokens(settings: Settings) -> list[str]:
    if settings.issuers_file is None:
        has_any = settings.jwt_secret_key is not None or settings.signs_tokens
        return [] if has_any else ["JWT_SECRET_KEY: is missing, and ISSUERS_FILE too"]
    try:
        read_issuers(
            settings.issuers_file,
            has_default=settings.jwt_secret_key is not None,
            in_production=settings.in_production,
        )
    except IssuersAreWrong as wrong:
        return [f"ISSUERS_FILE: {fault}" for fault in wrong.faults]
    return []


def _faults_of_desk_file(settings: Settings) -> list[str]:
    if settings.desk_file is None:
        return []
    try:
        read_desk_file(settings.desk_file)
    except DeskFileIsWrong as wrong:
        return [f"DESK_FILE: {fault}" for fault in wrong.faults]
    return []


def _faults_of_categories(settings: Settings) -> list[str]:
    """Each category must stand for one level only, because a channel in it gets that level."""
    names = ("general", "urgent", "critical")
    taken: dict[int, str] = {}
    faults = []
    for name, category in zip(names, settings.categories.values(), strict=True):
        setting = f"{name}_ticket_category_id".upper()
        if category in taken:
            faults.append(
                f"{setting}: is that of {taken[category]} too; each level needs a category of its own"
            )
        taken.setdefault(category, setting)
    return faults


def _faults_of_weekly_stats(settings: Settings) -> list[str]:
    if settings.weekly_stats is Switch.ON and settings.log_channel_id is None:
        return ["WEEKLY_STATS: is on without LOG_CHANNEL_ID, where they are posted"]
    return []


def _faults_of_further_roles(settings: Settings) -> list[str]:
    """The role @everyone has the guild's id."""
    if settings.guild_id in (settings.further_role_ids or ()):
        return ["FURTHER_ROLE_IDS: names GUILD_ID, which stands for everybody; name roles"]
    return []


def _faults_in_production(settings: Settings) -> list[str]:
    faults = []
    if (why := settings.weakness_of_secret) is not None:
        faults.append(f"JWT_SECRET_KEY: {why}, which SERVER_MODE=PRODUCTION refuses")
    if (key := settings.staff_signup_key) and (why := guessable(key.get_secret_value())) is not None:
        faults.append(f"STAFF_SIGNUP_KEY: {why}, which SERVER_MODE=PRODUCTION refuses")
    if settings.public_url is None:
        faults.append("PUBLIC_URL: is missing; SERVER_MODE=PRODUCTION needs the address that clients use")
    if settings.rate_limits is Switch.OFF:
        faults.append("RATE_LIMITS: off is for tests and benchmarks, SERVER_MODE=PRODUCTION refuses it")
    return faults
