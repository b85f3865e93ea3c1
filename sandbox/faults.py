"""Ordered faults: the next requests of a kind fail, hang, or are cut off, before or after their effect."""

import re
from dataclasses import asdict, dataclass, fields
from typing import Any

from sandbox.calls import Answer

_TEXTS = {
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}


@dataclass(slots=True)
class Fault:
    """What happens to the next `count` requests whose method and path fit.

    `path` is a regular expression searched in the path below /api/v10; `method` may be `*`.
    With `cut` "after" the request has its effect first, with "before" it has none. It waits `delay`
    seconds, and is answered with `status`, or not at all if there is none: the connection breaks.
    A `status` alone is one without effect; with neither, the request is late and then as usual. With
    `html` the answer is a page, as a proxy's is; a 204 has nothing in it; `says` is what else it says, of any
    shape. A 429 may be one of all requests of the bot (`is_global`).
    """

    path: str = ""
    method: str = "*"
    count: int = 1
    status: int | None = None
    delay: float = 0.0
    cut: str | None = None
    code: int = 0
    message: str | None = None
    retry_after: float | None = None
    html: bool = False
    says: Any = None
    is_global: bool = False

    def __post_init__(self) -> None:
        re.compile(self.path)
        if self.cut not in (None, "before", "after") or self.count < 1:
            raise ValueError("cut must be before or after, count at least 1")

    @property
    def has_effect(self) -> bool:
        """Whether the request is carried out in spite of the fault."""
        return self.cut == "after" or (self.cut is None and self.status is None)

    def answer(self) -> Answer | None:
        """The answer that is ordered, or None where the connection breaks or nothing is ordered."""
        if self.status is None:
            return None
        if self.status == 204:
            return Answer(204)
        if self.html:
            later = {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}
            return Answer(self.status, "<!doctype html><title>A proxy</title>", later)
        text = self.message or f"{self.status}: {_TEXTS.get(self.status, 'Error')}"
        body: dict[str, Any] = {"message": text, "code": self.code}
        headers = {"Via": "1.1 sandbox"}
        if self.retry_after is not None:
            scope = "global" if self.is_global else "user"
            body |= {"retry_after": self.retry_after, "global": self.is_global}
            headers |= {"Retry-After": str(self.retry_after), "X-RateLimit-Scope": scope}
        return Answer(self.status, body if self.says is None else self.says, headers)


class Faults:
    """The faults ordered, in the order in which they were ordered."""

    def __init__(self) -> None:
        self._ordered: list[Fault] = []

    def order(self, wish: dict[str, Any]) -> None:
        """Add a fault behind the others; raises ValueError if it is malformed."""
        known = {field.name for field in fields(Fault)}
        if wish.keys() - known:
            raise ValueError(f"unknown: {', '.join(sorted(wish.keys() - known))}")
        self._ordered.append(Fault(**wish))

    def take(self, method: str, path: str) -> Fault | None:
        """The first fault that fits a request, counted down."""
        for fault in self._ordered:
            if fault.method in ("*", method) and re.search(fault.path, path):
                fault.count -= 1
                if fault.count == 0:
                    self._ordered.remove(fault)
                return fault
        return None

    def clear(self) -> None:
        """Forget all faults."""
        self._ordered.clear()

    def list(self) -> list[dict[str, Any]]:
        """The faults still to come."""
        return [asdict(fault) for fault in self._ordered]
