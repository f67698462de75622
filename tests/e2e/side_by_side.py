"""Tocsin next to Debian's Alertmanager: two servers with the same flags, the same configuration, a folder each.

TOCSIN_BINARY may name an Alertmanager, a file of that name (see relocated_alertmanager): then both are one program, and
what a test finds different is a mistake of the test.
"""

import json
import os
import re
import subprocess
import time
from pathlib import Path
from typing import Any, Callable

from case import EndToEnd
from daemon import Answer, Daemon, ask, unix_time
from programs import TOCSIN, UNPACKED, Program, relocated_alertmanager
from waiting import free_ports

THEIRS, OURS = "alertmanager", "tocsin"
UUID = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
DATE = re.compile(r"\b\d{4}-\d\d-\d\d([ T])\d\d:\d\d:\d\d(?:\.\d+)?( UTC|Z)")
A_DAY = 24 * 3600.0  # what is nearer to now than this was measured by a clock; what is farther, a test wrote down


class Server(Daemon):
    """One of the two, on a folder of its own: alertmanager.yml and data/ are there."""

    def __init__(self, name: str, folder: Path, *flags: str) -> None:
        super().__init__(folder, free_ports(1)[0], name)
        folder.mkdir(exist_ok=True)
        self.name = name
        self.config_file = folder / "alertmanager.yml"
        self.data = folder / "data"
        self.flags = ["--config.file=alertmanager.yml", "--storage.path=data", f"--web.listen-address={self.address}"]
        self.flags += flags
        if not any(flag.startswith("--cluster.") for flag in flags):
            self.flags.append("--cluster.listen-address=")
        self.become(name)

    def become(self, name: str) -> None:
        """Which program the next start starts: in the same folder, with the same flags."""
        assert not self.program.is_running()
        binary = TOCSIN if name == OURS else relocated_alertmanager(self.folder)
        if not (self.folder / ".usr").exists():
            (self.folder / ".usr").symlink_to(UNPACKED.parent)  # should TOCSIN be an Alertmanager
        self.program = Program(name, [binary, *self.flags, "--log.level=debug"], self.folder)

    def delete(self, path: str) -> Answer:
        return ask(self.address, "DELETE", path)

    def silence(self, comment: str, *matchers: dict[str, Any], **more: Any) -> str:
        """Creates a silence and returns its id."""
        body = {"matchers": list(matchers), "comment": comment, "createdBy": "test", **more}
        answer = self.post("/api/v2/silences", body)
        if answer.status != 200:
            raise AssertionError(f"{self.name} refuses a silence: {answer.status} {answer.text}")
        return answer.json["silenceID"]

    def silences(self) -> dict[str, Any]:
        """By comment, which a test gives to one silence each."""
        return {one["comment"]: one for one in self.get("/api/v2/silences").json}

    def alerts(self, **parameters: Any) -> dict[str, Any]:
        """By fingerprint."""
        return {one["fingerprint"]: one for one in self.get("/api/v2/alerts", **parameters).json}

    def amtool(self, *arguments: Any, given: str | None = None) -> subprocess.CompletedProcess[str]:
        """Debian's amtool, asking this server; without anybody's configuration file of amtool."""
        return subprocess.run(
            [str(UNPACKED / "amtool"), f"--alertmanager.url={self.url}", *map(str, arguments)],
            cwd=self.folder,
            input=given or "",
            capture_output=True,
            text=True,
            timeout=60,
            env={"PATH": os.environ["PATH"], "HOME": str(self.folder), "TZ": "UTC"},
        )


def matcher(name: str, value: str, regex: bool = False, equal: bool = True) -> dict[str, Any]:
    """One matcher of a silence, as the API takes it."""
    return {"name": name, "value": value, "isRegex": regex, "isEqual": equal}


def normalised(text: str, names: dict[str, str] | None = None) -> str:
    """Without what differs between two runs of one program: ids that were drawn, times that a clock gave."""

    def id_of(found: re.Match[str]) -> str:
        return (names or {}).get(found[0], "an id").ljust(len(found[0]), "_")

    def date_of(found: re.Match[str]) -> str:
        then = unix_time(found[0].replace(" UTC", "Z").replace(" ", "T"))
        return found[0] if abs(then - time.time()) > A_DAY else f"a time{found[1]}{found[2]}"

    return DATE.sub(date_of, UUID.sub(id_of, text))


class SideBySide(EndToEnd):
    """A test with both servers."""

    def servers(self, config: dict[str, Any] | Callable[[str], dict[str, Any]], *flags: str) -> tuple[Server, Server]:
        """Starts both. The configuration may depend on the server's name (where it notifies, say)."""
        both = self.prepared(config, *flags)
        for server in both:
            server.program.start()
        for server in both:
            server.program.wait_until_up(f"{server.name} is ready", self.is_ready(server))
        return both

    def prepared(self, config: dict[str, Any] | Callable[[str], dict[str, Any]], *flags: str) -> tuple[Server, Server]:
        """Both, not started yet."""
        for program in ("prometheus-alertmanager", "amtool"):
            self.unpacked(program)
        self.assertTrue(TOCSIN.exists(), "build it first: cmake --preset release && cmake --build --preset release")
        both = Server(THEIRS, self.folder / THEIRS, *flags), Server(OURS, self.folder / OURS, *flags)
        for server in both:
            self.own(server.program)
            server.write_config(config(server.name) if callable(config) else config)
        return both

    @staticmethod
    def is_tocsin() -> bool:
        """Whether the second server is what it is called."""
        return TOCSIN.name != "alertmanager"

    @staticmethod
    def is_ready(server: Server) -> Callable[[], bool]:
        return lambda: server.get("/-/ready").status == 200

    def assert_same(self, what: str, theirs: Any, ours: Any) -> None:
        """Alertmanager's first: a difference reads as what Tocsin does otherwise."""
        if not isinstance(theirs, str):
            theirs, ours = (json.dumps(one, indent=1, sort_keys=True, default=str) for one in (theirs, ours))
        with self.subTest(what):
            self.assertEqual(theirs, ours, what)
