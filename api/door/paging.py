"""Pages of lists: ``limit`` and ``cursor`` in the query, and a link to the next one."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final

from aiohttp import web
from pydantic import BaseModel, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from api.desks import DESKS
from tickets.ports.lists import Cursor, Page

DEFAULT_LIMIT: Final = 50
Position = Annotated[int, Field(ge=0, lt=2**53)]

_NUMBER: Final = "[0-9]{1,16}"
_TEXT: Final = "(?:[0-9a-f]{2}){1,2048}"


@dataclass(frozen=True, slots=True)
class Parts:
    """The form of a ``cursor``: how many numbers it has, and whether a text follows them."""

    numbers: int
    text: bool = False

    @property
    def pattern(self) -> str:
        """The cursor's form in a query: parts with ``-`` between them, the text as UTF-8 in hexadecimal."""
        return "-".join([_NUMBER] * self.numbers + [_TEXT] * self.text)

    def parse(self, written: object) -> Cursor:
        if not (isinstance(written, str) and re.fullmatch(self.pattern, written)):
            raise PydanticCustomError("cursor", "This is no cursor of this list; take it from its Link")
        *numbers, text = written.split("-") if self.text else [*written.split("-"), ""]
        return Cursor(tuple(map(int, numbers)), bytes.fromhex(text).decode(errors="replace"))

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.parse)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"type": "string", "pattern": f"^{self.pattern}$"}


def written(cursor: Cursor) -> str:
    """The cursor as ``Parts`` reads it."""
    return "-".join([*map(str, cursor.numbers), *([cursor.text.encode().hex()] if cursor.text else [])])


FROM_LINK: Final = "Where the page before ended. Take it from the `Link` header of that page."


class Paging(BaseModel, extra="forbid"):
    """The query of a list with pages. Each list defines the parts of its cursor; clients take the cursor
    from the link."""

    limit: Annotated[int, Field(ge=1, le=100)] | None = Field(None, description="At most so many.")
    cursor: Annotated[Cursor, Parts(1)] | None = Field(None, description=FROM_LINK)

    @property
    def size(self) -> int:
        return self.limit or DEFAULT_LIMIT

    @property
    def is_asked_for(self) -> bool:
        """Whether the client asks for pages. Clients of version 1 know no pages and get whole lists."""
        return self.limit is not None or self.cursor is not None


def link_to_next(request: web.Request, page: Page[Any], size: int) -> Mapping[str, str]:
    """The header with the link to the next page, if there is one."""
    return link_to(request, limit=str(size), cursor=written(page.next)) if page.next else {}


def link_to(request: web.Request, **query: str) -> Mapping[str, str]:
    """The header with the link to the next page: the same request, with these parameters in its query."""
    url = request.rel_url.without_query_params("after_seq").update_query(query)
    return {"Link": f'<{request.app[DESKS].options.public_url}{url}>; rel="next"'}
