"""A rule set as large installations have it, the same on every machine: alerting and recording rules in many files.

    python3 rule_set.py FOLDER [--files 100] [--rules 100]

Besides FOLDER/rules/*.yml it writes FOLDER/tocsin.yml, which names them and routes what they say by team and severity.
"""

import argparse
import random
from pathlib import Path

SERVICES = ["checkout", "search", "billing", "ingest", "mailer", "auth", "gateway", "ledger", "catalog", "inference"]
TEAMS = ["payments", "platform", "data", "web", "storage", "ml"]
SEVERITIES = ["critical", "warning", "info"]


class RuleSet:
    def __init__(self, folder: Path, files: int = 100, rules: int = 100) -> None:
        self.random = random.Random(20)
        self.folder = folder
        (folder / "rules").mkdir(parents=True, exist_ok=True)
        for file in range(files):
            (folder / f"rules/r{file:03}.yml").write_text(self.rule_file(file, rules))
        (folder / "tocsin.yml").write_text(configuration())

    def rule_file(self, file: int, rules: int) -> str:
        text = f"# Rules of part {file}; owners are in the label team.\ngroups:\n"
        for group in range(0, rules, 10):
            text += f"  - name: part-{file:03}-{group:03}\n"
            if group % 30 == 0:
                text += "    interval: 30s\n"
            text += "    rules:\n"
            for number in range(group, min(group + 10, rules)):
                text += self.alert(file, number) if number % 2 == 0 else self.recording(file, number)
        return text

    def alert(self, file: int, number: int) -> str:
        service, team = self.random.choice(SERVICES), self.random.choice(TEAMS)
        severity = self.random.choice(SEVERITIES)
        name = f"{service.capitalize()}{self.random.choice(['Errors', 'Latency', 'Saturation'])}F{file}N{number}"
        threshold = self.random.choice(["0.05", "0.5", "1", "12", "300"])
        return f"""\
      - alert: {name}
        expr: {self.condition(service, number, threshold)}
        for: {self.random.choice(['1m', '5m', '10m', '1h'])}
        labels:
          severity: {severity}
          team: {team}
        annotations:
          summary: 'High {service} load on {{{{ $labels.instance }}}} in {{{{ $labels.cluster }}}}'
          description: >-
            {{{{ $labels.job }}}} is at {{{{ $value | humanize }}}}, over {threshold}:
            look at {{{{ $labels.instance }}}} first.
          runbook_url: "https://runbooks.example.org/{service}"
"""

    def condition(self, service: str, number: int, threshold: str) -> str:
        metric = f"{service}_requests_{number}"
        return [
            f"sum by (cluster, job, instance) (rate({metric}_total{{code=~\"5..\", job=\"{service}\"}}[5m])) > {threshold}",
            f"""|
          histogram_quantile(0.99,
            sum by (cluster, job, instance, le) (rate({metric}_duration_seconds_bucket{{job="{service}"}}[5m]))
          ) > {threshold}""",
            f"'avg_over_time({metric}_in_flight{{job=\"{service}\",env!=\"dev\"}}[10m]) / on (cluster, instance, job)"
            f" group_left () {metric}_limit > {threshold}'",
            f""">
          (
            sum without (pod) (increase({metric}_failures_total[15m]))
            /
            sum without (pod) (increase({metric}_total[15m]))
          ) > {threshold}
          and on (cluster) up{{job="{service}"}} == 1""",
        ][self.random.randrange(4)]

    def recording(self, file: int, number: int) -> str:
        service = self.random.choice(SERVICES)
        return f"""\
      - record: cluster_job:{service}_f{file}_n{number}:rate5m
        expr: sum by (cluster, job) (rate({service}_requests_{number}_total{{job="{service}"}}[5m]))
        labels: {{part: "{file}", origin: recorded}}
"""


def configuration() -> str:
    text = """\
global:
  evaluation_interval: 15s
prometheus:
  - name: main
    url: http://localhost:9090
    rule_files: [rules/*.yml]
route:
  receiver: everybody
  group_by: [alertname, cluster]
  routes:
"""
    for team in TEAMS:
        text += f"    - matchers: [team = {team}]\n      receiver: {team}\n      routes:\n"
        for severity in SEVERITIES:
            text += f"        - matchers: [severity = {severity}]\n          receiver: {team}-{severity}\n"
    text += "receivers:\n  - name: everybody\n"
    for team in TEAMS:
        for name in [team, *(f"{team}-{severity}" for severity in SEVERITIES)]:
            text += f"  - name: {name}\n    webhook_configs: [{{url: 'http://localhost:9/{name}'}}]\n"
    return text


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Writes a large rule set, and a configuration that names it.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--files", type=int, default=100)
    parser.add_argument("--rules", type=int, default=100)
    given = parser.parse_args()
    RuleSet(given.folder, given.files, given.rules)
