"""Pages of lists: ``limit`` and ``cursor`` in the query, and a link to the next one."""

from collections.abc import Callable, Sequence
from typing import Annotated, Final, TypeVar

from aiohttp import web
from pydantic import BaseModel, Field

from api.desks import DESKS

DEFAULT_LIMIT: Final = 50
Position = Annotated[int, Field(ge=0, lt=2**53)]
Item = TypeVar("Item")


class PageSize(BaseModel):
    limit: Annotated[int, Field(ge=1, le=100)] | None = Field(None, description="At most so many.")

    @property
    def size(self) -> int:
        return self.limit or DEFAULT_LIMIT


class Paging(PageSize, extra="forbid"):
    """The ``cursor`` is where the page before ended; clients take it from the link."""

    cursor: Position | None = Field(None, description="Where the page before ended: take it from its `Link`.")

    @property
    def is_asked_for(self) -> bool:
        """Version-1 clients know no pages, and get their lists whole."""
        return self.limit is not None or self.cursor is not None


def page(
    request: web.Request, items: Sequence[Item], size: int | None, position: Callable[[Item], int | str]
) -> tuple[Sequence[Item], dict[str, str]]:
    """The first ``size`` items, of which one more was asked for, and the header that links the rest."""
    if size is None or len(items) <= size:
        return items, {}
    shown = items[:size]
    return shown, link_to(request, limit=str(size), cursor=str(position(shown[-1])))


def link_to(request: web.Request, **query: str) -> dict[str, str]:
    """The header that links the next page: the same request, with this in its query."""
    kept = {name: value for name, value in request.query.items() if name != "after_seq"}
    url = request.rel_url.with_query({**kept, **query})
    return {"Link": f'<{request.app[DESKS].public_url}{url}>; rel="next"'}
