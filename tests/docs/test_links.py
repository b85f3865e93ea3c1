"""Links lead somewhere, and every decision is listed."""

import re
from pathlib import Path

import pytest

from tests.docs.pages import ROOT, anchors, documents, links

ADR = ROOT / "docs/adr"


@pytest.mark.parametrize("page", documents(), ids=lambda it: str(it.relative_to(ROOT)))
def test_links_between_documents_lead_somewhere(page: Path) -> None:
    broken = []
    for link in links(page):
        path, _, anchor = link.partition("#")
        if "://" in link:
            continue
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)

    assert broken == []


def test_every_decision_is_numbered_listed_and_whole() -> None:
    decisions = sorted(ADR.glob("[0-9]*.md"))
    listed = [link for link in links(ADR / "README.md") if re.match(r"\d", link)]

    assert len({it.name[:4] for it in decisions}) == len(decisions)
    assert sorted(listed) == [it.name for it in decisions]
    for decision in decisions:
        parts = re.findall(r"^## (\w+)$", decision.read_text("utf-8"), re.MULTILINE)
        assert parts == ["Context", "Decision", "Consequences"], decision.name
