"""The settings of the widget, which is shown on pages of other origins."""

from typing import Annotated

from pydantic import AfterValidator
from pydantic_settings import NoDecode
from yarl import URL

from config.page_settings import PageName, PageSettings
from config.setting_types import AT_COMMAS


def _exact(text: str) -> str:
    """An origin in the form that browsers use: in lower case, without the default port of its scheme."""
    try:
        url = URL(text)
        if (
            url.scheme in ("http", "https")
            and "*" not in text
            and text.rstrip("/").lower()
            in (
                str(url.origin()),
                f"{url.origin()}:{url.port}",
            )
        ):
            return str(url.origin())
    except ValueError:
        pass
    raise ValueError("must be origins, as https://shop.example.com, separated by commas; never *")


class WidgetSettings(PageSettings):
    """A base of ``Settings``."""

    widget_origins: Annotated[
        tuple[Annotated[str, AfterValidator(_exact)], ...] | None, NoDecode, AT_COMMAS
    ] = None


def faults_of_widget(settings: WidgetSettings) -> list[str]:
    """A widget that is allowed nowhere, or everywhere, is a mistake."""
    if PageName.WIDGET in settings.pages and not settings.widget_origins:
        return [
            "WIDGET_ORIGINS: is missing; PAGES has the widget, which needs the origins of the pages it is on"
        ]
    return []
