"""The pages of this program: built from the settings."""

from typing import Final
from urllib.parse import urlsplit

from config.settings import Settings
from pages.frame.frame import Frame, root_of
from pages.site import static_files

LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")


def frame_of(settings: Settings, public_url: str) -> Frame:
    """The frame of all pages."""
    return Frame(
        public_url=public_url,
        language=settings.language,
        on=settings.pages,
        static=static_files(root_of(public_url)),
        secure=settings.in_production or not _is_plain_loopback(public_url),
    )


def _is_plain_loopback(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "http" and parts.hostname in LOOPBACK
