"""The settings of the channels for transcripts."""

from typing import Annotated

from pydantic import BaseModel, Field

from tickets.model import SupportRole

_Snowflake = Annotated[int, Field(gt=0, lt=2**63)]


class TranscriptSettings(BaseModel):
    """A channel for the transcripts of each support role. A base of ``Settings``."""

    transcript_channel_id: _Snowflake
    transcript_channel_technical_id: _Snowflake | None = None
    transcript_channel_manager_id: _Snowflake | None = None
    transcript_channel_admin_id: _Snowflake | None = None

    @property
    def further_transcript_channels(self) -> dict[SupportRole, int]:
        """The channels of support roles above GENERAL, if they are set."""
        channels = {
            SupportRole.TECHNICAL: self.transcript_channel_technical_id,
            SupportRole.MANAGER: self.transcript_channel_manager_id,
            SupportRole.ADMIN: self.transcript_channel_admin_id,
        }
        return {role: it for role, it in channels.items() if it is not None}
