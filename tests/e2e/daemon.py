"""Tocsin itself, as a test runs it: its configuration, its process, its API."""

import calendar
import http.client
import json
import re
import subprocess
import time
import urllib.parse
from pathlib import Path
from typing import Any

from programs import TOCSIN, Program
from waiting import PATIENCE, wait_until

# --- Configurations are written as JSON, which is YAML too: a test says what matters to it as a Python value. ---------


def rule(alert: str, expression: str, hold: str = "0s", **more: Any) -> dict[str, Any]:
    """One alerting rule."""
    return {"alert": alert, "expr": expression, "for": hold, **more}


def group(*rules: dict[str, Any], name: str = "group", **more: Any) -> dict[str, Any]:
    return {"name": name, "rules": list(rules), **more}


def route(receiver: str, **more: Any) -> dict[str, Any]:
    """A root route as impatient as a test: a second is the least that shows an order of events."""
    return {
        "receiver": receiver,
        "group_by": ["alertname"],
        "group_wait": "300ms",
        "group_interval": "1s",
        "repeat_interval": "1h",
        **more,
    }


def webhook(url: str, **more: Any) -> dict[str, Any]:
    return {"webhook_configs": [{"url": url, **more}]}


def receiver(name: str, **integrations: Any) -> dict[str, Any]:
    return {"name": name, **integrations}


class Answer:
    """Status and body of an HTTP answer."""

    def __init__(self, status: int, text: str, headers: Any) -> None:
        self.status, self.text, self.headers = status, text, headers

    @property
    def json(self) -> Any:
        return json.loads(self.text)


def ask(address: str, method: str, path: str, body: Any = None, content_type: str = "application/json") -> Answer:
    """One request to a local server. A body that is no text is sent as JSON. Raises OSError."""
    connection = http.client.HTTPConnection(address, timeout=15)
    data = body if isinstance(body, (str, bytes)) or body is None else json.dumps(body)
    try:
        connection.request(method, path, data, {"Content-Type": content_type} if data is not None else {})
        answer = connection.getresponse()
        return Answer(answer.status, answer.read().decode(errors="replace"), answer.headers)
    finally:
        connection.close()


class Daemon:
    """One Tocsin. Its folder holds tocsin.yml, rules-NAME.yml, and data/."""

    def __init__(self, folder: Path, port: int, name: str = "tocsin", *flags: str) -> None:
        self.folder = folder
        self.address = f"127.0.0.1:{port}"
        self.url = f"http://{self.address}"
        self.config_file = folder / "tocsin.yml"
        command = [TOCSIN, "--config.file=tocsin.yml", "--storage.path=data", f"--web.listen-address={self.address}"]
        self.program = Program(name, [*command, "--log.level=debug", *flags], folder)

    # --- files

    def write_config(self, config: dict[str, Any] | str) -> None:
        text = config if isinstance(config, str) else json.dumps(config, indent=2)
        self.config_file.write_text(text)

    def write_rules(self, *groups: dict[str, Any], file: str = "rules.yml") -> None:
        (self.folder / file).write_text(json.dumps({"groups": list(groups)}, indent=2))

    @staticmethod
    def server(url: str, name: str = "main", file: str = "rules.yml", **more: Any) -> dict[str, Any]:
        """A block of the `prometheus` section."""
        return {"name": name, "url": url, "rule_files": [file], **more}

    # --- process

    def start(self) -> None:
        self.program.start()
        self.program.wait_until_up("Tocsin is ready", lambda: self.get("/-/ready").status == 200)

    def kill(self) -> None:
        self.program.kill()

    def stop(self, patience: float = PATIENCE) -> int:
        return self.program.stop(patience)

    # --- API

    def get(self, path: str, **parameters: Any) -> Answer:
        query = "?" + urllib.parse.urlencode(parameters, doseq=True) if parameters else ""
        return ask(self.address, "GET", path + query)

    def post(self, path: str, body: Any = "") -> Answer:
        return ask(self.address, "POST", path, body)

    def post_alerts(self, *alerts: dict[str, Any]) -> Answer:
        return self.post("/api/v2/alerts", list(alerts))

    def reload(self) -> Answer:
        return self.post("/-/reload")

    def rule(self, name: str) -> dict[str, Any]:
        """The rule as /api/v1/rules shows it."""
        groups = self.get("/api/v1/rules").json["data"]["groups"]
        found = [one for part in groups for one in part["rules"] if one["name"] == name]
        if len(found) != 1:
            raise KeyError(f"{len(found)} rules named {name}")
        return found[0]

    def rule_alerts(self, name: str) -> list[dict[str, Any]]:
        """Pending and firing alerts of a rule."""
        alerts = self.get("/api/v1/alerts").json["data"]["alerts"]
        return [alert for alert in alerts if alert["labels"]["alertname"] == name]

    def rule_alert(self, name: str, state: str) -> dict[str, Any] | None:
        """The only alert of a rule, if it is in this state."""
        alerts = self.rule_alerts(name)
        return alerts[0] if len(alerts) == 1 and alerts[0]["state"] == state else None

    def wait_for_state(self, name: str, state: str, patience: float = PATIENCE) -> dict[str, Any]:
        return wait_until(f"{name} is {state}", lambda: self.rule_alert(name, state), patience)

    def metric(self, name: str, **labels: str) -> float:
        """The sum of all samples of a metric that have these labels; 0 where there are none."""
        total = 0.0
        for line in self.get("/metrics").text.splitlines():
            match = re.fullmatch(r"([a-zA-Z_:][\w:]*)(?:\{(.*)\})? ([^ ]+)(?: \d+)?", line)
            if not match or match[1] != name:
                continue
            found = dict(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', match[2] or ""))
            if all(found.get(key) == value for key, value in labels.items()):
                total += float(match[3])
        return total


def rfc3339(seconds: float) -> str:
    """Unix time as the API takes it."""
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + f".{int(seconds * 1000) % 1000:03d}Z"


def unix_time(text: str) -> float:
    """Of an RFC 3339 time in UTC, with any number of decimals."""
    whole, _, fraction = text.rstrip("Z").partition(".")
    return calendar.timegm(time.strptime(whole, "%Y-%m-%dT%H:%M:%S")) + float(f"0.{fraction or 0}")


def run_tocsin(*arguments: Any, folder: Path) -> subprocess.CompletedProcess[str]:
    """A command that ends by itself."""
    command = [str(TOCSIN), *map(str, arguments)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
