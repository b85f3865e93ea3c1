"""Names that Discord refuses, by lists that nobody publishes, and what stands in for them."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final, TypeVar

from bot.connection.faults import FormRefused

T = TypeVar("T")
Value = str | None
KEPT: Final = 10_000
"""Refused names that are remembered; the oldest are forgotten."""


class Names:
    """Remembers what was refused for as long as this process leads: what Discord's lists hold may change."""

    def __init__(self) -> None:
        self._refused: dict[tuple[str, Value], None] = {}

    async def taken(
        self,
        wishes: Mapping[str, Sequence[Value]],
        ask: Callable[[Mapping[str, Value]], Awaitable[T]],
        *,
        may_guess: bool = False,
    ) -> T:
        """What ``ask`` gives with the first values that Discord takes.

        ``wishes`` has for each field of the request its values, from the wanted one to the most neutral.
        With ``may_guess`` a refusal that names no field is taken for one of all of these. Raises
        FormRefused if nothing is left to be tried, or if something else was refused."""
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
