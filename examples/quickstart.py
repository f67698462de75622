#!/usr/bin/python3
"""The main job, once built and unpacked: called by quickstart.sh, which see for the options.

It starts Prometheus, Pushgateway, node exporter, the AI service, a local inbox and Tocsin, each on a free loopback port;
makes the service slow and inaccurate; waits for the pages; heals the service; waits until everybody who was told that an
alert fires was told that it is resolved. Whatever it started is stopped at the end, whichever way it ends.
"""

import argparse
import ctypes
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable

EXAMPLES = Path(__file__).resolve().parent
REPOSITORY = EXAMPLES.parent
WORK = REPOSITORY / "build" / "quickstart"
PYTHON = [sys.executable, "-B"]

sys.path.insert(0, str(EXAMPLES / "ai"))
import shorten  # noqa: E402  (examples/ai/shorten.py)

LATENCY = "histogram_quantile(0.99, sum by (le, model_name) (rate(ai_inference_latency_seconds_bucket[5s])))"


class Failed(Exception):
    """The run cannot go on; the text says why."""


@dataclass(frozen=True)
class Expected:
    """A page that has to arrive: once firing, once resolved."""

    kind: str
    alert: str

    def __str__(self) -> str:
        return f"{self.alert} in {self.kind}"


EXPECTED = (
    Expected("slack", "HighInferenceLatency"),
    Expected("pagerduty", "LowModelAccuracy"),
    Expected("email", "LowModelAccuracy"),
)


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on now; all are held until the last is found, so they differ."""
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def ask(url: str, form: dict[str, str] | None = None) -> Any:
    """The JSON answer of a local server. With a form, it is a POST. Raises OSError or ValueError."""
    data = None if form is None else urllib.parse.urlencode(form).encode()
    # No proxy, whatever the environment says: everything here is on the loopback interface.
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, data, timeout=5) as answer:
        text = answer.read().decode()
    return json.loads(text) if text[:1] in ("{", "[") else text


def succeeds(question: Callable[[], Any]) -> bool:
    """Whether the question has an answer that is true; a server that does not answer is a no."""
    try:
        return bool(question())
    except (OSError, ValueError, KeyError):
        return False


def end_with_parent() -> None:
    """In a child, before it becomes its program: the kernel ends it should the quickstart be killed outright."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # 1 is PR_SET_PDEATHSIG


STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def ignore_signals() -> None:
    """While everything is being stopped: an impatient second Ctrl-C must not leave half of it running."""
    for number in STOP_SIGNALS:
        signal.signal(number, lambda *_: None)


def interrupt(*_: Any) -> None:
    """The handler of all three: leaves whatever is under way, once."""
    ignore_signals()
    raise KeyboardInterrupt


class Programs:
    """The programs of one run, their logs, and the guarantee that none outlives it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def start(self, name: str, command: list[Any], shown: bool = False) -> None:
        """Starts a program in a process group of its own, so that Ctrl-C reaches only us and we stop it in order."""
        with open(self.log(name), "wb") as log:
            try:
                self.running[name] = subprocess.Popen(
                    [str(word) for word in command],
                    stdin=subprocess.DEVNULL,
                    stdout=None if shown else log,
                    stderr=log,
                    start_new_session=True,
                    preexec_fn=end_with_parent,
                )
            except OSError as problem:
                raise Failed(f"cannot start {name}: {problem}") from problem

    def is_running(self, name: str) -> bool:
        return name in self.running and self.running[name].poll() is None

    def check(self) -> None:
        """Raises if a program ended by itself."""
        for name, process in self.running.items():
            if process.poll() is not None:
                raise Failed(f"{name} ended with exit code {process.returncode}:\n{self.tail(name)}")

    def tail(self, name: str, lines: int = 15) -> str:
        text = self.log(name).read_text(errors="replace").splitlines()[-lines:]
        return "\n".join(f"    {line}" for line in text) or "    (its log is empty)"

    def stop(self) -> None:
        """Ends all, the last started first: politely, and after five seconds not."""
        for process in reversed(self.running.values()):
            for how in (signal.SIGTERM, signal.SIGKILL):
                try:
                    os.killpg(process.pid, how)
                    process.wait(5)
                except (ProcessLookupError, subprocess.TimeoutExpired):
                    continue
                break
        self.running.clear()


class Quickstart:
    """One run."""

    def __init__(self, folder: Path, tocsin: Path, patience: float) -> None:
        self.folder = folder
        self.tocsin = tocsin
        self.patience = patience
        self.began = time.time()
        self.programs = Programs(folder)
        self.pages_file = folder / "pages.jsonl"
        self.states: dict[str, str] = {}
        prometheus, pushgateway, node, tocsin_port = free_ports(4)
        self.at = {
            "prometheus": f"127.0.0.1:{prometheus}",
            "pushgateway": f"127.0.0.1:{pushgateway}",
            "node exporter": f"127.0.0.1:{node}",
            "tocsin": f"127.0.0.1:{tocsin_port}",
        }

    # --- saying and waiting

    def say(self, text: str) -> None:
        print(f"{time.time() - self.began:7.1f} s  {text}", flush=True)

    def wait(self, what: str, reached: Callable[[], bool], missing: Callable[[], str] | None = None) -> None:
        """Waits until it is reached, and says how long that took. Reports a program that ends meanwhile at once."""
        began = time.time()
        while not reached():
            self.programs.check()
            self.show_alert_states()
            if time.time() - began > self.patience:
                detail = f"; missing: {missing()}" if missing else ""
                raise Failed(f"not within {self.patience:.0f} s: {what}{detail}")
            time.sleep(0.1)
        self.say(f"{what} (took {time.time() - began:.1f} s)")

    def show_alert_states(self) -> None:
        """Says when an alert of Tocsin's becomes pending, fires, or is gone."""
        if not self.programs.is_running("tocsin"):
            return
        try:
            alerts = ask(f"http://{self.at['tocsin']}/api/v1/alerts")["data"]["alerts"]
            now = {alert["labels"]["alertname"]: alert["state"] for alert in alerts}
        except (OSError, ValueError, KeyError, TypeError):
            return
        for name in sorted(now.keys() | self.states.keys()):
            if now.get(name) != self.states.get(name):
                self.say(f"Tocsin: {name} is {now.get(name, 'no longer firing')}")
        self.states = now

    # --- what runs

    def started(self, name: str, command: list[Any], port_file: str, shown: bool = False) -> dict[str, Any]:
        """Starts a program of ours that chooses its ports, and returns them."""
        path = self.folder / port_file
        self.programs.start(name, [*command, "--port-file", path], shown)
        deadline = time.time() + self.patience
        while not path.exists():
            self.programs.check()
            if time.time() > deadline:
                raise Failed(f"{name} does not say its ports")
            time.sleep(0.02)
        return json.loads(path.read_text())

    def start_all(self) -> None:
        """Everything but Tocsin, then its configuration, then Tocsin."""
        inbox_command = [*PYTHON, EXAMPLES / "inbox.py", "--pages", self.pages_file, "--work-dir", self.folder]
        inbox = self.started("inbox", [*inbox_command, "--since", self.began], "inbox.json", shown=True)
        service_command = [*PYTHON, EXAMPLES / "ai/inference_service.py", "--port", 0]
        service = self.started("ai-service", service_command, "ai-service.json")
        self.at["ai service"] = f"127.0.0.1:{service['http']}"
        self.at["inbox"] = f"127.0.0.1:{inbox['http']}"
        self.write_configuration(inbox)

        programs = WORK / "root/usr/bin"
        listen = "--web.listen-address="
        for name, binary in (("pushgateway", "pushgateway"), ("node exporter", "node-exporter")):
            self.programs.start(name, [programs / f"prometheus-{binary}", listen + self.at[name]])
        self.programs.start(
            "prometheus",
            [programs / "prometheus", f"--config.file={self.folder / 'prometheus.yml'}", listen + self.at["prometheus"]]
            + [f"--storage.tsdb.path={self.folder / 'prometheus-data'}"],
        )
        others = ("prometheus", "pushgateway", "node exporter")
        paths = {"node exporter": "/"}
        self.wait(
            "Prometheus, Pushgateway, node exporter, AI service and inbox are up",
            lambda: all(succeeds(lambda: ask(f"http://{self.at[n]}{paths.get(n, '/-/ready')}")) for n in others),
        )
        self.programs.start(
            "tocsin",
            [self.tocsin, f"--config.file={self.folder / 'tocsin.yml'}", f"--storage.path={self.folder / 'tocsin-data'}"]
            + [listen + self.at["tocsin"]],
        )
        self.wait("Tocsin is ready", self.tocsin_is_ready)

    def tocsin_is_ready(self) -> bool:
        try:
            ask(f"http://{self.at['tocsin']}/-/ready")
        except OSError:
            return False
        return True

    def write_configuration(self, inbox: dict[str, Any]) -> None:
        """The files of examples/ai with shorter durations and this run's addresses; shows what changes in the rules."""
        ai = EXAMPLES / "ai"
        addresses = {"localhost:9090": self.at["prometheus"]}
        (self.folder / "rules").mkdir()
        changes = shorten.derive(ai / "rules/ai.yml", self.folder / "rules/ai.yml", {})
        shorten.derive(
            ai / "prometheus.yml",
            self.folder / "prometheus.yml",
            addresses
            | {"localhost:9100": self.at["node exporter"], "localhost:9091": self.at["pushgateway"]}
            | {"localhost:5000": self.at["ai service"]},
        )
        shorten.derive(
            ai / "tocsin.yml",
            self.folder / "tocsin.yml",
            addresses
            | {"https://hooks.slack.com": f"http://{self.at['inbox']}", "smtp.example.com:587": f"127.0.0.1:{inbox['smtp']}"}
            | {"https://events.pagerduty.com": f"http://{self.at['inbox']}"}
            | {"/etc/ssl/certs/ca-certificates.crt": inbox["ca_file"]},
        )
        print("\nThe rules of examples/ai/rules/ai.yml, with minutes shortened to seconds (examples/ai/shorten.py):\n")
        print("\n".join(line for line in changes.splitlines() if not line.startswith("@@")) + "\n", flush=True)

    # --- the story

    def train(self) -> None:
        """The short-lived job, run to its end."""
        began = time.time()
        command = [*PYTHON, str(EXAMPLES / "ai/training_job.py"), "--pushgateway", self.at["pushgateway"], "--seconds", "1"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=self.patience)
        if done.returncode != 0:
            raise Failed(f"the training job failed:\n{done.stderr}")
        self.say(f"{done.stdout.strip()} (took {time.time() - began:.1f} s)")

    def query(self, expression: str) -> float:
        """The value of the only sample that the expression yields in Prometheus."""
        answer = ask(f"http://{self.at['prometheus']}/api/v1/query", {"query": expression})
        result = answer["data"]["result"]
        if len(result) != 1:
            raise ValueError(f"{len(result)} samples")
        return float(result[0]["value"][1])

    def switch(self, **switches: str) -> None:
        ask(f"http://{self.at['ai service']}/switch?{urllib.parse.urlencode(switches)}", {})

    def pages(self) -> list[dict[str, Any]]:
        """The pages that were accepted so far."""
        if not self.pages_file.exists():
            return []
        lines = self.pages_file.read_text().split("\n")[:-1]  # what follows the last newline is not complete yet
        return [page for page in map(json.loads, lines) if page["accepted"]]

    def missing(self, state: str) -> str:
        """Which of the expected pages have not arrived in this state, separated by commas."""
        arrived = self.pages()

        def has_arrived(expected: Expected) -> bool:
            of_kind = [page for page in arrived if page["kind"] == expected.kind]
            naming_it = [page for page in of_kind if expected.alert in json.dumps(page["body"])]
            if any(page["state"] == state for page in naming_it):
                return True
            # PagerDuty's resolve needs to say no more than the key of the incident.
            keys = {page["body"]["dedup_key"] for page in naming_it if page["kind"] == "pagerduty"}
            return any(page["state"] == state and page["body"].get("dedup_key") in keys for page in of_kind if keys)

        return ", ".join(str(expected) for expected in EXPECTED if not has_arrived(expected))

    def run_cycle(self) -> None:
        self.start_all()
        self.train()
        self.wait(
            "Prometheus has scraped a healthy service and the training job's metrics",
            lambda: succeeds(
                lambda: self.query(LATENCY) < 1
                and self.query('ai_model_evaluation_score{metric_type="accuracy"}') > 0
                and self.query('up{job="node_exporter"}') == 1
            ),
        )
        self.switch(slow="on", inaccurate="on")
        self.say("the AI service is now slow and inaccurate")
        self.wait("every firing page has arrived", lambda: not self.missing("firing"), lambda: self.missing("firing"))
        self.switch(slow="off", inaccurate="off")
        self.say("the AI service is healthy again")
        self.wait("every resolved page has arrived", lambda: not self.missing("resolved"), lambda: self.missing("resolved"))

    def go_on(self) -> None:
        """Until Ctrl-C."""
        print(
            f"\nGoing on until Ctrl-C. Look around:\n"
            f"    Tocsin      http://{self.at['tocsin']}\n"
            f"    Prometheus  http://{self.at['prometheus']}\n"
            f"    Inbox       http://{self.at['inbox']}/pages\n"
            f"and make the AI service misbehave (slow, inaccurate, drifting, failing; on or off):\n"
            f"    curl -X POST 'http://{self.at['ai service']}/switch?drifting=on'\n",
            flush=True,
        )
        while True:
            self.programs.check()
            self.show_alert_states()
            time.sleep(0.3)


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="quickstart", description=__doc__.splitlines()[0])
    parser.add_argument("--once", action="store_true", help="end after one cycle")
    parser.add_argument("--keep", action="store_true", help="keep the run's folder also when all went well")
    parser.add_argument("--tocsin", type=Path, default=REPOSITORY / "build/tocsin", help="(default: build/tocsin)")
    parser.add_argument("--patience", type=float, default=90, help="seconds to wait for each step (default: %(default)s)")
    return parser.parse_args()


def main() -> int:
    options = parse_options()
    WORK.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="run-", dir=WORK))
    keep = options.keep
    for number in STOP_SIGNALS:
        signal.signal(number, interrupt)
    run = Quickstart(folder, options.tocsin, options.patience)
    try:
        run.run_cycle()
        run.say("done: every alert was told when it fired, and when it was resolved")
        if not options.once:
            run.go_on()
        return 0
    except Failed as problem:
        keep = True
        print(f"\nquickstart failed: {problem}", file=sys.stderr)
        if run.programs.is_running("tocsin"):
            print(f"The end of Tocsin's log:\n{run.programs.tail('tocsin')}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopping.", flush=True)
        return 130 if options.once else 0
    finally:
        ignore_signals()
        run.programs.stop()
        if keep:
            print(f"Logs, data and pages of this run: {folder.relative_to(REPOSITORY)}", file=sys.stderr)
        else:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
