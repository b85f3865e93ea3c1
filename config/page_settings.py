"""The settings of the pages that people open in a browser."""

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, BeforeValidator
from pydantic_settings import NoDecode

OFF = "off"


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
    """What is on. A base of ``Settings``."""

    pages: Annotated[tuple[PageName, ...], NoDecode, BeforeValidator(_pages)] = (PageName.DOCS,)
