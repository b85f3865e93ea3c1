"""An office for every test of what people do in Discord."""

from typing import Any

import pytest
import simcord.interactions

from tests.office import desk_office as desk_office


@pytest.fixture
def locale(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The language of everybody's Discord, as ``locale``; SimCord itself knows only ``en-US``."""
    spoken = {"locale": "en-US"}
    made = simcord.interactions.base_payload

    def payload(*args: Any, **fields: Any) -> tuple[object, dict[str, Any]]:
        record, payload = made(*args, **fields)
        return record, payload | spoken

    monkeypatch.setattr(simcord.interactions, "base_payload", payload)
    return spoken
