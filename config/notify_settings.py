"""The settings that say how people are told who are not looking."""

from typing import Annotated

from pydantic import BaseModel, Field

from config.switch import Switch
from tickets.notifications import NotificationChannel


class NotifySettings(BaseModel):
    """In the app always; elsewhere where it is set up. A base of ``Settings``."""

    emails_verified: Switch = Switch.OFF
    notify_after: Annotated[float, Field(ge=0, le=86_400)] = 120.0

    @property
    def vouches_for_mail(self) -> bool:
        """Whether the backend that signs with JWT_SECRET_KEY has verified its users' addresses."""
        return self.emails_verified is Switch.ON

    @property
    def notification_channels(self) -> tuple[NotificationChannel, ...]:
        """The channels that are set up."""
        return (NotificationChannel.IN_APP,)
