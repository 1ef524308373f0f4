"""Dashboard and alert rules ask for metrics that there are, with labels that they have, and lead to a runbook."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import yaml
from prometheus_client import Counter, Gauge, Histogram

from service import metrics

DOCS = Path(__file__).parents[2] / "docs"
_RULES = [
    rule
    for group in yaml.safe_load((DOCS / "monitoring" / "alerts.yaml").read_text())["groups"]
    for rule in group["rules"]
]
_DASHBOARD = json.loads((DOCS / "monitoring" / "dashboard.json").read_text())
_QUERIES = [target["expr"] for panel in _DASHBOARD["panels"] for target in panel["targets"]]
_OURS = re.compile(r"\b(cxtrack_\w+)(?:\{([^}]*)\})?")
_GROUPED = re.compile(r"\bby \(([^)]*)\)")


def declared() -> dict[str, set[str]]:
    """Every name that our metrics are collected under, with the labels it has."""
    found: dict[str, set[str]] = {}
    for metric in vars(metrics).values():
        if isinstance(metric, Counter | Gauge | Histogram):
            (family,) = metric.describe()
            labels = set(metric._labelnames)
            match metric:
                case Counter():
                    found[f"{family.name}_total"] = labels
                case Histogram():
                    found |= {f"{family.name}_{part}": labels | {"le"} for part in ("bucket", "sum", "count")}
                case _:
                    found[family.name] = labels
    return found


def unknown_names(query: str) -> list[str]:
    """What a query asks for and nobody measures."""
    known = declared()
    found: list[str] = []
    used: set[str] = set()
    for name, matchers in _OURS.findall(query):
        used |= known.get(name, set())
        found += [name] * (name not in known)
        labels = re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", matchers)
        found += [f"{name}{{{label}}}" for label in labels if label not in known.get(name, set())]
    grouped = {label.strip() for labels in _GROUPED.findall(query) for label in labels.split(",")}
    return found + sorted(grouped - used)


def queries() -> list[Any]:
    """Every query of rules and dashboard."""
    rules = [pytest.param(rule["expr"], id=rule["alert"]) for rule in _RULES]
    return rules + [pytest.param(query, id=f"panel {number}") for number, query in enumerate(_QUERIES, start=1)]


@pytest.mark.parametrize("query", queries())
def test_query_is_promql_over_metrics_that_there_are(query: str):
    promql_parser.parse(query.replace("$__rate_interval", "5m"))
    assert unknown_names(query) == []


@pytest.mark.parametrize(
    ("query", "unknown"),
    [
        ("sum(rate(cxtrack_http_request_total[5m]))", ["cxtrack_http_request_total"]),
        ('cxtrack_alerts_total{person="x"}', ["cxtrack_alerts_total{person}"]),
        ("sum by (path) (cxtrack_http_requests_total)", ["path"]),
    ],
)
def test_unknown_name_is_noticed(query: str, unknown: list[str]):
    assert unknown_names(query) == unknown


def test_every_metric_is_on_the_dashboard():
    shown = {name for query in _QUERIES for name, _ in _OURS.findall(query)}
    families = {name.removesuffix("_bucket") for name in declared() if not name.endswith(("_sum", "_count"))}
    assert {name.removesuffix("_bucket") for name in shown} == families


def test_every_metric_is_in_the_runbook():
    runbook = (DOCS / "operate.md").read_text()
    families = {re.sub(r"_(bucket|sum|count)$", "", name) for name in declared()}
    assert {name for name in families if f"`{name}" not in runbook} == set()


@pytest.mark.parametrize("rule", _RULES, ids=[rule["alert"] for rule in _RULES])
def test_rule_leads_to_its_entry_in_the_runbook(rule: dict[str, Any]):
    anchors = {
        re.sub(r"\s+", "-", heading.lower())
        for heading in re.findall(r"^### (.+)$", (DOCS / "operate.md").read_text(), re.MULTILINE)
    }
    place = rule["annotations"]["runbook"].removeprefix("docs/operate.md#")
    assert place in anchors | {"{{ $labels.alert }}"}
    assert rule["labels"]["severity"] in {"page", "ticket"}
    assert rule["annotations"]["summary"].endswith(".")


def test_every_rule_of_the_runbook_is_in_the_rules():
    explained = set(re.findall(r"^### Rule (\w+)$", (DOCS / "operate.md").read_text(), re.MULTILINE))
    elsewhere = {"AlertRaised", "RefreshBreakerOpen"}
    assert explained | elsewhere == {rule["alert"] for rule in _RULES}
