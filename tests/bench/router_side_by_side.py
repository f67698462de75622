#!/usr/bin/python3
"""Measures Tocsin's router next to Debian's Alertmanager: the same work for both, in turns, medians and ratios.

tests/bench/run.sh installs what it needs and starts it; README.md says what the stages are.
"""

import argparse
import http.client
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "tests/e2e"))

from contender import Contender  # noqa: E402
from programs import UNPACKED, relocated_alertmanager  # noqa: E402
from sinks import FastSink, Stopwatch  # noqa: E402

THEIRS, OURS = "alertmanager", "tocsin"
PER_REQUEST = 100  # alerts a POST
RESENT = 20_000  # distinct alerts that are sent over and over
STORM = 5_000  # groups at once
SILENCES, INHIBIT_RULES = 1_000, 100
LUA = """
local bodies, next_body = {}, 0
for line in io.lines("%s") do bodies[#bodies + 1] = line end
request = function()
  next_body = next_body %% #bodies + 1
  return wrk.format("POST", "/api/v2/alerts", {["Content-Type"] = "application/json"}, bodies[next_body])
end
"""


def stamp(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def alert(number: int, name: str = "Bench", lasts: float = 3600) -> dict[str, Any]:
    """Seven labels, two annotations, and an end that is announced anew with every sending, as Prometheus does it."""
    host = f"host-{number}.example.org"
    return {
        "labels": {
            "alertname": name,
            "id": str(number),
            "group": f"group-{number // 10}",
            "instance": f"{host}:9100",
            "job": "node",
            "severity": "warning",
            "cluster": "eu-west-1",
        },
        "annotations": {
            "summary": f"Instance {host} is not well",
            "description": f"The instance {host} has been above its limits for more than five minutes.",
        },
        "startsAt": stamp(START),
        "endsAt": stamp(START + lasts),
        "generatorURL": "http://prometheus.example.org/graph?g0.expr=node_load1+%3E+8&g0.tab=1",
    }


START = time.time()


def inhibit_rule(number: int) -> dict[str, Any]:
    """Every alert of the bench is a target of it; some have a source."""
    sources = ["severity=critical", f"rule=rule-{number}"]
    return {"source_matchers": sources, "target_matchers": ["severity=warning"], "equal": ["cluster", "instance"]}


def silence(number: int) -> dict[str, Any]:
    """Nine of ten name one instance, as people's do, the tenth has an expression. None matches the bench's alerts."""
    regex = number % 10 == 0
    value = f"gone-{number}-.*" if regex else f"gone-{number}.example.org:9100"
    return {
        "matchers": [
            {"name": "instance", "value": value, "isRegex": regex, "isEqual": True},
            {"name": "job", "value": "node", "isRegex": False, "isEqual": True},
        ],
        "startsAt": stamp(START),
        "endsAt": stamp(START + 7200),
        "createdBy": "bench",
        "comment": f"silence {number}",
    }


class Bench:
    """The stages. Each starts a server, gives it work, and returns figures by name."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.folder = Path(tempfile.mkdtemp(prefix="bench-"))
        self.binaries = {THEIRS: relocated_alertmanager(self.folder), OURS: options.tocsin.resolve()}
        self.stopwatch = Stopwatch()
        self.pages = 0

    def close(self) -> None:
        self.stopwatch.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self, name: str, fast: str = "http://127.0.0.1:9/", inhibit_rules: int = 0) -> Contender:
        at_once = {"group_by": ["alertname", "id"], "group_wait": "0s"}
        config = {
            "route": {
                "receiver": "stopwatch",
                "group_by": ["alertname", "group"],
                "group_wait": "1h",
                "group_interval": "5m",
                "repeat_interval": "4h",
                "routes": [
                    {"receiver": "stopwatch", "matchers": ["alertname=Page"], **at_once},
                    {"receiver": "fast", "matchers": ["alertname=Storm"], **at_once},
                ],
            },
            "receivers": [
                {"name": "stopwatch", "webhook_configs": [{"url": self.stopwatch.url, "send_resolved": False}]},
                {"name": "fast", "webhook_configs": [{"url": fast, "send_resolved": False}]},
            ],
            "inhibit_rules": [inhibit_rule(number) for number in range(inhibit_rules)],
        }
        if not inhibit_rules:
            del config["inhibit_rules"]
        return Contender(name, self.binaries[name], {".usr": UNPACKED.parent}, config)

    # --- wrk, for as much as a server takes

    def wrk_command(self, server: Contender, seconds: int) -> list[str]:
        bodies, script = self.folder / "bodies", self.folder / "post.lua"
        if not bodies.exists():
            with bodies.open("w") as file:
                for sending in range(2):
                    for first in range(0, RESENT, PER_REQUEST):
                        batch = [alert(number, lasts=3600 + sending) for number in range(first, first + PER_REQUEST)]
                        file.write(json.dumps(batch) + "\n")
            script.write_text(LUA % bodies)
        url = f"http://127.0.0.1:{server.port}"
        return ["wrk", "--threads=1", "--connections=4", f"--duration={seconds}s", f"--script={script}", url]

    def resend(self, server: Contender, seconds: int) -> tuple[float, float]:
        """Alerts a second, and microseconds of the server's CPU an alert."""
        before = server.cpu_seconds()
        done = subprocess.run(self.wrk_command(server, seconds), capture_output=True, text=True, check=True)
        cpu = server.cpu_seconds() - before
        wrong = [line for line in done.stdout.splitlines() if "Non-2xx" in line or "Socket errors" in line]
        if wrong:
            raise SystemExit(f"{server.name}: {wrong}")
        [line] = [line for line in done.stdout.splitlines() if " requests in " in line]
        alerts = int(line.split()[0]) * PER_REQUEST
        return alerts / seconds, cpu * 1e6 / alerts

    # --- stages

    def ingest(self, name: str) -> dict[str, float]:
        server = self.start(name)
        try:
            self.resend(server, 2)
            rate, cpu = self.resend(server, self.options.seconds)
            return {"ingest_rate": rate, "ingest_cpu": cpu}
        finally:
            server.stop()

    def busy(self, name: str) -> dict[str, float]:
        server = self.start(name, inhibit_rules=INHIBIT_RULES)
        try:
            for number in range(SILENCES):
                server.post("/api/v2/silences", silence(number))
            sources = [alert(number) for number in range(INHIBIT_RULES)]
            for number, source in enumerate(sources):
                source["labels"].update(severity="critical", rule=f"rule-{number}")
            server.post("/api/v2/alerts", sources)
            self.resend(server, 2)
            rate, cpu = self.resend(server, self.options.seconds)
            return {"busy_rate": rate, "busy_cpu": cpu}
        finally:
            server.stop()

    def memory(self, name: str) -> dict[str, float]:
        server, count = self.start(name), self.options.alerts
        try:
            empty = server.settled_bytes()
            for first in range(0, count, 500):
                server.post("/api/v2/alerts", [alert(number) for number in range(first, min(first + 500, count))])
            full = server.settled_bytes()
            seconds = [server.seconds_to_read("/api/v2/alerts") for _ in range(3)]
            _, text = server.ask("GET", "/api/v2/alerts")
            if len(json.loads(text)) != count:
                raise SystemExit(f"{name} lists {len(json.loads(text))} of {count} alerts")
            return {"memory": (full - empty) / count, "list": statistics.median(seconds)}
        finally:
            server.stop()

    def page(self, name: str) -> dict[str, float]:
        server = self.start(name)
        try:
            self.page_latencies(server, 5)
            idle = statistics.median(self.page_latencies(server, 40))
            # Until the alerts that wrk sends are known, and while it goes on sending them.
            self.resend(server, 2)
            seconds = self.options.seconds + 3
            wrk = subprocess.Popen(self.wrk_command(server, seconds), stdout=subprocess.DEVNULL)
            try:
                end = time.monotonic() + self.options.seconds
                loaded = []
                while time.monotonic() < end:
                    loaded += self.page_latencies(server, 1)
            finally:
                wrk.terminate()
                wrk.wait()
            loaded.sort()
            return {"page_idle": idle, "page_loaded": loaded[min(len(loaded) - 1, int(len(loaded) * 0.99))]}
        finally:
            server.stop()

    def page_latencies(self, server: Contender, count: int) -> list[float]:
        """Milliseconds from before a POST until the webhook has read the page about it, one after the other."""
        latencies = []
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        for _ in range(count):
            self.pages += 1
            body = json.dumps([{**alert(10_000_000 + self.pages, "Page"), "startsAt": stamp(time.time())}])
            begin = time.perf_counter()
            connection.request("POST", "/api/v2/alerts", body, {"Content-Type": "application/json"})
            connection.getresponse().read()
            latencies.append((self.stopwatch.wait_for(str(10_000_000 + self.pages)) - begin) * 1e3)
        connection.close()
        return latencies

    def storm(self, name: str) -> dict[str, float]:
        sink = FastSink(self.options.nginx)
        try:
            server = self.start(name, sink.url)
            try:
                starts = range(0, STORM, 500)
                batches = [json.dumps([alert(n, "Storm") for n in range(it, it + 500)]) for it in starts]
                before, begin = server.cpu_seconds(), time.perf_counter()
                for batch in batches:
                    server.post("/api/v2/alerts", batch)
                sink.wait_for(STORM)
                took = time.perf_counter() - begin
                cpu = server.cpu_seconds() - before
                if sink.count() != STORM:
                    raise SystemExit(f"{name} sent {sink.count()} notifications about {STORM} groups")
                return {"storm": took, "storm_cpu": cpu}
            finally:
                server.stop()
        finally:
            sink.close()


@dataclass
class Figure:
    """One line of the table. The goal is on the ratio of ours to Alertmanager's; None has none."""

    words: str
    unit: str
    goal: float | None = None


FIGURES = {
    "ingest_cpu": Figure("re-sent alert, 100 a request: CPU", "us", 1 / 10),
    "ingest_rate": Figure("  alerts a second, four connections", "/s"),
    "busy_cpu": Figure(f"the same, {SILENCES:,} silences, {INHIBIT_RULES} inhibition rules", "us", 1 / 10),
    "busy_rate": Figure("  alerts a second, four connections", "/s"),
    "memory": Figure("memory per active alert", "bytes", 1 / 4),
    "list": Figure("GET /api/v2/alerts of all of them", "s", 1 / 20),
    "page_idle": Figure("page latency, idle, median", "ms", 1.0),
    "page_loaded": Figure("page latency under full ingest, p99", "ms", 1 / 5),
    "storm": Figure(f"{STORM:,} new groups at once, fast webhook", "s", 1 / 3),
    "storm_cpu": Figure("  CPU of that", "s"),
}
STAGES = ("ingest", "busy", "memory", "page", "storm")


def measure(bench: Bench, options: argparse.Namespace) -> dict[str, dict[str, list[float]]]:
    """Rounds of stages; the two take turns at each stage, and at being first."""
    figures: dict[str, dict[str, list[float]]] = {}
    for number in range(options.rounds):
        for stage in options.stages:
            run: Callable[[str], dict[str, float]] = getattr(bench, stage)
            for name in options.servers if number % 2 == 0 else options.servers[::-1]:
                for figure, value in run(name).items():
                    figures.setdefault(figure, {}).setdefault(name, []).append(value)
                print(f"round {number + 1}: {stage} of {name}", file=sys.stderr)
    return figures


def table(figures: dict[str, dict[str, list[float]]], servers: list[str]) -> str:
    lines = [f"{'median':58}" + "".join(f"{name:>16}" for name in servers) + f"{'ratio':>10}{'goal':>9}"]
    for key, figure in FIGURES.items():
        if key not in figures:
            continue
        medians = {name: statistics.median(values) for name, values in figures[key].items()}
        line = f"{figure.words:58}" + "".join(f"{medians[name]:>10.4g} {figure.unit:5}" for name in servers)
        if THEIRS in medians and OURS in medians:
            ratio = medians[OURS] / medians[THEIRS]
            line += f"{ratio:>10.3f}"
            if figure.goal is not None:
                line += f"{figure.goal:>9.3f}  {'reached' if ratio <= figure.goal else 'MISSED'}"
        lines.append(line)
    return "\n".join(lines)


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tocsin", type=Path, default=REPOSITORY / "build/tocsin", help="the program to measure")
    parser.add_argument("--nginx", default=os.environ.get("NGINX", "nginx"))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=5, help="of ingest, each time")
    parser.add_argument("--alerts", type=int, default=100_000, help="active alerts, for memory and list")
    parser.add_argument("--stages", type=lambda text: text.split(","), default=list(STAGES), help=",".join(STAGES))
    parser.add_argument("--servers", type=lambda text: text.split(","), default=[THEIRS, OURS], help="one, or both")
    parser.add_argument("--json", type=Path, help="also write every single figure to this file")
    options = parser.parse_args(arguments)
    unknown = set(options.stages) - set(STAGES) | set(options.servers) - {THEIRS, OURS}
    if unknown:
        parser.error(f"not known: {', '.join(sorted(unknown))}")
    return options


def main() -> None:
    options = parse(sys.argv[1:])
    bench = Bench(options)
    try:
        figures = measure(bench, options)
    finally:
        bench.close()
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1) + "\n")
    print(table(figures, options.servers))


if __name__ == "__main__":
    main()
