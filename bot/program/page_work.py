"""The pages of this program: built from the settings."""

from urllib.parse import urlsplit

from api.door.limits import Limits
from config.page_settings import is_loopback
from config.settings import Settings
from config.shown_settings import told_settings
from config.switch import Switch
from pages.frame.frame import Frame, root_of
from pages.site import static_files


def frame_of(settings: Settings) -> Frame:
    """The frame of all pages."""
    public_url = settings.url
    return Frame(
        public_url=public_url,
        language=settings.language,
        on=settings.pages,
        widget_origins=settings.widget_origins or (),
        has_guests=settings.guests is Switch.ON,
        limits=Limits() if settings.rate_limits is Switch.ON else None,
        settings=told_settings(settings),
        static=static_files(root_of(public_url)),
        secure=settings.in_production
        or urlsplit(public_url).scheme == "https"
        or not is_loopback(public_url),
    )
