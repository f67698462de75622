"""What every end-to-end test is made of: a folder, programs and stand-ins that end with the test, logs if it fails."""

import json
import re
import shutil
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any

from daemon import Daemon, ask
from inbox_program import Inbox
from programs import REPOSITORY, TOCSIN, UNPACKED, Program
from stand_ins import Exporter, FakePrometheus, StandIn, Webhook
from waiting import free_ports, wait_until

LOG_LINES_SHOWN = 25  # of each program, when a test fails; the folder has everything


class EndToEnd(unittest.TestCase):
    longMessage = True
    maxDiff = None

    def run(self, result: unittest.TestResult | None = None) -> unittest.TestResult | None:
        """Keeps the folder of a failed test, and shows the ends of its logs."""
        result = result if result is not None else self.defaultTestResult()
        self.programs: list[Program] = []
        base = REPOSITORY / "build/e2e"
        base.mkdir(parents=True, exist_ok=True)
        self.folder = Path(tempfile.mkdtemp(prefix=f"{self._testMethodName[:60]}-", dir=base))
        failed_before = len(result.failures) + len(result.errors)
        try:
            super().run(result)
        finally:
            if len(result.failures) + len(result.errors) > failed_before:
                self.show_logs()
            else:
                shutil.rmtree(self.folder, ignore_errors=True)
        return result

    def show_logs(self) -> None:
        print(f"\n{self.id()} failed; its logs: {self.folder}", file=sys.stderr)
        for program in self.programs:
            lines = program.text().splitlines()[-LOG_LINES_SHOWN:]
            print(f"--- the end of {program.log.name}", *lines, sep="\n", file=sys.stderr)

    # --- what a test can have

    def own(self, program: Program) -> Program:
        """The program ends with the test."""
        self.programs.append(program)
        self.addCleanup(program.kill)
        return program

    def play(self, stand_in: Any) -> Any:
        assert isinstance(stand_in, StandIn)
        self.addCleanup(stand_in.close)
        return stand_in

    def fake_prometheus(self) -> FakePrometheus:
        return self.play(FakePrometheus())

    def webhook(self) -> Webhook:
        return self.play(Webhook())

    def exporter(self) -> Exporter:
        return self.play(Exporter())

    def inbox(self, mail: bool = False) -> Inbox:
        inbox = Inbox(self.folder, mail)
        self.own(inbox.program)
        inbox.start()
        return inbox

    def daemon(self, name: str = "tocsin", *flags: str, port: int | None = None, folder: Path | None = None) -> Daemon:
        """A Tocsin that is not started yet."""
        self.assertTrue(TOCSIN.exists(), "build it first: cmake --preset release && cmake --build --preset release")
        daemon = Daemon(folder or self.folder, port or free_ports(1)[0], name, *flags)
        self.own(daemon.program)
        return daemon

    def unpacked(self, program: str) -> Path:
        """A program of a Debian package."""
        path = UNPACKED / program
        self.assertTrue(path.exists(), "unpack it first: tests/run.sh does (unpack_debian_packages)")
        return path

    def prometheus(self, exporter: Exporter, **config: Any) -> "RealPrometheus":
        prometheus = RealPrometheus(self.folder, self.unpacked("prometheus"), exporter, config)
        self.own(prometheus.program)
        prometheus.start()
        return prometheus

    # --- waiting and judging

    def let_evaluations_pass(self, prometheus: FakePrometheus, count: int, expression: str | None = None) -> None:
        """Time as the evaluator counts it: for what must not happen, there is nothing else to wait for."""
        target = prometheus.count(expression) + count
        wait_until(f"{count} more queries", lambda: prometheus.count(expression) >= target)

    def assert_matches(self, text: str, *patterns: str) -> None:
        for pattern in patterns:
            self.assertTrue(re.search(pattern, text), f"no match of {pattern!r} in:\n{text}")


class RealPrometheus:
    """Debian's Prometheus, scraping an exporter several times a second."""

    def __init__(self, folder: Path, binary: Path, exporter: Exporter, config: dict[str, Any]) -> None:
        self.address = f"127.0.0.1:{free_ports(1)[0]}"
        self.url = f"http://{self.address}"
        config = {
            "global": {"scrape_interval": "250ms", "scrape_timeout": "250ms", "evaluation_interval": "250ms"},
            "scrape_configs": [{"job_name": "exporter", "static_configs": [{"targets": [exporter.address]}]}],
            **config,
        }
        (folder / "prometheus.yml").write_text(json.dumps(config, indent=2))
        self.program = Program(
            "prometheus",
            [binary, "--config.file=prometheus.yml", "--storage.tsdb.path=prometheus-data"]
            + [f"--web.listen-address={self.address}", "--rules.alert.resend-delay=1s"],
            folder,
        )

    def start(self) -> None:
        self.program.start()
        self.program.wait_until_up("Prometheus is ready", self.is_ready)

    def is_ready(self) -> bool:
        return ask(self.address, "GET", "/-/ready").status == 200
