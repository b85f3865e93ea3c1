"""The settings of webhooks."""

from pydantic import BaseModel

from config.switch import Switch


class WebhookSettings(BaseModel):
    """A base of ``Settings``."""

    webhook_private: Switch = Switch.OFF
