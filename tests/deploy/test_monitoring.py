"""The dashboard for Grafana and the alerts for Prometheus ask for metrics and labels that Guildesk serves."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from api.door.metrics import Metrics
from storage.sqlite.store import open_sqlite
from tests.api.stage import TICKETS, Clock, Stage
from tests.docs.pages import ROOT
from tickets.model import IssueLevel
from tickets.ports.sinks import SinkName

DASHBOARD, ALERTS = ROOT / "deploy/grafana-dashboard.json", ROOT / "deploy/alerts.yaml"
PROMTOOL = shutil.which("promtool")
OF_PROMETHEUS: Final[Mapping[str, frozenset[str]]] = {"up": frozenset({"job", "instance"})}
OF_EACH: Final = frozenset({"job", "instance"})
"""Labels that Prometheus gives to whatever it reads."""
_QUOTED = re.compile(r'"[^"]*"')
_SELECTOR = re.compile(r"([a-zA-Z_:][\w:]*)\s*(?:\{([^}]*)\})")
_GROUPED = re.compile(r"\b(?:by|without)\s*\(([^)]*)\)")
_NAME = re.compile(r"[a-zA-Z_:][\w:]*")
_MATCHER = re.compile(r'(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"')
_WORDS: Final = frozenset(
    {"sum", "max", "min", "rate", "by", "or", "and", "topk", "histogram_quantile", "label_values"}
)


def panels() -> list[dict[str, Any]]:
    read: list[dict[str, Any]] = json.loads(DASHBOARD.read_text("utf-8"))["panels"]
    return read


def rules() -> list[dict[str, Any]]:
    (group,) = yaml.safe_load(ALERTS.read_text("utf-8"))["groups"]
    found: list[dict[str, Any]] = group["rules"]
    return found


def expressions() -> list[str]:
    shown = [target["expr"] for it in panels() for target in it.get("targets", ())]
    return [*shown, *(it["expr"] for it in rules())]


def legends() -> Iterator[tuple[str, str]]:
    """Texts that name labels, each with what they are about."""
    for it in panels():
        yield from ((target["expr"], target["legendFormat"]) for target in it.get("targets", ()))
    for rule in rules():
        yield from ((rule["expr"], text) for text in rule["annotations"].values())


def names_in(expression: str) -> set[str]:
    """The metrics in it: all names but those of functions, groups, labels and numbers with units."""
    bare = _QUOTED.sub("", expression)
    bare = re.sub(r"\{[^}]*\}|\[[^\]]*\]", "", _GROUPED.sub("", bare))
    return set(_NAME.findall(bare)) - _WORDS


def labels_in(expression: str) -> set[str]:
    grouped = {it.strip() for found in _GROUPED.findall(expression) for it in found.split(",")}
    return grouped | {label for label, *_ in _MATCHER.findall(expression)}


@pytest.fixture
async def served(tmp_path: Path) -> Mapping[str, list[Mapping[str, str]]]:
    """The labels of each sample that a Guildesk at work serves, by its name."""
    clock = Clock()
    metrics = Metrics(clock)
    async with open_sqlite(tmp_path, clock) as store, Stage(store, clock).open(metrics=metrics) as stage:
        await stage.opened()
        await stage.ask("GET", TICKETS)
        async with stage.http.get("/metrics") as answer:
            text = await answer.text()
    samples: dict[str, list[Mapping[str, str]]] = {"up": [{}]}
    for family in text_string_to_metric_families(text):
        samples.setdefault(family.name, [])  # those of webhooks are there once there is one
        for it in family.samples:
            samples.setdefault(it.name, []).append(it.labels)
    return samples


async def test_every_name_and_label_is_served(served: Mapping[str, list[Mapping[str, str]]]) -> None:
    asked = expressions()

    assert len(asked) > 30
    for it in asked:
        names = names_in(it)
        assert names, it
        assert names <= served.keys(), it
        known = {label for name in names for labels in served[name] for label in labels}
        assert labels_in(it) <= known | OF_EACH | ({"webhook"} if "webhook" in it else set()), it


async def test_every_value_of_a_label_is_one_that_is_served(
    served: Mapping[str, list[Mapping[str, str]]],
) -> None:
    values = {it.value for it in IssueLevel} | {it.value for it in SinkName}
    values |= {labels["state"] for labels in served["guildesk_tickets_by_target"]}
    assert {labels["level"] for labels in served["guildesk_oldest_waiting_seconds"]} <= values

    for it in expressions():
        for label, operator, value in _MATCHER.findall(it):
            if label != "job" and operator in ("=", "!="):
                assert value in values | {"removal"}, it


def test_texts_name_labels_that_their_expression_keeps() -> None:
    for expression, text in legends():
        named = {*re.findall(r"\{\{\s*\$labels\.(\w+)", text), *re.findall(r"\{\{(\w+)\}\}", text)}
        assert named <= labels_in(expression) | {"instance"}, (expression, text)


def test_the_dashboard_can_be_imported_anywhere() -> None:
    read = json.loads(DASHBOARD.read_text("utf-8"))

    assert {it["name"] for it in read["templating"]["list"]} == {"datasource", "job"}
    assert len({it["id"] for it in panels()}) == len(panels())
    assert {it["datasource"]["uid"] for it in panels() if it["type"] != "row"} == {"${datasource}"}
    places = {
        (x, y)
        for it in panels()
        for at in (it["gridPos"],)
        for x in range(at["x"], at["x"] + at["w"])
        for y in range(at["y"], at["y"] + at["h"])
    }
    assert len(places) == sum(it["gridPos"]["w"] * it["gridPos"]["h"] for it in panels())
    assert max(x for x, _ in places) == 23


def test_every_alert_says_how_urgent_it_is_and_what_to_do() -> None:
    assert len({it["alert"] for it in rules()}) == len(rules())
    for it in rules():
        assert it["labels"]["severity"] in ("page", "ticket")
        assert it["annotations"].keys() == {"summary", "description"}
        assert re.fullmatch(r"\d+m", it["for"])


@pytest.mark.skipif(PROMTOOL is None, reason="there is no promtool: tests/promtool.sh --install installs it")
class TestPrometheus:
    def test_it_takes_the_alerts_and_what_the_dashboard_asks(self, tmp_path: Path) -> None:
        asked = tmp_path / "dashboard.yaml"
        records = [{"record": f"panel_{n}", "expr": it} for n, it in enumerate(expressions())]
        asked.write_text(yaml.safe_dump({"groups": [{"name": "dashboard", "rules": records}]}), "utf-8")

        assert "SUCCESS" in _promtool("check", "rules", "--lint-fatal", str(ALERTS), str(asked))

    def test_each_alert_fires_when_it_should_and_none_where_all_is_well(self) -> None:
        assert "SUCCESS" in _promtool("test", "rules", str(ROOT / "tests/deploy/alerts.yaml"))


def _promtool(*words: str) -> str:
    done = subprocess.run([str(PROMTOOL), *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
