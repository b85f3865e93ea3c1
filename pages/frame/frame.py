"""What every page knows about where it is served."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Final

from aiohttp import web
from yarl import URL

from api.door.limits import Limits
from config.page_settings import PageName
from config.shown_settings import ToldSetting
from pages.frame.static_files import StaticFiles
from texts.language import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """``public_url`` is where people open the pages; ``secure`` is False only where cookies have to travel
    over plain HTTP, on a developer's own machine."""

    public_url: str
    language: Language
    on: Collection[PageName]
    static: StaticFiles
    secure: bool = True
    widget_origins: Collection[str] = ()
    """The origins whose pages may have the widget."""
    has_guests: bool = False
    limits: Limits | None = None
    """None where rate limits are off."""
    settings: Sequence[ToldSetting] = ()
    """The settings as they are, for admins."""
    root: str = field(init=False)
    """The path under which all pages are served, without a slash at its end."""
    origin: URL = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "root", root_of(self.public_url))
        object.__setattr__(self, "origin", URL(self.public_url).origin())

    def path(self, path: str) -> str:
        """The path of a page, for a browser."""
        return self.root + path


def root_of(public_url: str) -> str:
    return URL(public_url).raw_path.rstrip("/")


FRAME: Final = web.AppKey("FRAME", Frame)
