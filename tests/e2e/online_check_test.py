"""`tocsin check --prometheus` against a real Prometheus, and against servers that fail."""

import unittest
from http.server import BaseHTTPRequestHandler
from typing import Any

from case import RealPrometheus
from check_test import CheckCase
from daemon import ask
from stand_ins import FakePrometheus, StandIn
from waiting import free_ports, wait_until

METRICS = """
# TYPE shop_requests_total counter
shop_requests_total{code="200"} 5
shop_requests_total{code="500"} 1
# TYPE shop_queue gauge
shop_queue 3
# TYPE shop_shelf gauge
shop_shelf{shelf="1"} 1
shop_shelf{shelf="2"} 2
"""

# Name of the alert, its expression, and what is said of it: code, severity and words.
RULES: list[tuple[str, str, list[tuple[str, str, str]]]] = [
    ("Good", "rate(shop_requests_total[1m]) > 5", []),
    ("Mistyped", "rate(shop_request_total[1m]) > 5", [("promql/series", "warning", r'did you mean "shop_requests_total"\?')]),
    ("Label", 'rate(shop_requests_total{status="500"}[1m]) > 5', [("promql/series", "warning", "has a label status")]),
    ("Value", 'rate(shop_requests_total{code="5xx"}[1m]) > 5', [("promql/series", "warning", 'has code="5xx"')]),
    ("Short", "rate(shop_requests_total[1900ms]) > 5", [("promql/rate", "warning", "job shop is scraped every 1s")]),
    ("Shortish", "rate(shop_requests_total[3s]) > 5", [("promql/rate", "note", "over 3 scrapes")]),
    ("Gauge", "rate(shop_queue[1m]) > 5", [("promql/rate", "warning", "shop_queue is a gauge")]),
    ("Costly", "{__name__=~'shop_requests_total|shop_queue|up'} >= 0", [("query/cost", "warning", "more than 3 series it took 4 series")]),
    ("Joined", "shop_shelf / on (job) shop_shelf > 5", [("promql/vector_matching", "warning", "many-to-many")]),
    ("Disjoint", "rate(shop_requests_total[1m]) / on (code) up > 5", [("promql/vector_matching", "warning", "none of them match")]),
    ("Recorded", "shop:requests:rate1m > 5", []),
    ("Absent", 'absent(shop_gone{job="shop"})', []),
    ("Fallback", "(shop_gone or vector(0)) > 5", []),
    ("Old", "max_over_time(shop_queue[30d]) > 5", [("promql/range_query", "warning", "keeps samples for 15d")]),
    ("Newer", "mad_over_time(shop_queue[5m]) > 5", [("promql/features", "warning", r"Prometheus 2\.")]),
]


def alerts(without: str = "") -> str:
    head = "groups:\n- name: shop\n  rules:\n  - record: shop:requests:rate1m\n    expr: sum(rate(shop_requests_total[1m]))\n"
    return head + "".join(
        f"  - alert: {name}\n    expr: >-\n      {expression}\n    for: 5m\n" for name, expression, _ in RULES if name != without
    )


class Shop(StandIn):
    """Metrics to scrape, with labels and types."""

    def handle(self, request: BaseHTTPRequestHandler, body: bytes) -> None:
        self.answer(request, 200, METRICS, "text/plain; version=0.0.4")


class OnlineCheck(CheckCase):
    def real_prometheus(self) -> RealPrometheus:
        shop = self.play(Shop())
        prometheus = self.prometheus(
            shop,
            **{
                "global": {
                    "scrape_interval": "1s",
                    "scrape_timeout": "1s",
                    "external_labels": {"cluster": "eu-1"},
                },
                "scrape_configs": [{"job_name": "shop", "static_configs": [{"targets": [shop.address]}]}],
            },
        )
        query = "/api/v1/query?query=count_over_time(shop_queue[1m])>2"
        wait_until("some samples", lambda: ask(prometheus.address, "GET", query).json["data"]["result"])
        return prometheus

    def found(self, *words: str) -> list[dict[str, Any]]:
        """What only a server tells, and what is told of it."""
        report = self.report(*words)
        return [problem for problem in report["problems"] if problem["code"] not in ("load/warning", "load/note")]

    def test_a_real_prometheus_tells_what_rules_cannot(self) -> None:
        """Findings at their rules, labels that the server adds, comments that suppress, and a budget that is spent."""
        prometheus = self.real_prometheus()
        self.judge_rules(prometheus)
        self.judge_labels(prometheus)
        self.judge_comments(prometheus)
        self.judge_budget(prometheus)

    def judge_rules(self, prometheus: RealPrometheus) -> None:
        """Missing metrics and labels, windows, types, cost, joins, retention and version."""
        self.write("r.yml", alerts())
        problems = self.found("--prometheus", prometheus.url, "--cost-max-series", "3", "r.yml")
        for name, _, expected in RULES:
            with self.subTest(name):
                own = [problem for problem in problems if problem.get("rule") == name]
                said = [(one["code"], one["severity"]) for one in own]
                self.assertEqual(said, [(code, severity) for code, severity, _ in expected], own)
                for one, (_, _, words) in zip(own, expected):
                    self.assert_matches(one["message"] + " " + one.get("hint", ""), words)
        self.assertEqual([problem for problem in problems if problem["code"].startswith("server/")], [])

    def judge_labels(self, prometheus: RealPrometheus) -> None:
        """A label of the rule beside an external label, and a template that shows one that is not there."""
        rule = "  - alert: A\n    expr: shop_queue > 5\n    for: 5m\n    labels: {cluster: us-1}\n"
        rule += "    annotations: {summary: '{{ $externalLabels.clutser }}'}\n"
        self.write("r.yml", "groups:\n- name: shop\n  rules:\n" + rule)
        codes = {problem["code"] for problem in self.found("--prometheus", prometheus.url, "r.yml")}
        self.assertEqual(codes, {"labels/conflict", "alerts/external_labels"})

    def judge_comments(self, prometheus: RealPrometheus) -> None:
        """Tocsin's and pint's comments, whether the server is asked or not."""
        rule = "  # tocsin disable promql/series\n  - alert: A\n    expr: missing > 5\n    for: 5m\n"
        rule += "  # pint disable promql/series(other)\n  - alert: B\n    expr: other > 5\n    for: 5m\n"
        self.write("r.yml", "groups:\n- name: shop\n  rules:\n" + rule)
        self.assertEqual(self.found("--prometheus", prometheus.url, "r.yml"), [])
        self.assertEqual(self.found("r.yml"), [])

    def judge_budget(self, prometheus: RealPrometheus) -> None:
        """Three questions: one note that counts what was not checked, no finding, no failure."""
        self.write("r.yml", alerts(without="Newer"))  # its version is among the first that a server is asked
        [note] = self.found("--prometheus", prometheus.url, "--prometheus-max-queries", "3", "r.yml")
        self.assertEqual((note["code"], note["severity"]), ("server/unknown", "note"))
        self.assertIn("the budget of 3 questions is spent", note["message"])
        self.assert_matches(note["hint"], r"^\d+ checks not made; --prometheus-max-queries allows more$")

    def test_a_server_that_fails_or_hangs_finds_nothing(self) -> None:
        """Errors and silence are notes: neither findings, nor failures of the check."""
        self.write("r.yml", alerts())
        server = self.fake_prometheus()
        for how, words in [
            (lambda request: StandIn.answer(request, 500, "boom", "text/plain"), "HTTP status 500: boom"),
            (FakePrometheus.send_garbage, "It works!"),
            (server.hang, "did not answer in time"),
        ]:
            with self.subTest(words):
                server.misbehave(how)
                problems = self.found("--prometheus", server.url, "--prometheus-timeout", "200ms", "r.yml")
                self.assertEqual({(one["code"], one["severity"]) for one in problems}, {("server/unknown", "note")})
                self.assertIn(words, "".join(one["message"] for one in problems))

    def test_only_what_a_branch_changed_is_asked_about(self) -> None:
        """With --changed-since the budget goes to the rules of the branch."""
        rule = "  - alert: {0}\n    expr: {1} > 5\n    for: 5m\n"
        head = "groups:\n- name: shop\n  rules:\n"
        self.git("init", "--quiet", "--initial-branch=main")
        self.write("r.yml", head + rule.format("A", "of_a") + rule.format("B", "of_b"))
        self.git("add", ".")
        self.git("commit", "--quiet", "-m", "first")
        self.git("checkout", "--quiet", "-b", "work")
        self.write("r.yml", head + rule.format("A", "of_a") + rule.format("B", "of_c"))
        server = self.fake_prometheus()
        self.check("--prometheus", server.url, "--changed-since", "main", "r.yml")
        asked = " ".join(expression for _, expression in server.queries)
        self.assertIn("of_c", asked)
        self.assertNotIn("of_a", asked)

    def test_a_server_that_is_not_there_is_one_warning(self) -> None:
        """Everything that needs no server is checked all the same."""
        self.write("r.yml", alerts())
        [warning] = self.found("--prometheus", f"http://127.0.0.1:{free_ports(1)[0]}", "r.yml")
        self.assertEqual((warning["code"], warning["severity"]), ("server/unreachable", "warning"))
        self.check("--prometheus", "127.0.0.1:1", "--fail-on", "warning", "r.yml", code=1)


if __name__ == "__main__":
    unittest.main()
