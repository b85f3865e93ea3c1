"""How long closed tickets are kept, by the settings."""

from config.retention_settings import RetentionSettings
from tickets.model import Millis
from tickets.policy import DAY
from tickets.retention import KeptFor


def kept_for(settings: RetentionSettings) -> KeptFor:
    def days(setting: float) -> Millis | None:
        return int(setting * DAY) or None

    return KeptFor(
        tickets=days(settings.retention_days),
        files=days(settings.retention_files_days),
        transcripts=days(settings.retention_transcripts_days),
        looks=days(settings.retention_looks_days),
    )
