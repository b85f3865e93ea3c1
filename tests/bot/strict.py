"""SimCord as strict as Discord about names and sizes: it names the field that it refuses, in any language."""

import re
from dataclasses import dataclass, field
from typing import Any

import pytest
from simcord.backend.errors import BackendError
from simcord.http import router


@dataclass
class Strict:
    """What is refused from now on; ``asked`` has every request with a body, refused or not."""

    words: dict[str, list[str]] = field(default_factory=dict)
    """By field of a request: words that it may not hold."""
    file_bytes: int = 1 << 60
    request_bytes: int = 1 << 60
    takes_empty_files: bool = True
    refused_files: bool = False
    per_category: int = 1 << 60
    """Channels."""
    refuses: list[tuple[str, str, int, int]] = field(default_factory=list)
    """Requests of a method, with a path that a pattern finds, and with which status and code."""
    says: str = "Contains words not allowed for servers in Server Discovery."
    asked: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)

    def look(self, method: str, path: str, body: Any, sizes: list[int]) -> None:
        body = body if isinstance(body, dict) else {}
        self.asked.append((method, path, body))
        for how, where, status, code in self.refuses:
            if how == method and re.search(where, path):
                raise BackendError(status, code, "No")
        if any(size > self.file_bytes for size in sizes) or sum(sizes) > self.request_bytes:
            raise BackendError(413, 40005, self.says)
        if sizes and self.refused_files:
            raise BackendError(400, 20009, self.says)
        if 0 in sizes and not self.takes_empty_files:
            raise BackendError(400, 50035, self.says)
        for name, words in self.words.items():
            if any(word.lower() in str(body.get(name) or "").lower() for word in words):
                tree = {
                    name: {"_errors": [{"code": "INVALID_COMMUNITY_PROPERTY_NAME", "message": self.says}]}
                }
                raise BackendError(400, 50035, "Invalid Form Body", errors=tree)

    def look_for_room(self, backend: Any, body: Any) -> None:
        """A category takes so many channels."""
        if not isinstance(body, dict) or not (parent := body.get("parent_id")):
            return
        if sum(it.parent_id == int(parent) for it in backend.channels.values()) >= self.per_category:
            tree = {
                "parent_id": {"_errors": [{"code": "CHANNEL_PARENT_MAX_CHANNELS", "message": "It is full"}]}
            }
            raise BackendError(400, 50035, "Invalid Form Body", errors=tree)

    def asked_for(self, method: str, ending: str, name: str) -> list[Any]:
        """The values of a field in the requests of a kind, oldest first."""
        return [body.get(name) for how, path, body in self.asked if how == method and path.endswith(ending)]


@pytest.fixture
def strict(monkeypatch: pytest.MonkeyPatch) -> Strict:
    """Refuses nothing until it is told to."""
    known, dispatch = Strict(), router.dispatch

    def looked_at(backend: Any, method: str, path: str, **more: Any) -> Any:
        sizes = [len(file.fp.read()) for file in more.get("files") or []]
        for file in more.get("files") or []:
            file.fp.seek(0)
        known.look(method, path, more.get("json"), sizes)
        if method == "POST" and path.endswith("/channels"):
            known.look_for_room(backend, more.get("json"))
        return dispatch(backend, method, path, **more)

    monkeypatch.setattr(router, "dispatch", looked_at)
    return known
