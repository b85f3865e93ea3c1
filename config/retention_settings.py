"""The settings for how long closed tickets are kept."""

from typing import Annotated

from pydantic import BaseModel, Field

Days = Annotated[float, Field(ge=0, le=36_600)]


class RetentionSettings(BaseModel):
    """Days after the closing; 0 for ever."""

    retention_days: Days = 0.0
    retention_files_days: Days = 0.0
    retention_transcripts_days: Days = 0.0
    retention_looks_days: Days = 365.0
    """Days after a member of staff has looked."""
