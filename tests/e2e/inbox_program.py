"""The inbox of examples/ as a program of a test: Slack, PagerDuty, a webhook and a mail server that keep all pages."""

import http.client
import json
from pathlib import Path
from typing import Any

from programs import PYTHON, REPOSITORY, Program


class Inbox:
    def __init__(self, folder: Path, mail: bool = False) -> None:
        self.port_file = folder / "inbox.json"
        command = [*PYTHON, REPOSITORY / "examples/inbox.py", "--quiet", "--port-file", self.port_file]
        if mail:
            command += ["--work-dir", folder]
        self.program = Program("inbox", command, folder)
        self.ports: dict[str, Any] = {}

    def start(self) -> None:
        self.program.start()
        self.program.wait_until_up("the inbox says its ports", self.port_file.exists)
        self.ports = json.loads(self.port_file.read_text())
        self.url = f"http://127.0.0.1:{self.ports['http']}"

    def ask(self, method: str, path: str, body: str | None = None) -> str:
        connection = http.client.HTTPConnection("127.0.0.1", self.ports["http"], timeout=10)
        try:
            connection.request(method, path, body)
            return connection.getresponse().read().decode()
        finally:
            connection.close()

    def will_answer(self, kind: str, words: str) -> None:
        """See examples/inbox.py for the words."""
        assert self.ask("POST", f"/answers/{kind}", words) == "ok"

    def all(self, kind: str) -> list[dict[str, Any]]:
        """Every page of a kind, accepted or not, in the order of arrival."""
        return [page for page in json.loads(self.ask("GET", "/pages")) if page["kind"] == kind]

    def pages(self, kind: str, alert: str = "", state: str = "") -> list[dict[str, Any]]:
        """Accepted pages that name the alert."""
        return [
            page
            for page in self.all(kind)
            if page["accepted"] and alert in json.dumps(page["body"]) and state in ("", page["state"])
        ]
