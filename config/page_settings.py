"""The settings of the pages that people open in a browser."""

from enum import StrEnum
from typing import Annotated, Final
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator
from pydantic_settings import NoDecode

OFF: Final = "off"
LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")


class PageName(StrEnum):
    """The pages that can be on."""

    PORTAL = "portal"
    WIDGET = "widget"
    DESK = "desk"
    DOCS = "docs"


def _pages(value: object) -> object:
    if not isinstance(value, str):
        return value
    named = [part.strip().lower() for part in value.split(",") if part.strip()]
    if named == [OFF]:
        return ()
    if any(it not in list(PageName) for it in named):
        raise ValueError(f"must be any of {', '.join(PageName)}, separated by commas, or {OFF}")
    return tuple(dict.fromkeys(named))


class PageSettings(BaseModel):
    """Which pages are on. A base of ``Settings``."""

    pages: Annotated[tuple[PageName, ...], NoDecode, BeforeValidator(_pages)] = (PageName.DOCS,)


def needs_accounts(pages: tuple[PageName, ...]) -> list[PageName]:
    """The pages that require signing in."""
    return [it for it in pages if it in (PageName.PORTAL, PageName.DESK)]


def faults_of_pages(settings: PageSettings, *, has_accounts: bool, public_url: str | None) -> list[str]:
    """Why nobody could sign in at the pages that are on."""
    signed_in = needs_accounts(settings.pages)
    if not signed_in:
        return []
    without = PageName.PORTAL in settings.pages and not has_accounts
    faults = ["PAGES: portal needs ACCOUNTS=on; nobody could sign in"] if without else []
    if public_url is not None and not keeps_cookies(public_url):
        faults.append(
            f"PUBLIC_URL: is http, and browsers keep the cookies of PAGES={signed_in[0]} over https alone; "
            "put a proxy with HTTPS in front, and name its https address"
        )
    return faults


def keeps_cookies(public_url: str) -> bool:
    """Whether browsers keep secure cookies there. On their own machine they do, too."""
    return urlsplit(public_url).scheme == "https" or is_loopback(public_url)


def is_loopback(url: str) -> bool:
    return urlsplit(url).hostname in LOOPBACK
