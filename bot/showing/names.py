"""Names that Discord refuses, by lists that are not published, and their replacements."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final, TypeVar

from bot.connection.faults import FormRefused

T = TypeVar("T")
Value = str | None
KEPT: Final = 10_000
"""So many refused names are remembered; the oldest are forgotten."""


class Names:
    """Remembers refused names while this process leads. Discord's lists may change."""

    def __init__(self) -> None:
        self._refused: dict[tuple[str, Value], None] = {}

    async def taken(
        self,
        wishes: Mapping[str, Sequence[Value]],
        ask: Callable[[Mapping[str, Value]], Awaitable[T]],
        *,
        may_guess: bool = False,
    ) -> T:
        """The result of ``ask`` with the first values that Discord accepts.

        ``wishes`` has the values for each field of the request, from the preferred one to the most neutral.
        With ``may_guess``, a refusal that names no field counts as one of all these fields. Raises
        FormRefused if no values are left, or if something else was refused."""
        left = {field: self._not_refused(field, values) for field, values in wishes.items()}
        suspects: list[tuple[str, Value]] = []
        while True:
            try:
                given = await ask({field: values[0] for field, values in left.items()})
            except FormRefused as refusal:
                named = refusal.fields & left.keys()
                if not refusal.fields and may_guess:
                    named = frozenset(left)
                others = {field for field in named if len(left[field]) > 1}
                if not others:
                    raise
                for field in others:
                    refused = (field, left[field].pop(0))
                    if refusal.fields:
                        self._remember(refused)
                    else:
                        suspects.append(refused)
            else:
                for suspect in suspects:
                    self._remember(suspect)
                return given

    def _not_refused(self, field: str, values: Sequence[Value]) -> list[Value]:
        return [it for it in values if (field, it) not in self._refused] or [values[-1]]

    def _remember(self, refused: tuple[str, Value]) -> None:
        self._refused[refused] = None
        while len(self._refused) > KEPT:
            del self._refused[next(iter(self._refused))]
