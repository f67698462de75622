"""One of the servers that are measured: its configuration, its process, what it costs. It is started anew per stage."""

import http.client
import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

PATIENCE = 60.0  # seconds for a start, a stop, or a stage that hangs
TICKS = os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Contender:
    """A server with Alertmanager's flags, in a folder that goes away with it."""

    def __init__(self, name: str, binary: Path, links: dict[str, Path], config: dict[str, Any]) -> None:
        self.name = name
        self.folder = Path(tempfile.mkdtemp(prefix=f"bench-{name}-"))
        for link, target in links.items():
            (self.folder / link).symlink_to(target)
        (self.folder / "alertmanager.yml").write_text(json.dumps(config, indent=1))
        self.port = free_port()
        self.log = open(self.folder / "log", "wb")
        flags = ["--config.file=alertmanager.yml", "--storage.path=data", f"--web.listen-address=127.0.0.1:{self.port}"]
        command = [str(binary), *flags, "--cluster.listen-address=", "--log.level=warn"]
        self.process = subprocess.Popen(
            command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log
        )
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                if self.ask("GET", "/-/ready")[0] == 200:
                    return
            except OSError:
                pass
            if self.process.poll() is not None or time.monotonic() > deadline:
                text = (self.folder / "log").read_text(errors="replace")[-2000:]
                self.stop()
                raise SystemExit(f"{self.name} does not start:\n{text}")
            time.sleep(0.02)

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            data = body if body is None or isinstance(body, str) else json.dumps(body)
            connection.request(method, path, data, {"Content-Type": "application/json"} if data else {})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def seconds_to_read(self, path: str) -> float:
        """Until the last byte of the answer is there. It is thrown away: to keep it would measure our own memory."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            buffer = bytearray(1 << 17)
            begin = time.perf_counter()
            connection.request("GET", path)
            answer = connection.getresponse()
            while answer.readinto(buffer):
                pass
            return time.perf_counter() - begin
        finally:
            connection.close()

    def post(self, path: str, body: Any) -> bytes:
        """Of alerts or of a silence, or of either as JSON; what is refused ends the measurement."""
        status, text = self.ask("POST", path, body)
        if status != 200:
            raise SystemExit(f"{self.name} refuses POST {path}: {status} {text[:500]!r}")
        return text

    def cpu_seconds(self) -> float:
        """User and system time of all its threads so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def resident_bytes(self) -> int:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        [line] = [line for line in status.splitlines() if line.startswith("VmRSS")]
        return int(line.split()[1]) * 1024

    def settled_bytes(self) -> int:
        """Resident memory once it has not moved by half a percent for a second."""
        last, since = self.resident_bytes(), time.monotonic()
        deadline = since + PATIENCE
        while time.monotonic() - since < 1 and time.monotonic() < deadline:
            time.sleep(0.1)
            now = self.resident_bytes()
            if abs(now - last) > last / 200:
                last, since = now, time.monotonic()
        return self.resident_bytes()

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)
